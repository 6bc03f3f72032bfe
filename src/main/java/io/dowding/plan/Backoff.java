package io.dowding.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** Pauses after failures in a row. */
final class Backoff {

  private Backoff() {}

  /** None, then 1 s, doubling up to 5 min. */
  static Duration after(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = Settings.BACKOFF_FIRST.multipliedBy(1L << Math.min(failures - 1, 20));
    return Collections.min(List.of(pause, Settings.BACKOFF_MOST));
  }

  /** The same, up to 10 % longer by a hash, so that crashing jobs do not retry in step. */
  static Duration after(int failures, String job) {
    Duration pause = after(failures);
    long tenth = pause.toMillis() / 10;
    return tenth == 0 ? pause : pause.plusMillis(Math.floorMod((job + failures).hashCode(), tenth));
  }
}
