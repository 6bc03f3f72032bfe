package io.dowding.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * When to say that something is still missing: at once for a new reason, then after pauses that
 * double, from half a minute to ten minutes. Not thread-safe.
 */
final class Reminders {

  private static final Duration SHORTEST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Set<String> said = new HashSet<>();
  private Duration pause = SHORTEST;
  private Instant next = Instant.MIN;

  /** Whether to say it now. If so, it counts as said. */
  boolean isDue(String reason, Instant now) {
    if (!now.isBefore(next)) {
      if (!said.isEmpty()) {
        pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
      }
      said.clear();
      next = now.plus(pause);
    }
    return said.add(reason);
  }
}
