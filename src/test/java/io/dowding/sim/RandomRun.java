package io.dowding.sim;

import io.dowding.model.Content;
import io.dowding.sim.FakeEngine.Box;
import io.dowding.sim.Faults.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs three agents, three etcd members, eight hosts and forty services. A seed chooses what users,
 * accidents and attackers do to them. Then all faults end, and the cluster must converge to the
 * desired state.
 */
final class RandomRun {

  static final int STEPS = 2500;
  static final int HOSTS = 8;

  private static final int FIRST_SERVICES = 12;
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /** The faults of calls, all equally likely. */
  private static final List<Verdict> VERDICTS =
      List.of(
          Verdict.TIMEOUT,
          Verdict.APPLIED_TIMEOUT,
          Verdict.LATE,
          Verdict.NOT_FOUND,
          Verdict.CONFLICT,
          Verdict.SERVER_ERROR,
          Verdict.RESET,
          Verdict.APPLIED_RESET,
          Verdict.TRUNCATED,
          Verdict.CRASH_BEFORE,
          Verdict.CRASH_AFTER,
          Verdict.STALE);

  final Simulation sim;
  private final SplittableRandom random;
  private final int quietRounds;
  private final People people;
  private final Hostilities hostilities;
  private final List<Runnable> operations;
  private final List<Verdict> verdicts;
  private final double faultiness;

  /** Whether the only faults are those that an attacker causes. */
  private final boolean onlyHostile;

  private boolean disturbed = true;

  RandomRun(long seed, Bugs bugs, int quietRounds) {
    this.sim = new Simulation(seed, true, bugs);
    sim.proves = seed % 4 == 0;
    this.random = sim.random();
    this.quietRounds = quietRounds;
    this.people = new People(sim);
    this.hostilities = new Hostilities(sim);
    Swarm swarm = new Swarm(random);
    this.onlyHostile = random.nextInt(8) == 0;
    this.operations = operations(swarm);
    this.verdicts = swarm.some(VERDICTS);
    this.faultiness = onlyHostile ? 0 : any(List.of(0.0, 0.002, 0.01, 0.03));
    sim.standsStill = onlyHostile || random.nextInt(3) != 0 ? 0 : 0.03;
    double unreliable = onlyHostile ? 0 : any(List.of(0.0, 0.02, 0.2));
    List<News.Fate> fates = swarm.some(List.of(News.Fate.values()));
    sim.newsFates = (number, from) -> sim.chance(unreliable) ? any(fates) : News.Fate.ON_TIME;
  }

  private List<Runnable> operations(Swarm swarm) {
    List<Swarm.Operation> all = new ArrayList<>(people.work());
    if (!onlyHostile) {
      all.addAll(people.slips());
      all.addAll(new Accidents(sim, swarm).all());
    }
    all.addAll(hostilities.all());
    List<Swarm.Operation> some = new ArrayList<>(swarm.some(all));
    some.add(new Swarm.Operation(8, () -> people.change(people.service())));
    if (onlyHostile) {
      some.add(new Swarm.Operation(4, hostilities::canary));
    }
    return Swarm.weighed(some);
  }

  /** Throws {@link Oracle.Broken} if a promise is broken. */
  void run() {
    sim.hosts(HOSTS);
    People.CONTENTS.forEach(key -> Scenario.putContent(sim, key, "first"));
    for (int n = 0; n < FIRST_SERVICES; n++) {
      people.change("s" + n);
    }
    sim.agents(3);
    sim.time.pass(Duration.ofSeconds(random.nextInt(40)));
    sim.faults = call -> disturbed && sim.chance(faultiness) ? verdict() : Verdict.PASS;
    long end = sim.time.steps() + STEPS;
    nextOperation();
    while (sim.time.steps() < end && sim.time.step()) {
      sim.oracle.look();
    }
    endFaults();
    settle();
  }

