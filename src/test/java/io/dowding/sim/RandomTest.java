package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
@DisplayName("Whatever users and faults do, no promise is broken and the cluster converges")
class RandomTest {

  private static final long SEEDS = 1000;

  @Test
  @DisplayName("1,000 seeds with at least 2,500 steps each")
  void seeds() {
    long first = Rotation.number() * 100_000;
    LongAdder steps = new LongAdder();
    LongAdder millis = new LongAdder();
    List<String> broken = Collections.synchronizedList(new ArrayList<>());
    LongStream.range(first, first + SEEDS)
        .parallel()
        .forEach(
            seed -> {
              RandomRun run = new RandomRun(seed, new Bugs(), 3);
              try {
                run.run();
                if (run.sim.time.steps() < RandomRun.STEPS) {
                  broken.add("seed " + seed + ": only " + run.sim.time.steps() + " steps");
                }
                steps.add(run.sim.time.steps());
                millis.add(run.sim.time.now());
              } catch (RuntimeException | Oracle.Broken failed) {
                broken.add("bin/simulate --seed " + seed + ": " + failed);
              }
            });
    double years = millis.sum() / 1000.0 / Duration.ofDays(365).toSeconds();
    String report =
        "%d seeds from %d, %d steps, %.3f years of simulated time"
            .formatted(SEEDS, first, steps.sum(), years);
    Report.write("random", List.of(report));
    assertThat(broken).as(report).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {7, 141, 361})
  @DisplayName("the same seed gives the same trace, byte for byte, even in another process")
  void reproducible(long seed) throws IOException, InterruptedException {
    RandomRun run = new RandomRun(seed, new Bugs(), 3);
    run.sim.traced();
    run.run();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Simulate.class.getName(),
                "--seed",
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String told = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor()).isZero();
    assertThat(told.strip()).isEqualTo(run.sim.traceText().strip());
  }
}
