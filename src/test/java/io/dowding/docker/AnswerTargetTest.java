package io.dowding.docker;

import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AnswerTargetTest {

  @Test
  @DisplayName("recorded answers of an engine are accepted")
  void recorded() throws IOException {
    AnswerTarget.unchanged();
  }
}
