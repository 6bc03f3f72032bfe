package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
    "Whatever people and accidents do, no promise is broken, and in the end all is as asked")
class RandomTest {

  private static final long SEEDS = Long.getLong("seeds", 5000);

  @Test
  @DisplayName("random seeds")
  void seeds() {
    List<String> broken = Collections.synchronizedList(new ArrayList<>());
    LongStream.range(0, SEEDS)
        .parallel()
        .forEach(
            seed -> {
              try {
                new RandomRun(seed, new Bugs(), 3).run();
              } catch (RuntimeException | Oracle.Broken failed) {
                broken.add("seed " + seed + ": " + failed);
              }
            });
    assertThat(broken).isEmpty();
  }
}
