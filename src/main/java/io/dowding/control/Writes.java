package io.dowding.control;

import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which writes to etcd are under way, and when the next one may begin. */
final class Writes {

  /** The pause after a failed write; doubles with each failure in a row. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  /** Another allocator was faster; the watch delivers its change. */
  private static final Duration CONFLICT_RETRY = Duration.ofMillis(50);

  private final Set<String> pins = new HashSet<>();
  private boolean claiming;
  private @Nullable Instant notBefore;
  private Duration retry = RETRY;

  /** Whether the pause after a failure is over. */
  boolean mayBegin(Instant now) {
    return notBefore == null || !now.isBefore(notBefore);
  }

  /** The end of the pause after a failure, or null. */
  @Nullable Instant notBefore() {
    return notBefore;
  }

  /** Returns whether it may begin: false while the same is under way. */
  boolean begin(Action.Claim claim) {
    boolean first = !claiming;
    claiming = true;
    return first;
  }

  /** Returns whether it may begin: false while the same is under way. */
  boolean begin(Action.WritePin pin) {
    return pins.add(pin.job());
  }

  void ended(Event event, Instant now) {
    switch (event) {
      case Event.Allocated allocated -> {
        if (allocated.revision() == 0) {
          notBefore = now.plus(CONFLICT_RETRY);
        } else {
          ended(allocated.revision() > 0, now);
        }
      }
      case Event.PinWritten written -> {
        pins.remove(written.action().job());
        ended(written.done(), now);
      }
      case Event.Claimed claimed -> {
        claiming = false;
        ended(claimed.done(), now);
      }
      case Event.Written written -> ended(written.done(), now);
      // etcd is back: earlier failures say nothing about new writes.
      case Event.StoreListed _ -> ended(true, now);
      default -> {}
    }
  }

  /** After failures in a row, each pause before the next write is longer. */
  private void ended(boolean done, Instant now) {
    if (done) {
      retry = RETRY;
      notBefore = null;
      return;
    }
    notBefore = now.plus(retry);
    Duration twice = retry.multipliedBy(2);
    retry = twice.compareTo(LONGEST_RETRY) < 0 ? twice : LONGEST_RETRY;
  }
}
