package io.dowding.model;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mount of a container.
 *
 * @param source a volume's name or an absolute path on the host; empty for an anonymous volume
 * @param target the absolute path in the container
 * @param options what else the engine is told, as its API has it: {@code BindOptions}, {@code
 *     VolumeOptions} or {@code TmpfsOptions}
 */
public record Mount(
    Type type, String source, String target, boolean readOnly, SortedMap<String, Object> options) {

  /** What is mounted. */
  public enum Type {
    VOLUME,
    BIND,
    /** Memory; gone with the container's run. */
    TMPFS
  }

  /** One without options. */
  public Mount(Type type, String source, String target, boolean readOnly) {
    this(type, source, target, readOnly, new TreeMap<>());
  }

  /** Whether what is written there stays on the host when the container goes. */
  public boolean isLocalData() {
    return switch (type) {
      case VOLUME -> !source.isEmpty();
      case BIND -> !readOnly;
      case TMPFS -> false;
    };
  }

  /** Whether its driver, or that driver's options, may keep the data elsewhere than on the host. */
  public boolean hasDriver() {
    return options.get("VolumeOptions") instanceof Map<?, ?> given
        && given.containsKey("DriverConfig");
  }
}
