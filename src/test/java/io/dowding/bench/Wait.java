package io.dowding.bench;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waiting for a process. */
final class Wait {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private Wait() {}

  static void until(Duration atMost, String what, Callable<Boolean> wanted) throws Exception {
    long end = System.nanoTime() + atMost.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (wanted.call()) {
          return;
        }
      } catch (Exception notYet) {
        last = notYet;
      }
      Thread.sleep(PAUSE);
    }
    throw new IllegalStateException("waited in vain for " + what, last);
  }
}
