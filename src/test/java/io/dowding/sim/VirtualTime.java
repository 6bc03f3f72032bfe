package io.dowding.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that goes by only when nothing is left to be done at the present moment. What is due at the
 * same moment is done in the order in which it was asked for, so that every run is the same.
 */
final class VirtualTime implements InstantSource {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::millis).thenComparingLong(Due::order));
  private long millis;
  private long order;
  private long steps;

  private record Due(long millis, long order, Runnable what) {}

  @Override
  public Instant instant() {
    return START.plusMillis(millis);
  }

  long now() {
    return millis;
  }

  /** How many things were done. */
  long steps() {
    return steps;
  }

  void after(Duration wait, Runnable what) {
    after(wait.toMillis(), what);
  }

  void after(long wait, Runnable what) {
    queue.add(new Due(millis + Math.max(0, wait), order++, what));
  }

  /** Does the next thing; false if nothing is left. */
  boolean step() {
    Due due = queue.poll();
    if (due == null) {
      return false;
    }
    millis = Math.max(millis, due.millis());
    steps++;
    due.what().run();
    return true;
  }

  /** Does all that is due until then. */
  void pass(Duration time) {
    passUntil(millis + time.toMillis());
  }

  void passUntil(long end) {
    while (!queue.isEmpty() && queue.peek().millis() <= end) {
      step();
    }
    millis = Math.max(millis, end);
  }
}
