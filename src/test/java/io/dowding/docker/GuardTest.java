package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.plan.Fault;
import io.github.resilience4j.bulkhead.BulkheadFullException;
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
    assertThatThrownBy(() -> guard.call(Duration.ofMillis(100), this::hang))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("no answer within 0.1 s");
  }

  @Test
  @DisplayName("calls without an answer do not block other calls")
  void lost() throws Exception {
    for (int n = 0; n < 30; n++) {
      assertThatThrownBy(() -> guard.call(Duration.ofMillis(1), this::hang))
          .isInstanceOf(TimeoutException.class);
    }
    assertThat(guard.<Integer>call(LONG, () -> 1)).isEqualTo(1);
  }

  @Test
  @DisplayName("no more calls than allowed run at the same time")
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
