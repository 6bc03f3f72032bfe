package io.dowding.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.docker.AnswerTarget;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
@DisplayName("Fuzzing: whatever a key, a file or an answer contains")
class FuzzTest {

  private static final long KEYS = 500_000;
  private static final long STEPS = 10_000;
  private static final long FILES = 10_000;
  private static final long ANSWERS = 500_000;

  private static void run(Target target, long inputs) {
    Fuzz fuzz = new Fuzz(List.of(target));
    fuzz.run(0, inputs);
    assertThat(fuzz.broken).isEmpty();
  }

  @Test
  @DisplayName("a key is read without an exception, in bounded time and memory: 500,000 inputs")
  void keys() {
    run(new KeyTarget(), KEYS);
  }

  @Test
  @DisplayName("no key prevents an agent from running and publishing another service")
  void steps() {
    run(new StepTarget(), STEPS);
  }

  @Test
  @DisplayName("a Compose file is read or refused")
  void files() {
    run(new ComposeTarget(), FILES);
  }

  @Test
  @DisplayName("an engine's answer is read or refused: 500,000 inputs")
  void answers() {
    AnswerTarget target = new AnswerTarget();
    run(target, ANSWERS);
    // Otherwise the mutations never reach the readers.
    assertThat(target.accepted.sum()).isGreaterThan(ANSWERS / 20);
    assertThat(target.refused.sum()).isGreaterThan(ANSWERS / 20);
  }

  @Test
  @DisplayName("an inventory file is read or refused")
  void inventories() {
    run(new InventoryTarget(), FILES);
  }
}
