package io.dowding.docker;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Every call to one host goes through here: no more than some at a time, none for longer than its
 * deadline, and none at all for a moment after several had no answer. Thread-safe.
 */
final class Guard implements AutoCloseable {

  /** More than the loop has under way on one host, so that its own limit is the one that counts. */
  private static final int MOST_AT_ONCE = 24;

  private static final int CALLS_WATCHED = 6;
  private static final int CALLS_BEFORE_JUDGING = 3;
  private static final Duration OPEN = Duration.ofSeconds(2);

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Bulkhead bulkhead;
  private final CircuitBreaker breaker;

  Guard(String hostname) {
    this.bulkhead =
        Bulkhead.of(
            hostname,
            BulkheadConfig.custom()
                .maxConcurrentCalls(MOST_AT_ONCE)
                .maxWaitDuration(Duration.ZERO)
                .build());
    this.breaker =
        CircuitBreaker.of(
            hostname,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(CALLS_WATCHED)
                .minimumNumberOfCalls(CALLS_BEFORE_JUDGING)
                .waitDurationInOpenState(OPEN)
                .permittedNumberOfCallsInHalfOpenState(2)
                .recordException(Failures::isSilence)
                .build());
  }

  /** The host was just heard of: whatever was held against it is forgotten. */
  void heard() {
    breaker.reset();
  }

  /** The call's result, or its exception, or a timeout. */
  <T> T call(Duration deadline, Callable<T> call) throws Exception {
    return bulkhead.executeCallable(() -> breaker.executeCallable(() -> within(deadline, call)));
  }

  /**
   * For signs of life: with a deadline only, for the breaker must not keep them from being asked.
   */
  <T> T within(Duration deadline, Callable<T> call) throws Exception {
    // docker-java ignores its response timeout on unix sockets, and elsewhere it is per read.
    TimeLimiter limiter =
        TimeLimiter.of(
            TimeLimiterConfig.custom().timeoutDuration(deadline).cancelRunningFuture(true).build());
    return limiter.executeFutureSupplier(() -> workers.submit(call));
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
