package io.dowding.control;

import java.time.Instant;

/**
 * The time of day as it was when this was made, moved on by a clock that never steps: somebody who
 * sets the machine's clock changes no decision. Thread-safe.
 */
public final class SteadyClock {

  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  public Instant now() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }
}
