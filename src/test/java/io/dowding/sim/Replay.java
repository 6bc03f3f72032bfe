package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.util.Arrays;

/**
 * Runs one disturbed run again, and prints all that happens: {@code Replay SEED}, or {@code Replay
 * SCENARIO CALL VERDICT}.
 */
final class Replay {

  private Replay() {}

  public static void main(String[] arguments) {
    if (arguments.length == 1) {
      RandomRun run = new RandomRun(Long.parseLong(arguments[0]), new Bugs(), 3);
      print(run.sim, run::run);
    } else {
      ScenarioRun run = new ScenarioRun(scenario(arguments), new Bugs());
      int at = Integer.parseInt(arguments[1]);
      Verdict verdict = Verdict.valueOf(arguments[2]);
      print(run.sim, () -> run.run((number, call) -> number == at ? verdict : Verdict.PASS, 2));
    }
  }

  private static Scenario scenario(String[] arguments) {
    return Scenario.all().stream()
        .filter(one -> one.name().equals(arguments[0]))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(Arrays.toString(arguments)));
  }

  private static void print(Simulation sim, Runnable run) {
    sim.traced();
    try {
      run.run();
    } finally {
      System.out.println(sim.traceText());
    }
  }
}
