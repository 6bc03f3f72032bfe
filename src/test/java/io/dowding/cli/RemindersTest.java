package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is missing")
class RemindersTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final Reminders reminders = new Reminders();

  private boolean isDue(String reason, long second) {
    return reminders.isDue(reason, BEGIN.plusSeconds(second));
  }

  @Test
  @DisplayName("is said at once, then after half a minute, and ever more rarely, up to ten minutes")
  void rarely() {
    List<Long> said = new ArrayList<>();
    for (long second = 0; second < 3600; second += 6) {
      if (isDue("refused", second)) {
        said.add(second);
      }
    }
    assertThat(said).containsExactly(0L, 30L, 90L, 210L, 450L, 930L, 1530L, 2130L, 2730L, 3330L);
  }

  @Test
  @DisplayName("is said at once for another reason, but not each time that two reasons alternate")
  void reasons() {
    assertThat(isDue("refused", 0)).isTrue();
    assertThat(isDue("silent", 6)).isTrue();
    assertThat(isDue("refused", 12)).isFalse();
    assertThat(isDue("silent", 18)).isFalse();
    assertThat(isDue("silent", 30)).isTrue();
  }
}
