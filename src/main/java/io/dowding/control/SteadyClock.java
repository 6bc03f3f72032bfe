package io.dowding.control;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of day when this was created, advanced by a monotonic clock: changing the machine's
 * clock changes no decision. Thread-safe.
 */
public final class SteadyClock implements InstantSource {

  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }
}
