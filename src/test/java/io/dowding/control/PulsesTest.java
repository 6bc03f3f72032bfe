package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.control.Pulses.Pulse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PulsesTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Instant now = Instant.EPOCH;
  private final Pulses pulses = new Pulses(() -> now);

  @Test
  @DisplayName("a thread that takes turns has a pulse, even if its turns fail")
  void turns() {
    Pulse pulse = pulses.vital("loop", LIMIT);
    now = now.plus(LIMIT).plusSeconds(1);
    assertThat(pulses.silent()).containsEntry("loop", LIMIT.plusSeconds(1));
    assertThatThrownBy(
            () ->
                pulse
                    .around(
                        () -> {
                          throw new IllegalStateException("a bug");
                        })
                    .take())
        .hasMessage("a bug");
    assertThat(pulses.silent()).isEmpty();
  }

  @Test
  @DisplayName("a thread that never took a turn has a pulse until its limit")
  void begins() {
    pulses.minor("host-a", LIMIT);
    now = now.plus(LIMIT);
    assertThat(pulses.silent()).isEmpty();
    now = now.plusSeconds(1);
    assertThat(pulses.silent()).containsOnlyKeys("host-a");
    assertThat(pulses.silentVitals()).isEmpty();
  }

  @Test
  @DisplayName("a thread that was stopped is not missed, and its successor is not stopped with it")
  void stopped() {
    Pulse first = pulses.minor("host-a", LIMIT);
    Pulse second = pulses.minor("host-a", LIMIT);
    first.close();
    now = now.plus(LIMIT).plusSeconds(1);
    assertThat(pulses.silent()).containsOnlyKeys("host-a");
    second.close();
    assertThat(pulses.silent()).isEmpty();
  }
}
