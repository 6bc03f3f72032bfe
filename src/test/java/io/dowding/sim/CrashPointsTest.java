package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.sim.Faults.Verdict;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Whatever happens at any one call, the end is the same")
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

  static List<Scenario> scenarios() {
    return Scenario.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  @DisplayName("undisturbed, it settles, and then nothing changes for 100 rounds")
  void clean(Scenario scenario) {
    ScenarioRun.Result clean =
        new ScenarioRun(scenario, new Bugs())
            .run((number, call) -> Verdict.PASS, ScenarioRun.QUIET_ROUNDS);
    assertThat(clean.endState()).isNotNull();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  @DisplayName("killed before and after every call, and with every answer lost")
  void crashes(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    List<CrashPoints.Finding> findings = points.everyCall(CRASHES);
    assertThat(findings).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  @DisplayName("every call fails once, in every way")
  void errors(Scenario scenario) {
    CrashPoints points = new CrashPoints(scenario, new Bugs());
    List<CrashPoints.Finding> findings = points.everyCall(ERRORS);
    assertThat(findings).isEmpty();
  }
}
