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
 * As much of a Docker Engine as is used here, one request each. What the engine refuses is thrown
 * as docker-java's exceptions, by status; anything else thrown means that nothing was heard, and
 * what was asked for may have been done. Nothing is repeated.
 */
public interface EngineApi {

  /** All containers, in any state; one that goes while they are looked at is left out. */
  List<Container> list();

  /** The names of all volumes. */
  Set<String> volumes();

  /** One container, or null if it is not there. */
  @Nullable Container inspect(String idOrName);

  /**
   * An image that is there.
   *
   * @param digests under which registries have it, as {@code nginx@sha256:…}
   * @param tagged when the engine last gave it a name, by its own clock
   * @param labels which every container of it has, unless it is given others
   */
  record Image(List<String> digests, Instant tagged, Map<String, String> labels) {}

  /** An image, or null if it is not there. */
  @Nullable Image image(String image);

  /**
   * Blocks until it is there.
   *
   * @param progress is told now and then how far it is
   */
  void pull(String image, Consumer<String> progress) throws InterruptedException;

  /**
   * Makes a container under its record's name, and does not start it.
   *
   * @param cluster the UUID, and {@code base} the base key, of its labels
   * @return its id
   */
  String create(String cluster, String base, Allocation record, ContainerSpec spec);

  /** Puts files into a container that has not run yet; those that are there are replaced. */
  void copy(String id, List<ContainerFile> files);

  /**
   * Runs a command in a container, and blocks until it has ended.
   *
   * @param exec in the words of the engine's API
   * @return its exit code, or −1 where it has not ended in time
   */
  int exec(String id, Map<String, Object> exec, Duration atMost) throws InterruptedException;

  /** One that runs already is no error. */
  void start(String id);

  void signal(String id, String signal);

  /** With its anonymous volumes; the engine refuses if it runs. */
  void remove(String id);

  void setRestart(String id, RestartPolicy policy);

  /** The labels of the network of this name, or null if there is none. */
  @Nullable Map<String, String> network(String name);

  /** A bridge network of this host; refused as a conflict if there is one of this name. */
  void createNetwork(String name, Map<String, String> labels, Map<?, ?> options);

  void connect(String network, String id, List<String> aliases);

  /** The names of the networks that are labelled with a cluster's UUID. */
  List<String> networks(String cluster);

  /**
   * How many containers, in any state, are connected to a network, or will be before they start, by
   * their label.
   */
  int users(String network);

  void removeNetwork(String name);

  void ping();
}
