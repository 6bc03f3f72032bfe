package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One run of a scenario with one agent, with or without faults. */
final class ScenarioRun {

  /** The number of rounds that must pass without a change after convergence. */
  static final int QUIET_ROUNDS = 100;

  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Duration LOOK = Duration.ofSeconds(2);

  final Simulation sim;
  private final Scenario scenario;
  private boolean verifiesFromFirstFault;
  private long settledAt;

  ScenarioRun(Scenario scenario, Bugs bugs) {
    this.scenario = scenario;
    this.sim = new Simulation(1, false, bugs);
    sim.proves = true;
    sim.oracle.strict = true;
  }

  /** Does not verify incremental plans, which saves time where other bugs are sought. */
  ScenarioRun withoutVerification() {
    sim.proves = false;
    return this;
  }

  /**
   * Verifies incremental plans only from the first fault on. Before it, the run equals the one
   * without faults, whose plans were all verified.
   */
  ScenarioRun verifyFromFirstFault() {
    sim.proves = false;
    verifiesFromFirstFault = true;
    return this;
  }

  private void installVerification() {
    Faults faults = sim.faults;
    sim.faults =
        call -> {
          Verdict verdict = faults.at(call);
          if (verdict != Verdict.PASS) {
            verify();
          }
          return verdict;
        };
    News fates = sim.newsFates;
    sim.newsFates =
        (number, from) -> {
          News.Fate fate = fates.of(number, from);
          if (fate != News.Fate.ON_TIME) {
            verify();
          }
          return fate;
        };
  }

  private void verify() {
    if (!sim.proves) {
      sim.proves = true;
      sim.agents.forEach(SimAgent::prove);
    }
  }

  /**
   * The result of a run.
   *
   * @param calls the number of calls until convergence
   * @param mutations the number of calls that may have changed a host
   * @param news the number of engine events and watch revisions
   * @param reads the linearizable reads of etcd
   * @param fewest the smallest number of jobs that served at any time
   * @param took milliseconds until convergence
   */
  record Result(
      String endState,
      int calls,
      int mutations,
      int news,
      List<Read> reads,
      int fewest,
      long took) {}

  /** A read of etcd: the number of its call within the story, and the revision that it returned. */
  record Read(int call, long revision) {}

  /**
   * Runs the story.
   *
   * @param faults installs the faults when the story begins
   */
  Result run(Consumer<Simulation> faults, int quietRounds) {
    sim.hosts(scenario.hosts()).agents(1);
    scenario.setup().accept(sim);
    int firstCall = sim.calls();
    int firstNews = sim.news();
    int before = sim.mutations();
    List<Read> reads = new ArrayList<>();
    sim.whenRead = revision -> reads.add(new Read(sim.calls() - 1 - firstCall, revision));
    faults.accept(sim);
    if (verifiesFromFirstFault) {
      installVerification();
    }
    sim.oracle.watchServing();
    long from = sim.time.now();
    scenario.story().accept(sim);
    int settled = settle(quietRounds);
    int end = settled - firstCall;
    return new Result(
        new Differences(sim).endState(),
        end,
        sim.mutations() - before,
        sim.news() - firstNews,
        reads.stream().filter(read -> read.call() < end).toList(),
        sim.oracle.fewestServing(),
        settledAt - from);
  }

  private int settle(int quietRounds) {
    long end = sim.time.now() + PATIENCE.toMillis();
    List<String> problems = List.of("not checked yet");
    while (!problems.isEmpty()) {
      if (sim.time.now() > end) {
        throw new Oracle.Broken("L1", "not settled: " + problems + held());
      }
      long until = sim.time.now() + LOOK.toMillis();
      while (sim.time.now() < until) {
        sim.time.pass(Duration.ofMillis(100));
        sim.oracle.look();
      }
      problems = new Differences(sim).all();
    }
    int settled = sim.calls();
    settledAt = sim.time.now();
    sim.time.pass(Simulation.ROUND.multipliedBy(2));
    int mutations = sim.mutations();
    sim.time.pass(Simulation.ROUND.multipliedBy(quietRounds));
    if (sim.mutations() != mutations) {
      throw new Oracle.Broken("L1", "changes never stop");
    }
    List<String> after = new Differences(sim).all();
    if (!after.isEmpty()) {
      throw new Oracle.Broken("L1", "changed again: " + after);
    }
    Lies.mustEnd(sim);
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
