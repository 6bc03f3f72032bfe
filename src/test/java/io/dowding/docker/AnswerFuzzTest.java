package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.docker.AnswerFuzz.Verdict;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AnswerFuzzTest {

  private static final int INPUTS = 500_000;

  @Test
  @DisplayName("an engine's answers as they were recorded are accepted")
  void recorded() throws IOException {
    AnswerFuzz.unchanged();
  }

  @Test
  @DisplayName("whatever an engine answers, its reader accepts it or refuses it, and soon")
  void changed() {
    LongAdder accepted = new LongAdder();
    LongAdder refused = new LongAdder();
    LongStream.range(0, INPUTS)
        .parallel()
        .forEach(
            seed -> (AnswerFuzz.one(seed) == Verdict.ACCEPTED ? accepted : refused).increment());
    // Else what is changed is either never looked at, or never comes as far as to be looked at.
    assertThat(accepted.sum()).isGreaterThan(INPUTS / 20);
    assertThat(refused.sum()).isGreaterThan(INPUTS / 20);
  }
}
