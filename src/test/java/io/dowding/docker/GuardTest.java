package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.plan.Fault;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuardTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final Guard guard = new Guard("host1");
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void close() {
    guard.close();
  }

  private boolean hang() throws InterruptedException {
    never.await();
    return true;
  }

  @Test
  @DisplayName("a call that hangs ends at its deadline")
  void deadline() {
    assertThatThrownBy(() -> guard.call(Duration.ofMillis(50), this::hang))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  @DisplayName("after some silence no call is made for a while, until the host was heard of again")
  void breaker() throws Exception {
    for (int n = 0; n < 3; n++) {
      assertThatThrownBy(
              () ->
                  guard.call(
                      LONG,
                      () -> {
                        throw new IOException("reset");
                      }))
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> guard.call(LONG, () -> 1))
        .isInstanceOf(CallNotPermittedException.class)
        .satisfies(unasked -> assertThat(Failures.fault(unasked)).isEqualTo(Fault.UNASKED));
    guard.heard();
    assertThat(guard.<Integer>call(LONG, () -> 1)).isEqualTo(1);
  }

  @Test
  @DisplayName("an engine that answers with an error is no silent one")
  void answers() throws Exception {
    for (int n = 0; n < 10; n++) {
      assertThatThrownBy(
              () ->
                  guard.call(
                      LONG,
                      () -> {
                        throw new NotFoundException("no such container");
                      }))
          .isInstanceOf(NotFoundException.class);
    }
    assertThat(guard.<Integer>call(LONG, () -> 1)).isEqualTo(1);
  }

  @Test
  @DisplayName("no more calls than allowed are under way at once")
  void bulkhead() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(24);
    for (int n = 0; n < 24; n++) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  guard.call(
                      LONG,
                      () -> {
                        begun.countDown();
                        return hang();
                      });
                } catch (Exception closed) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    begun.await();
    assertThatThrownBy(() -> guard.call(LONG, () -> 1))
        .isInstanceOf(BulkheadFullException.class)
        .satisfies(unasked -> assertThat(Failures.fault(unasked)).isEqualTo(Fault.UNASKED));
  }
}
