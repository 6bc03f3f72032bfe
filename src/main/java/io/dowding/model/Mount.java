package io.dowding.model;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mount of a container.
 *
 * @param source a volume's name or an absolute path on the host; empty for an anonymous volume
 * @param target the absolute path in the container
 * @param options other fields of the engine's API: {@code BindOptions}, {@code VolumeOptions} or
 *     {@code TmpfsOptions}
 */
public record Mount(
    Type type, String source, String target, boolean readOnly, SortedMap<String, Object> options) {

  /** The kind of mount. */
  public enum Type {
    VOLUME,
    BIND,
    /** In memory; lost when the container stops. */
    TMPFS
  }

  /** A mount without options. */
  public Mount(Type type, String source, String target, boolean readOnly) {
    this(type, source, target, readOnly, new TreeMap<>());
  }

  /** Whether data written there stays on the host when the container is removed. */
  public boolean isLocalData() {
    return switch (type) {
      case VOLUME -> !source.isEmpty();
      case BIND -> !readOnly;
      case TMPFS -> false;
    };
  }

  /** Whether its driver, or the driver's options, may store the data outside the host. */
  public boolean hasDriver() {
    return options.get("VolumeOptions") instanceof Map<?, ?> given
        && given.containsKey("DriverConfig");
  }
}
