package io.dowding.plan;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Failures of a job in a row, and the pause that they cause.
 *
 * @param nextTry when the job may be tried again; null for immediately
 * @param lastError empty if there is none
 * @param trouble the last failed call, while it still delays the job
 * @param awaitsContainer the create may still be in progress although it got no answer
 */
record FailureCount(
    int count,
    @Nullable Instant nextTry,
    String lastError,
    @Nullable Trouble trouble,
    boolean awaitsContainer) {

  static final FailureCount NONE = new FailureCount(0, null, "", null, false);

  /** The kind and host of a failed call. */
  record Trouble(Fault fault, String host) {}

  static FailureCount recalled(int count, @Nullable Instant nextTry, String lastError) {
    return new FailureCount(count, nextTry, lastError, null, false);
  }

  /**
   * @param pausesOf how many failures the pause follows from
   */
  FailureCount counted(String job, int total, int pausesOf, String error, Instant now) {
    return new FailureCount(
        total, now.plus(Backoff.after(pausesOf, job)), error, null, awaitsContainer);
  }

  /** A call failed. */
  FailureCount called(String job, Fault fault, String host, String error, Instant now) {
    FailureCount counted = counted(job, count + 1, count + 1, error, now);
    // Space may come back at any time, and checking is cheap.
    Instant next =
        fault == Fault.DISK
            ? earlier(counted.nextTry, now.plus(Settings.DISK_AGAIN))
            : counted.nextTry;
    return new FailureCount(counted.count, next, error, new Trouble(fault, host), awaitsContainer);
  }

  FailureCount until(@Nullable Instant next) {
    return new FailureCount(count, next, lastError, trouble, awaitsContainer);
  }

  FailureCount notBefore(Instant next) {
    return nextTry != null && nextTry.isAfter(next) ? this : until(next);
  }

  FailureCount awaitingContainer() {
    return new FailureCount(count, nextTry, lastError, trouble, true);
  }

  boolean isTrouble(Fault fault) {
    return trouble != null && trouble.fault() == fault;
  }

  /** These faults no longer delay the job on this host. */
  FailureCount without(Set<Fault> faults, String host) {
    return trouble == null || !trouble.host().equals(host) || !faults.contains(trouble.fault())
        ? this
        : new FailureCount(count, null, lastError, null, awaitsContainer);
  }

  /** The unanswered call was carried out after all. */
  FailureCount withoutUnanswered() {
    int less = Math.max(0, count - 1);
    return new FailureCount(less, null, less == 0 ? "" : lastError, null, false);
  }

  /** Forgets the failures, but not the call that delays the job. */
  FailureCount stable() {
    return new FailureCount(0, null, "", trouble, awaitsContainer);
  }

  static Instant earlier(@Nullable Instant a, Instant b) {
    return a == null ? b : Collections.min(List.of(a, b));
  }
}
