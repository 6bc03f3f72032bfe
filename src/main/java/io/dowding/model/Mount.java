package io.dowding.model;

/**
 * A mount of a container.
 *
 * @param source a volume's name or an absolute path on the host; empty for an anonymous volume
 * @param target the absolute path in the container
 */
public record Mount(Type type, String source, String target, boolean readOnly) {

  /** What is mounted. */
  public enum Type {
    VOLUME,
    BIND
  }

  /** Whether what is written there stays on the host when the container goes. */
  public boolean isLocalData() {
    return switch (type) {
      case VOLUME -> !source.isEmpty();
      case BIND -> !readOnly;
    };
  }
}
