package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.sim.PlantedBugs.Planted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
@DisplayName("The simulation finds planted bugs")
class PlantedBugsTest {

  private static final int MOST_SEEDS = 1000;

  /** The deadline for scenarios in milliseconds; they are checked every two seconds. */
  private static final long IMPATIENT = 1000;

  /** How a bug was found, and after how many runs of a scenario or seeds. */
  private record Found(String how, int runs) {}

  private static final Found NOT_FOUND = new Found("not found", Integer.MAX_VALUE);

  private final Map<String, ScenarioRun.Result> clean = new ConcurrentHashMap<>();

  @Test
  @DisplayName("each bug is found by a scenario or within 1,000 seeds")
  void found() {
    Scenario.all()
        .forEach(
            scenario ->
                clean.put(
                    scenario.name(),
                    new ScenarioRun(scenario, new Bugs()).withoutVerification().run(sim -> {}, 2)));
    Map<String, Found> finds = new ConcurrentHashMap<>();
    PlantedBugs.all().parallelStream().forEach(bug -> finds.put(bug.toString(), find(bug)));
    List<String> report = new ArrayList<>();
    List<Integer> runs = new ArrayList<>();
    for (Planted bug : PlantedBugs.all()) {
      Found found = finds.getOrDefault(bug.toString(), NOT_FOUND);
      report.add(bug + ", after " + found.runs() + " runs: " + found.how());
      runs.add(found.runs());
    }
    runs.sort(null);
    List<String> summary = new ArrayList<>(report);
    summary.addFirst(
        "%d planted bugs; median %d runs until found, maximum %d"
            .formatted(runs.size(), runs.get(runs.size() / 2), runs.getLast()));
    Report.write("planted-bugs", summary);
    assertThat(report)
        .hasSizeGreaterThanOrEqualTo(80)
        .noneMatch(line -> line.endsWith(NOT_FOUND.how()));
  }

  private Found find(Planted bug) {
    int runs = 0;
    for (Scenario scenario : Scenario.all()) {
      runs++;
      String found = byScenario(scenario, bug);
      if (found != null) {
        return new Found("scenario \"" + scenario.name() + "\": " + found, runs);
      }
    }
    for (long seed = 0; seed < MOST_SEEDS; seed++) {
      runs++;
      try {
        RandomRun run = new RandomRun(seed, bug.bug().get(), 3);
        run.sim.proves = false;
        run.run();
      } catch (RuntimeException | Oracle.Broken broken) {
        return new Found("seed " + seed + ": " + first(broken), runs);
      }
    }
    return NOT_FOUND;
  }

  private String byScenario(Scenario scenario, Planted bug) {
    ScenarioRun.Result right = clean.get(scenario.name());
    try {
      ScenarioRun.Result result =
          new ScenarioRun(scenario, bug.bug().get()).withoutVerification().run(sim -> {}, 2);
      if (!result.endState().equals(right.endState())) {
        return "a different end state";
      }
      if (result.mutations() != right.mutations()) {
        return result.mutations() + " changes instead of " + right.mutations();
      }
      if (result.fewest() < right.fewest()) {
        return "only " + result.fewest() + " jobs served instead of " + right.fewest();
      }
      return result.took() < right.took() - IMPATIENT
          ? "done after " + result.took() + " ms instead of " + right.took()
          : null;
    } catch (RuntimeException | Oracle.Broken broken) {
      return first(broken);
    }
  }

  private static String first(Throwable broken) {
    return String.valueOf(broken.getMessage()).lines().findFirst().orElse("");
  }
}
