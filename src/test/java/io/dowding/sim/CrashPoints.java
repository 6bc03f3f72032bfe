package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs a scenario again and again, each time with a fault at another of its external calls. The end
 * must be that of the undisturbed run, no promise may be broken on the way, and no more may be done
 * to the hosts than the fault explains.
 */
final class CrashPoints {

  /** Calls that change a host, beyond those of the undisturbed run, that one fault may cost. */
  private static final int EXTRA = 6;

  private static final int QUIET_ROUNDS = 2;

  /** A run that went wrong, and how to have it again. */
  record Finding(String scenario, int call, Verdict verdict, String what) {
    @Override
    public String toString() {
      return scenario + ", " + verdict + " at call " + call + ": " + what;
    }
  }

  private final Scenario scenario;
  private final Bugs bugs;
  private final ScenarioRun.Result clean;
  private int runs;

  CrashPoints(Scenario scenario, Bugs bugs) {
    this.scenario = scenario;
    this.bugs = bugs;
    this.clean = new ScenarioRun(scenario, bugs).run((number, call) -> Verdict.PASS, QUIET_ROUNDS);
  }

  int calls() {
    return clean.calls();
  }

  int runs() {
    return runs;
  }

  /** One fault of each of these kinds at every call. */
  List<Finding> everyCall(List<Verdict> verdicts) {
    List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
    int all = clean.calls() * verdicts.size();
    runs += all;
    IntStream.range(0, all)
        .parallel()
        .forEach(
            n -> {
              Finding finding = run(n / verdicts.size(), verdicts.get(n % verdicts.size()));
              if (finding != null) {
                findings.add(finding);
              }
            });
    return findings;
  }

  private Finding run(int at, Verdict verdict) {
    ScenarioRun run = new ScenarioRun(scenario, bugs);
    try {
      ScenarioRun.Result result =
          run.run((number, call) -> number == at ? verdict : Verdict.PASS, QUIET_ROUNDS);
      if (!result.endState().equals(clean.endState())) {
        return new Finding(
            scenario.name(),
            at,
            verdict,
            "another end: " + result.endState() + " instead of " + clean.endState());
      }
      if (result.mutations() > clean.mutations() + EXTRA) {
        return new Finding(
            scenario.name(),
            at,
            verdict,
            result.mutations() + " changes instead of " + clean.mutations());
      }
      return null;
    } catch (RuntimeException | Oracle.Broken broken) {
      return new Finding(scenario.name(), at, verdict, String.valueOf(broken.getMessage()));
    }
  }
}
