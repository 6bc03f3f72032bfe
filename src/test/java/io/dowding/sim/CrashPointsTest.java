package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.sim.Faults.Verdict;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Whatever happens at any one call, the end is the same")
class CrashPointsTest {

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
    System.out.println(scenario + " " + clean.calls() + " " + clean.mutations());
    assertThat(clean.endState()).isNotNull();
  }
}
