package io.dowding.docker;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Labels and host directories that a container gets from images and volumes, which only its host
 * knows. Thread-safe.
 */
final class Brought {

  private static final int MOST_IMAGES = 1000;

  private static final int MOST_BYTES = 1 << 20;

  /** How long it is not looked up again; {@link Views#withoutImages} covers what changes then. */
  private static final long FRESH_NANOS = 2_000_000_000L;

  private final Connection connection;
  private final EngineApi engine;
  private final Map<String, Map<String, String>> labels = new ConcurrentHashMap<>();

  /** By name, as just looked up; a tag may be moved. */
  private final Map<String, Named> names = new ConcurrentHashMap<>();

  private record Named(EngineApi.Image image, long at) {}

  Brought(Connection connection, EngineApi engine) {
    this.connection = connection;
    this.engine = engine;
  }

  /**
   * The labels of an image that only dowding may set, by its id, whose content never changes; empty
   * if it is gone.
   *
   * @throws BadRequestException if it takes too long to describe
   */
  Map<String, String> labels(String imageId) {
    Map<String, String> known = labels.get(imageId);
    if (known != null) {
      return known;
    }
    @Nullable Map<String, String> found;
    try {
      EngineApi.Image image = engine.image(imageId);
      found = image == null ? null : image.claims();
    } catch (BadRequestException tooLong) {
      throw tooLong;
    } catch (DockerException broken) {
      // A single unreadable image must not make the host count as lost.
      found = null;
    }
    if (found == null) {
      return Map.of();
    }
    if (labels.size() >= MOST_IMAGES) {
      labels.clear();
    }
    labels.put(imageId, found);
    return found;
  }

  /** An image of this name was looked up; usually, a container of it is created then. */
  void saw(String name, EngineApi.Image image) {
    if (names.size() >= MOST_IMAGES) {
      names.clear();
    }
    names.put(name, new Named(image, System.nanoTime()));
  }

  private EngineApi.@Nullable Image ofName(String name) {
    Named known = names.get(name);
    return known != null && System.nanoTime() - known.at() < FRESH_NANOS
        ? known.image()
        : engine.image(name);
  }

  /**
   * Checks a container before it is created.
   *
   * @throws BadRequestException if it has something that its service may not have
   */
  void check(String service, ContainerSpec spec) {
    List<String> refusals = new ArrayList<>();
    EngineApi.Image image = ofName(spec.image());
    if (image != null) {
      refusals.add(Images.refusal(spec.image(), image));
      refusals.add(program(spec, image));
      refusals.removeIf(String::isEmpty);
    }
    checkVolumes(service, spec.mounts(), refusals);
    for (String other : spec.volumesFrom()) {
      List<Mount> mounts = mounts(other.replaceFirst(":.*", ""));
      refusals.addAll(connection.policy().mountRefusals(service, mounts));
      checkVolumes(service, mounts, refusals);
    }
    if (!refusals.isEmpty()) {
      throw new BadRequestException(String.join("; ", refusals));
    }
  }

  /** A definition's own entrypoint was checked when it was read. */
  private static String program(ContainerSpec spec, EngineApi.Image image) {
    List<String> command = spec.command();
    List<String> entrypoint = spec.entrypoint();
    boolean isProgram = entrypoint == null ? !image.hasEntrypoint() : entrypoint.isEmpty();
    return isProgram
            && command != null
            && !command.isEmpty()
            && Images.isTooLong(command.getFirst())
        ? "command begins with a program whose name is longer than a path may be: to run a shell's"
            + " script, write entrypoint: [sh, -c]"
        : "";
  }

  private void checkVolumes(String service, List<Mount> mounts, List<String> refusals) {
    for (Mount mount : mounts) {
      if (mount.type() == Mount.Type.VOLUME && !mount.source().isEmpty()) {
        byte[] body = connection.get(connection.path("/volumes/" + mount.source()), MOST_BYTES);
        if (body != null) {
          Answer volume = Answer.parse("volume " + mount.source(), body);
          String driver = volume.at("Driver").textOr("");
          Map<String, String> options = volume.at("Options").textsByName();
          refusals.addAll(
              connection.policy().volumeRefusals(service, mount.source(), driver, options));
        }
      }
    }
  }

  /** The mounts that a container really has. */
  private List<Mount> mounts(String container) {
    List<Mount> mounts = new ArrayList<>();
    byte[] body = connection.get(connection.path("/containers/" + container + "/json"), MOST_BYTES);
    if (body == null) {
      return mounts;
    }
    for (Answer mount : Answer.parse("container " + container, body).at("Mounts").items()) {
      String type = mount.at("Type").textOr("");
      if (type.equals("image") || type.equals("tmpfs")) {
        continue;
      }
      boolean isBind = type.equals("bind");
      mounts.add(
          new Mount(
              isBind ? Mount.Type.BIND : Mount.Type.VOLUME,
              mount.at(isBind ? "Source" : "Name").textOr(""),
              mount.at("Destination").textOr(""),
              !mount.at("RW").flag()));
    }
    return mounts;
  }
}