  private void nextOperation() {
    sim.time.after(
        random.nextLong(200, 8000),
        () -> {
          if (disturbed) {
            any(operations).run();
            nextOperation();
          }
        });
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private Verdict verdict() {
    sim.staleBy = random.nextLong(1, 20);
    return any(verdicts);
  }

  private void endFaults() {
    disturbed = false;
    sim.trace("all faults end");
    sim.newsFates = News.ON_TIME;
    sim.standsStill = 0;
    sim.heal();
    for (int member = 0; member < Members.COUNT; member++) {
      sim.etcd.member(member, Members.State.UP);
      sim.etcd.members.lags(member, 0);
    }
    sim.etcd.noSpace(false);
    sim.registry.push(People.FOLLOWED);
    sim.etcdChanged();
    hostilities.end();
    for (int n = 1; n <= HOSTS; n++) {
      FakeEngine engine = sim.engine("host" + n);
      engine.diskFull(false);
      engine.registryBroken(false);
      if (!engine.isUp()) {
        engine.start();
      }
      for (Box box : engine.boxes()) {
        engine.unpause(box);
        if (box.health != null) {
          engine.health(box, null);
        }
      }
      sim.addHost("host" + n);
    }
    sim.agents.forEach(
        agent -> {
          agent.drift(1);
          agent.start();
        });
    sim.oracle.trouble("all");
    restoreDesiredState();
  }

  /** Removes pins and host states, and writes all lost services and contents again. */
  private void restoreDesiredState() {
    sim.oracle.noSlips();
    List<String> away = new ArrayList<>();
    for (String key : sim.etcd.keys().keySet()) {
      if (key.startsWith(Simulation.BASE + "/hosts/")
          || (key.startsWith(Simulation.BASE + "/pins/") && !isAuto(key))) {
        away.add(key.substring(Simulation.BASE.length() + 1));
      }
    }
    sim.delete(away.toArray(String[]::new));
    for (String key : People.CONTENTS) {
      Content content = sim.oracle.content(key);
      String text = content == null ? "last" : new String(content.bytes(), StandardCharsets.UTF_8);
      if (!text.equals(sim.etcd.value(Simulation.BASE + "/" + key))) {
        Scenario.putContent(sim, key, text);
      }
    }
    for (int n = 0; n < People.SERVICES; n++) {
      String name = "s" + n;
      String json = sim.oracle.definition(name);
      String there = sim.etcd.value(Simulation.BASE + "/services/" + name);
      if (json == null && there != null) {
        sim.delete("services/" + name);
      } else if (json != null && !json.equals(there)) {
        sim.put("services/" + name, json);
        sim.oracle.wants(name, json);
      }
    }
  }

  private boolean isAuto(String key) {
    String value = sim.etcd.value(key);
    return value != null && value.contains("# auto");
  }

  private void settle() {
    long end = sim.time.now() + PATIENCE.toMillis();
    do {
      List<String> problems = List.of("not checked yet");
      while (!problems.isEmpty()) {
        if (sim.time.now() > end) {
          throw new Oracle.Broken("L1", "not settled: " + problems + sim.state());
        }
        // What the status says may be from before: nothing could be written then.
        sim.time.pass(Duration.ofSeconds(10));
        releaseAll();
        sim.oracle.look();
        problems = problems();
      }
      sim.time.pass(Simulation.ROUND.multipliedBy(2));
      // A new leader may have noticed only now that something must be held.
    } while (!problems().isEmpty());
    int before = sim.lasting();
    sim.time.pass(Simulation.ROUND.multipliedBy(quietRounds));
    if (sim.lasting() != before) {
      throw new Oracle.Broken("L1", "changes never stop");
    }
    Lies.mustEnd(sim);
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>(new Differences(sim).all());
    problems.addAll(holds());
    return problems;
  }

  private List<String> holds() {
    String prefix = Simulation.BASE + "/status/holds/";
    return sim.etcd.keys().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()))
        .sorted()
        .toList();
  }

  private void releaseAll() {
    for (String hold : holds()) {
      if (onlyHostile && isOfHosts(hold)) {
        // The host is honest again, so this hold must end without a release.
        continue;
      }
      if (!hold.equals("hosts") && !isJustified(hold)) {
        throw new Oracle.Broken(
            "L1",
            "held without a reason: " + sim.etcd.value(Simulation.BASE + "/status/holds/" + hold));
      }
      if (sim.etcd.value(Simulation.BASE + "/release/" + hold) == null) {
        sim.put("release/" + hold, "yes");
      }
    }
  }

  private static boolean isOfHosts(String hold) {
    return hold.startsWith("revision-")
        || hold.startsWith("same-engine-")
        || hold.startsWith("engine-");
  }

  private boolean isJustified(String hold) {
    // Containers may be removed by hand while no agent is watching.
    return hold.equals("deletions")
        || (hold.equals("inventory") && (people.hostsTakenOut > 1 || hostilities.done))
        || hold.startsWith("empty-")
        || (hold.equals("orphans") && (people.recordsLost || hostilities.done))
        || (isOfHosts(hold) && hostilities.done)
        || sim.restoredAt > 0
        // To an agent, a stale read looks like an etcd that was restored.
        || sim.staleReads() > 0
        || sim.etcd.value(Simulation.BASE + "/cluster") == null;
  }
}
