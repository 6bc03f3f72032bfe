package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuardTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final Guard guard = new Guard();
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
    assertThatThrownBy(() -> guard.within(Duration.ofMillis(100), this::hang))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("no answer within 0.1 s");
  }

  @Test
  @DisplayName("calls without an answer do not block other calls")
  void lost() throws Exception {
    for (int n = 0; n < 30; n++) {
      assertThatThrownBy(() -> guard.within(Duration.ofMillis(1), this::hang))
          .isInstanceOf(TimeoutException.class);
    }
    assertThat(guard.<Integer>within(LONG, () -> 1)).isEqualTo(1);
  }
}
