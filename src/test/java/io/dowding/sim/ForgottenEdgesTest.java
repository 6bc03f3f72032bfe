package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
@DisplayName("An outdated plan")
class ForgottenEdgesTest {

  private static final int FIRST_SEEDS = 20;
  private static final int MOST_SEEDS = 200;

  @Test
  @DisplayName("is detected, whichever change was missed")
  void found() {
    Map<String, String> finds = new ConcurrentHashMap<>();
    ForgottenEdges.all().parallelStream()
        .forEach(edge -> finds.put(edge.name(), String.valueOf(find(edge))));
    List<String> report = new ArrayList<>();
    ForgottenEdges.all().forEach(edge -> report.add(edge + ": " + finds.get(edge.name())));
    Report.write("forgotten-edges", report);
    assertThat(report).noneMatch(line -> line.endsWith(": null"));
  }

  /** Most dependencies are found by the first seed, because a random run uses many of them. */
  private static @Nullable String find(ForgottenEdges.Edge edge) {
    String found = bySeed(edge, 0, FIRST_SEEDS);
    for (Scenario scenario : found == null ? Scenario.all() : List.<Scenario>of()) {
      found = found(() -> new ScenarioRun(scenario, edge.bug().get()).run(sim -> {}, 2));
      if (found != null) {
        return "scenario \"" + scenario.name() + "\": " + found;
      }
    }
    return found != null ? found : bySeed(edge, FIRST_SEEDS, MOST_SEEDS);
  }

  private static @Nullable String bySeed(ForgottenEdges.Edge edge, int from, int to) {
    for (int seed = from; seed < to; seed += 4) {
      long one = seed;
      String found = found(() -> new RandomRun(one, edge.bug().get(), 3).run());
      if (found != null) {
        return "seed " + seed + ": " + found;
      }
    }
    return null;
  }

  /** Returns only the difference between the plans, not its consequences. */
  private static @Nullable String found(Runnable run) {
    try {
      run.run();
      return null;
    } catch (IllegalStateException broken) {
      String message = String.valueOf(broken.getMessage());
      int at = message.indexOf("a change was not planned");
      return at < 0 ? null : message.substring(at, Math.min(message.length(), at + 200));
    } catch (Oracle.Broken otherwise) {
      return null;
    }
  }
}
