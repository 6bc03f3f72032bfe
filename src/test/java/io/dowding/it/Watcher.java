package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntSupplier;

/** Polls a number and keeps the lowest value. */
final class Watcher {

  private static final int FEWEST_LOOKS = 10;

  private final FutureTask<Integer> looking;
  private volatile boolean stopped;
  private volatile int looks;

  Watcher(IntSupplier look) {
    looking =
        new FutureTask<>(
            () -> {
              int lowest = Integer.MAX_VALUE;
              for (int n = 1; !stopped; n++) {
                lowest = Math.min(lowest, look.getAsInt());
                looks = n;
              }
              return lowest;
            });
    Thread.ofVirtual().start(looking);
  }

  /** Stops, and fails if a poll failed or there were too few polls. */
  int stop() {
    stopped = true;
    try {
      int lowest = looking.get();
      assertThat(looks).as("looks").isGreaterThanOrEqualTo(FEWEST_LOOKS);
      return lowest;
    } catch (InterruptedException | ExecutionException failed) {
      throw new AssertionError("the watcher could not look", failed);
    }
  }
}
