package io.dowding.it;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Looks at a number all the time, and knows the lowest it ever was. */
final class Watcher {

  private final AtomicInteger lowest = new AtomicInteger(Integer.MAX_VALUE);
  private final Thread thread;
  private volatile boolean stopped;

  Watcher(IntSupplier look) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!stopped) {
                    lowest.accumulateAndGet(look.getAsInt(), Math::min);
                  }
                });
  }

  int stop() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException impatient) {
      throw new IllegalStateException(impatient);
    }
    return lowest.get();
  }
}
