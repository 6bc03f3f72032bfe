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
 * All calls to one host go through here: a limited number at a time, each with a deadline. The
 * outcome of a change says nothing about the host; only pings and lists decide whether it is
 * called, see {@link Lane}. Thread-safe.
 */
final class Guard implements AutoCloseable {

  /** More than the loop uses per host, so that the loop's own limit applies. */
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
   * The same without the limit of calls, for pings and lists.
   *
   * @throws TimeoutException with the time waited in its message
   */
  <T> T within(Duration deadline, Callable<T> call) throws Exception {
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
