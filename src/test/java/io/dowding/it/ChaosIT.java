package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Injects each fault once; {@code bin/chaos} continues with random ones. */
@Tag("two-at-a-time")
@DisplayName("Faults in real servers, checked by witnesses")
class ChaosIT {

  private static Chaos chaos;

  @BeforeAll
  static void begin() {
    chaos = new Chaos(1);
  }

  @AfterAll
  static void end() {
    chaos.close();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the desired state is reached, and no forbidden call is made")
  void suffers(ChaosFault fault) {
    assertThat(chaos.inject(fault)).isEmpty();
  }
}
