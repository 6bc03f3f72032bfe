package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntSupplier;

/** Looks at a number of containers whenever one changes, and often; keeps the lowest value. */
final class Watcher {

  private static final int FEWEST_LOOKS = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final FutureTask<Integer> looking;
  private volatile boolean stopped;
  private volatile int looks;

  Watcher(List<TestHost> hosts, IntSupplier look) {
    looking = new FutureTask<>(() -> watch(hosts, look));
    Thread.ofVirtual().start(looking);
  }

  private int watch(List<TestHost> hosts, IntSupplier look) throws InterruptedException {
    int lowest = Integer.MAX_VALUE;
    try (ContainerChanges changes = new ContainerChanges(hosts)) {
      for (int n = 1; !stopped; n++) {
        lowest = Math.min(lowest, look.getAsInt());
        looks = n;
        changes.await(BETWEEN_LOOKS);
      }
    }
    return lowest;
  }

  /** Stops, and fails if a look failed or there were too few. */
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
