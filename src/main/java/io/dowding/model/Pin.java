package io.dowding.model;

import org.jspecify.annotations.Nullable;

/** A fixed place for a job or service; nothing overrules it. */
public sealed interface Pin {

  /** The comment by which the agent knows the pins that it wrote itself. */
  String AUTO = "auto: volume data";

  /**
   * A host by name.
   *
   * @param auto written by the agent, so that a job stays beside its local data; a person's pin
   *     comes before it
   */
  record ToHost(String hostname, boolean auto) implements Pin {}

  /** Wherever another job, or the lowest job of another service, is. */
  record ToJob(String target) implements Pin {}

  /**
   * One that somebody wrote and nobody can read: the place is fixed, and not known.
   *
   * @param problem what is wrong with it
   */
  record Unreadable(String problem) implements Pin {}

  /**
   * Reads a pin's value: a hostname or {@code job:<job or service>}, and a comment after {@code #}.
   *
   * @return null if it is neither
   */
  static @Nullable Pin parse(String text) {
    int hash = text.indexOf('#');
    String value = (hash < 0 ? text : text.substring(0, hash)).strip();
    String comment = hash < 0 ? "" : text.substring(hash + 1).strip();
    if (value.startsWith("job:")) {
      String target = value.substring(4).strip();
      return Names.isJob(target) ? new ToJob(target) : null;
    }
    return Names.isHostname(value) ? new ToHost(value, comment.startsWith("auto:")) : null;
  }

  /** The value to write for this pin. */
  default String text() {
    return switch (this) {
      case ToHost(String hostname, boolean auto) -> auto ? hostname + " # " + AUTO : hostname;
      case ToJob(String target) -> "job:" + target;
      case Unreadable(String problem) ->
          throw new IllegalStateException("nobody writes a pin that cannot be read: " + problem);
    };
  }
}
