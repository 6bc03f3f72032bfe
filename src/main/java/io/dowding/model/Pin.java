package io.dowding.model;

import org.jspecify.annotations.Nullable;

/** A fixed host for a job or service; nothing overrides it. */
public sealed interface Pin {

  /** The comment that marks pins written by the agent. */
  String AUTO = "auto: volume data";

  /**
   * A host by name.
   *
   * @param auto whether the agent wrote it, to keep a job with its local data; a person's pin takes
   *     precedence
   */
  record ToHost(String hostname, boolean auto) implements Pin {}

  /** The host of another job, or of the lowest job of another service. */
  record ToJob(String target) implements Pin {}

  /**
   * A pin that cannot be parsed: the job must not move, but its host is not known.
   *
   * @param problem what is wrong with it
   */
  record Unreadable(String problem) implements Pin {}

  /**
   * Parses a pin: a hostname or {@code job:<job or service>}, and a comment after {@code #}.
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
