package io.dowding.docker;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/**
 * Every call to one host goes through here: no more than some at a time, and none for longer than
 * its deadline. How a change ends says nothing about the host: whether it is asked at all depends
 * on its signs of life and its lists alone, see {@link Lane}. Thread-safe.
 */
final class Guard implements AutoCloseable {

  /** More than the loop has under way on one host, so that its own limit is the one that counts. */
  private static final int MOST_AT_ONCE = 24;

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Bulkhead bulkhead;

  Guard(String hostname) {
    this.bulkhead =
        Bulkhead.of(
            hostname,
            BulkheadConfig.custom()
                .maxConcurrentCalls(MOST_AT_ONCE)
                .maxWaitDuration(Duration.ZERO)
                .build());
  }

  /** The call's result, or its exception, or a timeout. */
  <T> T call(Duration deadline, Callable<T> call) throws Exception {
    return bulkhead.executeCallable(() -> within(deadline, call));
  }

  /**
   * The same beside all limits, for signs of life and for lists.
   *
   * @throws TimeoutException whose message says how long was waited
   */
  <T> T within(Duration deadline, Callable<T> call) throws Exception {
    // From begin to end: a body that comes in drops has no more time than one that does not come.
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
