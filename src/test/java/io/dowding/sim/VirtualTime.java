package io.dowding.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A clock that advances only when no task is due. Tasks that are due at the same time run in the
 * order in which they were scheduled, so every run is the same.
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

  /** The number of tasks that have run. */
  long steps() {
    return steps;
  }

  void after(Duration wait, Runnable what) {
    after(wait.toMillis(), what);
  }

  void after(long wait, Runnable what) {
    queue.add(new Due(millis + Math.max(0, wait), order++, what));
  }

  /** Runs the next task; returns false if there is none. */
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

  /** Runs all tasks that are due within this time. */
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
