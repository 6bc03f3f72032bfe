package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.sim.Faults.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("long")
@DisplayName("A fault at any single call does not change the end state")
class CrashPointsTest {

  private static final List<Verdict> CRASHES =
      List.of(Verdict.CRASH_BEFORE, Verdict.CRASH_AFTER, Verdict.APPLIED_RESET);

  private static final List<Verdict> ERRORS =
      List.of(
          Verdict.TIMEOUT,
          Verdict.APPLIED_TIMEOUT,
          Verdict.LATE,
          Verdict.NOT_FOUND,
          Verdict.CONFLICT,
          Verdict.SERVER_ERROR,
          Verdict.RESET,
          Verdict.TRUNCATED);

  private static final int HOSTILE_RUNS = 30;

  /** Pairs of crashes take longer than all other runs, so each commit tries one part of them. */
  private static final int PARTS_OF_PAIRS = 4;

  private static final Path GOLDEN = Path.of("src/test/resources/golden/ends");

  private static final Map<String, LongAdder> RUNS = new ConcurrentSkipListMap<>();

  static List<Scenario> scenarios() {
    return Scenario.all();
  }

  static List<Scenario> hostile() {
    return HostileScenarios.all();
  }

  static List<Scenario> disturbed() {
    return Scenario.disturbed();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  @DisplayName("without faults, the end matches the golden file and does not change for 100 rounds")
  void clean(Scenario scenario) throws IOException {
    ScenarioRun run = new ScenarioRun(scenario, new Bugs());
    run.run(sim -> {}, ScenarioRun.QUIET_ROUNDS);
    List<String> end = Ends.lines(run.sim);
    if ("write".equals(System.getProperty("golden"))) {
      Files.write(golden(scenario), end);
    }
    assertThat(end).isEqualTo(Files.readAllLines(golden(scenario)));
  }

  @Test
  @DisplayName("there is one golden file for each scenario")
  void goldenFiles() throws IOException {
    try (Stream<Path> there = Files.list(GOLDEN)) {
      assertThat(there.toList())
          .containsExactlyInAnyOrderElementsOf(
              scenarios().stream().map(CrashPointsTest::golden).toList());
    }
  }

  private static Path golden(Scenario scenario) {
    return GOLDEN.resolve(scenario.name().replaceAll("[^a-zA-Z0-9]+", "-") + ".txt");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("disturbed")
  @DisplayName("the agent crashes before or after each call, or the answer is lost")
  void crashes(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    assertThat(points.everyCall(CRASHES)).isEmpty();
    count("one crash, or one lost answer", points);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("disturbed")
  @DisplayName("the agent crashes twice, if the second crash leaves a new state")
  void pairs(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    int part = (int) (Rotation.number() % PARTS_OF_PAIRS);
    assertThat(points.pairs(PARTS_OF_PAIRS, part)).isEmpty();
    count("two crashes", points);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("disturbed")
  @DisplayName("each call fails once in every way")
  void errors(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    assertThat(points.everyCall(ERRORS)).isEmpty();
    count("one error", points);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  @DisplayName("a call fails while a host, key or user does harm")
  void hostile(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    List<Verdict> verdicts = new ArrayList<>(CRASHES);
    verdicts.addAll(ERRORS);
    assertThat(points.someCalls(verdicts, HOSTILE_RUNS)).isEmpty();
    assertThat(points.runs()).isPositive();
    count("one fault during harm", points);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("disturbed")
  @DisplayName("each read of etcd returns every earlier revision")
  void stale(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    assertThat(points.everyStaleRead()).isEmpty();
    count("one stale read", points);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("disturbed")
  @DisplayName("each event is lost, late, duplicated, or merged with the next")
  void news(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    assertThat(points.everyNews()).isEmpty();
    count("one disturbed event", points);
  }

  private static void count(String what, CrashPoints points) {
    RUNS.computeIfAbsent(what, w -> new LongAdder()).add(points.runs());
  }

  @AfterAll
  static void report() {
    Report.write(
        "crash-points",
        List.of(Scenario.disturbed().size() + " scenarios; runs by fault: " + RUNS));
  }
}
