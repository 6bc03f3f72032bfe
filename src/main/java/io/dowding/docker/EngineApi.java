package io.dowding.docker;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a Docker Engine that is used here, one request each. Refusals are thrown as
 * docker-java's exceptions, by status. Any other exception means that there was no answer, and the
 * request may have been carried out. Nothing is retried.
 */
public interface EngineApi {

  /** All containers, in any state. One that is removed during the list is left out. */
  List<Container> list();

  /** The names of all volumes. */
  Set<String> volumes();

  /** One container, or null if it does not exist. */
  @Nullable Container inspect(String idOrName);

  /**
   * An image on the host.
   *
   * @param digests under which registries have it, such as {@code nginx@sha256:…}
   * @param tagged when the engine last tagged it, by its own clock
   * @param claims labels that every container of it gets, unless overridden, of those that only
   *     dowding may set
   * @param hasEntrypoint whether a command is only passed to its program
   * @param excess why a container of it would make its host slow or hang, or empty
   */
  record Image(
      List<String> digests,
      Instant tagged,
      Map<String, String> claims,
      boolean hasEntrypoint,
      String excess) {

    /** An image as most are. */
    public static Image usual(List<String> digests, Instant tagged) {
      return new Image(digests, tagged, Map.of(), false, "");
    }
  }

  /** An image, or null if it does not exist. */
  @Nullable Image image(String image);

  /**
   * Blocks until the image is there.
   *
   * @param progress receives the progress from time to time
   */
  void pull(String image, Consumer<String> progress) throws InterruptedException;

  /** The digest that the registry has for a tag now. Pulls nothing. */
  String resolve(String image) throws InterruptedException;

  /**
   * Creates a container under its record's name, without starting it.
   *
   * @param cluster the UUID, and {@code base} the base key, of its labels
   * @return its id
   */
  String create(String cluster, String base, Allocation record, ContainerSpec spec);

  /** Copies files into a container that has not run yet, replacing existing ones. */
  void copy(String id, List<ContainerFile> files);

  /**
   * Runs a command in a container and blocks until it exits.
   *
   * @param exec in the format of the engine's API
   * @return its exit code, or −1 if it did not exit in time
   */
  int exec(String id, Map<String, Object> exec, Duration atMost) throws InterruptedException;

  /** Already running is no error. */
  void start(String id);

  void signal(String id, String signal);

  /** Removes it with its anonymous volumes; the engine refuses if it is running. */
  void remove(String id);

  void setRestart(String id, RestartPolicy policy);

  /** The labels of the network of this name, or null if there is none. */
  @Nullable Map<String, String> network(String name);

  /** Creates a bridge network on this host; refused as a conflict if the name exists. */
  void createNetwork(String name, Map<String, String> labels, Map<?, ?> options);

  void connect(String network, String id, List<String> aliases);

  /** The names of the networks labelled with a cluster's UUID. */
  List<String> networks(String cluster);

  /**
   * How many containers, in any state, are connected to a network, or will be before they start
   * according to their label.
   */
  int users(String network);

  void removeNetwork(String name);

  void ping();
}
