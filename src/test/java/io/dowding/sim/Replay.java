package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.util.Arrays;

/**
 * Runs one disturbed scenario again, and prints all that happens: {@code Replay NAME CALL VERDICT}.
 */
final class Replay {

  private Replay() {}

  public static void main(String[] arguments) {
    Scenario scenario =
        Scenario.all().stream()
            .filter(one -> one.name().equals(arguments[0]))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(Arrays.toString(arguments)));
    int at = Integer.parseInt(arguments[1]);
    Verdict verdict = Verdict.valueOf(arguments[2]);
    ScenarioRun run = new ScenarioRun(scenario, new Bugs());
    run.sim.traced();
    try {
      ScenarioRun.Result result =
          run.run((number, call) -> number == at ? verdict : Verdict.PASS, 2);
      System.out.println(result.endState());
    } catch (RuntimeException | Oracle.Broken broken) {
      System.out.println(broken.getMessage());
    } finally {
      System.out.println(run.sim.traceText());
    }
  }
}
