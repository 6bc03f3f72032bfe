package io.dowding.model;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mount of a container.
 *
 * @param source a volume's name, an absolute path on the host, or an image; empty for an anonymous
 *     volume
 * @param target the absolute path in the container
 * @param options other fields of the engine's API: {@code BindOptions}, {@code VolumeOptions},
 *     {@code TmpfsOptions} or {@code ImageOptions}
 */
public record Mount(
    Type type, String source, String target, boolean readOnly, SortedMap<String, Object> options) {

  /** The kind of mount. */
  public enum Type {
    VOLUME,
    BIND,
    /** In memory; lost when the container stops. */
    TMPFS,
    /** The files of an image. */
    IMAGE
  }

  /** A mount without options. */
  public Mount(Type type, String source, String target, boolean readOnly) {
    this(type, source, target, readOnly, new TreeMap<>());
  }

  /** Whether data written there stays on the host when the container is removed. */
  public boolean isLocalData() {
    return switch (type) {
      case VOLUME -> !source.isEmpty();
      case BIND -> !readOnly || isGiven("BindOptions", "ReadOnlyNonRecursive");
      case TMPFS, IMAGE -> false;
    };
  }

  /** In the format of the engine's API. */
  public SortedMap<String, Object> body() {
    SortedMap<String, Object> body = new TreeMap<>(options);
    body.put("Type", type.name().toLowerCase(Locale.ROOT));
    body.put("Target", target);
    body.put("ReadOnly", readOnly);
    if (!source.isEmpty()) {
      body.put("Source", source);
    }
    return body;
  }

  /** Whether its driver, or the driver's options, may store the data outside the host. */
  public boolean hasDriver() {
    return isGiven("VolumeOptions", "DriverConfig");
  }

  boolean isGiven(String group, String option) {
    return options.get(group) instanceof Map<?, ?> given && given.containsKey(option);
  }
}
