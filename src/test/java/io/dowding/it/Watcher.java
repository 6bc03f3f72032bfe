package io.dowding.it;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Looks at a number all the time, and knows the lowest it ever was. */
final class Watcher {

  private final AtomicInteger lowest = new AtomicInteger(Integer.MAX_VALUE);
  private final Thread thread;

  Watcher(IntSupplier look) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    lowest.accumulateAndGet(look.getAsInt(), Math::min);
                  }
                });
  }

  int stop() {
    thread.interrupt();
    return lowest.get();
  }
}
