package io.dowding.docker;

import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/** Gives each call to one host a deadline. Thread-safe. */
final class Guard implements Session.Limit, AutoCloseable {

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  @Override
  public <T> T within(Duration deadline, Callable<T> call) throws Exception {
    // The deadline covers the whole answer, including a body that trickles in.
    TimeLimiter limiter =
        TimeLimiter.of(
            TimeLimiterConfig.custom().timeoutDuration(deadline).cancelRunningFuture(true).build());
    try {
      return limiter.executeFutureSupplier(() -> workers.submit(call));
    } catch (TimeoutException late) {
      throw new TimeoutException("no answer within " + text(deadline));
    }
  }

  private static String text(Duration deadline) {
    return deadline.toMillis() < 10_000 && deadline.toMillisPart() != 0
        ? String.format(Locale.ROOT, "%.1f s", deadline.toMillis() / 1000.0)
        : deadline.toSeconds() + " s";
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
