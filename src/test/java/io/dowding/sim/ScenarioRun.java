package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One run of a scenario with one agent, undisturbed or with faults at some of its calls. */
final class ScenarioRun {

  /** Rounds without any change, after which nothing is expected to change any more. */
  static final int QUIET_ROUNDS = 100;

  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Duration LOOK = Duration.ofSeconds(2);

  final Simulation sim;
  private final Scenario scenario;
  private boolean provesOnceDisturbed;
  private long settledAt;

  ScenarioRun(Scenario scenario, Bugs bugs) {
    this.scenario = scenario;
    this.sim = new Simulation(1, false, bugs);
    sim.proves = true;
    sim.oracle.strict = true;
  }

  /** Without a comparison of its plans, where other mistakes are looked for. */
  ScenarioRun unproved() {
    sim.proves = false;
    return this;
  }

  /**
   * Compares its plans from the first fault on. Up to there it is the undisturbed run, whose plans
   * were all compared.
   */
  ScenarioRun provedOnceDisturbed() {
    sim.proves = false;
    provesOnceDisturbed = true;
    return this;
  }

  private void proveOnceDisturbed() {
    Faults faults = sim.faults;
    sim.faults =
        call -> {
          Verdict verdict = faults.at(call);
          if (verdict != Verdict.PASS) {
            prove();
          }
          return verdict;
        };
    News fates = sim.newsFates;
    sim.newsFates =
        (number, from) -> {
          News.Fate fate = fates.of(number, from);
          if (fate != News.Fate.ON_TIME) {
            prove();
          }
          return fate;
        };
  }

  private void prove() {
    if (!sim.proves) {
      sim.proves = true;
      sim.agents.forEach(SimAgent::prove);
    }
  }

  /**
   * What came of it.
   *
   * @param calls all calls until it had settled
   * @param mutations calls that may have changed a host
   * @param news what was told meanwhile: events of engines, and revisions of watches
   * @param reads the calls that asked etcd for what is now
   * @param fewest jobs that served at any moment
   * @param took milliseconds until it had settled
   */
  record Result(
      String endState,
      int calls,
      int mutations,
      int news,
      List<Read> reads,
      int fewest,
      long took) {}

  /** A read of etcd, its call counted from when the story begins, and the revision it was given. */
  record Read(int call, long revision) {}

  /**
   * Tells the story.
   *
   * @param faults is asked for them when the story begins
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
    if (provesOnceDisturbed) {
      proveOnceDisturbed();
    }
    sim.oracle.watchServing();
    long from = sim.time.now();
    scenario.story().accept(sim);
    int settled = settle(quietRounds);
    int end = settled - firstCall;
    return new Result(
        sim.oracle.endState(),
        end,
        sim.mutations() - before,
        sim.news() - firstNews,
        reads.stream().filter(read -> read.call() < end).toList(),
        sim.oracle.fewestServing(),
        settledAt - from);
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
    settledAt = sim.time.now();
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
