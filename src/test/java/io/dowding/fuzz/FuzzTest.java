package io.dowding.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whatever a key holds")
class FuzzTest {

  private static final long KEYS = 500_000;
  private static final long STEPS = 10_000;
  private static final long FILES = 10_000;

  private static void run(Target target, long inputs) {
    Fuzz fuzz = new Fuzz(List.of(target));
    fuzz.run(0, inputs);
    assertThat(fuzz.broken).isEmpty();
  }

  @Test
  @DisplayName("is read without an exception, in bounded time and memory: 500,000 inputs")
  void keys() {
    run(new KeyTarget(), KEYS);
  }

  @Test
  @DisplayName("does not keep an agent from serving another service, and publishing it")
  void steps() {
    run(new StepTarget(), STEPS);
  }

  @Test
  @DisplayName("and whatever a Compose file holds, it is read or refused")
  void files() {
    run(new ComposeTarget(), FILES);
  }

  @Test
  @DisplayName("and whatever an inventory file holds, it is read or refused")
  void inventories() {
    run(new InventoryTarget(), FILES);
  }
}
