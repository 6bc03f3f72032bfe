package io.dowding.sim;

import io.dowding.sim.Faults.Call;
import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.util.List;

/** One run of a scenario with one agent, undisturbed or with faults at some of its calls. */
final class ScenarioRun {

  /** Rounds without any change, after which nothing is expected to change any more. */
  static final int QUIET_ROUNDS = 100;

  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Duration LOOK = Duration.ofSeconds(2);

  final Simulation sim;
  private final Scenario scenario;
  private int firstCall;

  ScenarioRun(Scenario scenario, Bugs bugs) {
    this.scenario = scenario;
    this.sim = new Simulation(1, false, bugs);
    sim.oracle.strict = true;
  }

  /**
   * What came of it.
   *
   * @param calls all calls until it had settled
   * @param mutations calls that may have changed a host
   */
  record Result(String endState, int calls, int mutations) {}

  /** A fault at the call of this number, counted from when the story begins. */
  interface Plan {
    Verdict at(int number, Call call);
  }

  Result run(Plan plan, int quietRounds) {
    sim.hosts(scenario.hosts()).agents(1);
    scenario.setup().accept(sim);
    firstCall = sim.calls();
    int before = sim.mutations();
    sim.faults = call -> plan.at(call.number() - firstCall, call);
    scenario.story().accept(sim);
    int settled = settle(quietRounds);
    return new Result(sim.oracle.endState(), settled - firstCall, sim.mutations() - before);
  }

  private int settle(int quietRounds) {
    long end = sim.time.now() + PATIENCE.toMillis();
    List<String> problems = List.of("nobody looked yet");
    while (!problems.isEmpty()) {
      if (sim.time.now() > end) {
        throw new Oracle.Broken("L1", "not settled: " + problems + held());
      }
      long until = sim.time.now() + LOOK.toMillis();
      while (sim.time.now() < until) {
        sim.time.pass(Duration.ofMillis(100));
        sim.oracle.look();
      }
      problems = sim.oracle.unsettled();
    }
    int settled = sim.calls();
    sim.time.pass(Simulation.ROUND.multipliedBy(2));
    int mutations = sim.mutations();
    sim.time.pass(Simulation.ROUND.multipliedBy(quietRounds));
    if (sim.mutations() != mutations) {
      throw new Oracle.Broken("L1", "it changes things for ever");
    }
    List<String> after = sim.oracle.unsettled();
    if (!after.isEmpty()) {
      throw new Oracle.Broken("L1", "not settled any more: " + after);
    }
    return settled;
  }

  private String held() {
    StringBuilder text = new StringBuilder();
    sim.etcd
        .keys()
        .forEach(
            (key, entry) -> {
              if (key.startsWith(Simulation.BASE + "/status/")) {
                text.append('\n').append(key).append(" = ").append(entry.text());
              }
            });
    return text.toString();
  }
}
