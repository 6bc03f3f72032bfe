package io.dowding.http;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts threads that take too long, which closes the connection that they write to. The JDK's
 * server has such a limit, too, but only one for all answers, and the room's feed never ends.
 * Thread-safe.
 */
final class Deadlines implements AutoCloseable {

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("http-limit").factory());

  Deadlines() {
    timer.setRemoveOnCancelPolicy(true);
  }

  /** The limit of one thread; closed in time, it does nothing. */
  record Deadline(ScheduledFuture<?> end) implements AutoCloseable {
    @Override
    public void close() {
      end.cancel(false);
    }
  }

  /** Gives the calling thread, which must not be used again afterwards, this long. */
  Deadline begin(Duration limit) {
    Thread thread = Thread.currentThread();
    return new Deadline(timer.schedule(thread::interrupt, limit.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Runs something after this long, on a virtual thread. */
  void later(Duration pause, Runnable what) {
    ScheduledFuture<?> _ =
        timer.schedule(
            () -> Thread.ofVirtual().start(what), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
