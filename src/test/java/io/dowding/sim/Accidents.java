package io.dowding.sim;

import io.dowding.model.Container;
import io.dowding.sim.FakeEngine.Box;
import io.dowding.sim.Swarm.Operation;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The faults of machines, networks and containers in a random run. */
final class Accidents {

  private final Simulation sim;
  private final SplittableRandom random;
  private final List<Members.State> states;
  private FakeEtcd.@Nullable Backup backup;

  Accidents(Simulation sim, Swarm swarm) {
    this.sim = sim;
    this.random = sim.random();
    this.states = swarm.some(List.of(Members.State.values()));
  }

  List<Operation> all() {
    return List.of(
        new Operation(2, this::container),
        new Operation(1, this::daemon),
        new Operation(2, this::cutHosts),
        new Operation(1, this::cutEtcd),
        new Operation(1, sim::heal),
        new Operation(2, () -> kill(agent())),
        new Operation(1, () -> agent().pause(random.nextLong(1000, 30_000))),
        new Operation(1, () -> agent().drift(0.95 + random.nextDouble() / 10)),
        new Operation(2, this::members),
        new Operation(1, () -> sim.etcd.compact(sim.etcd.revision())),
        new Operation(1, () -> sim.etcd.breakWatches("connection reset")),
        new Operation(1, this::backup),
        new Operation(1, () -> sim.etcd.noSpace(random.nextBoolean())),
        new Operation(1, () -> sim.engine(host()).diskFull(random.nextBoolean())),
        new Operation(1, () -> sim.engine(host()).registryBroken(random.nextBoolean())),
        new Operation(1, this::stranger),
        new Operation(1, this::partition));
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String host() {
    return "host" + (1 + random.nextInt(RandomRun.HOSTS));
  }

  private SimAgent agent() {
    return any(sim.agents);
  }

  private @Nullable Box box(FakeEngine engine) {
    List<Box> all = engine.boxes();
    return all.isEmpty() ? null : any(all);
  }

  private void container() {
    FakeEngine engine = sim.engine(host());
    Box box = engine.isUp() ? box(engine) : null;
    if (box == null) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> engine.removeByHand(box);
      case 1 -> {
        if (box.isAlive()) {
          engine.signal(box.id, "KILL");
        }
      }
      case 2 -> engine.die(box, 1);
      case 3 -> engine.health(box, box.state == Container.State.RUNNING ? "unhealthy" : null);
      default -> engine.pauseByHand(box);
    }
  }

  private void daemon() {
    String name = host();
    FakeEngine engine = sim.engine(name);
    sim.oracle.trouble(name);
    if (engine.isUp()) {
      engine.down(random.nextBoolean());
      sim.time.after(
          random.nextLong(500, 90_000),
          () -> {
            sim.oracle.trouble(name);
            engine.start();
          });
    }
  }

  private void cutHosts() {
    String name = host();
    SimAgent agent = agent();
    sim.oracle.trouble(name);
    if (random.nextBoolean()) {
      sim.cut(agent.name, name);
    } else {
      sim.cutAnswers(agent.name, name);
    }
    healLater(name);
  }

  private void healLater(String target) {
    sim.time.after(
        random.nextLong(1000, 120_000),
        () -> {
          sim.oracle.trouble(target);
          sim.heal();
        });
  }

  private void partition() {
    SimAgent agent = agent();
    for (int n = 1; n <= RandomRun.HOSTS; n++) {
      if (random.nextInt(4) != 0) {
        sim.cut(agent.name, "host" + n);
      }
    }
    sim.oracle.trouble("all");
    healLater("all");
  }

  private void cutEtcd() {
    SimAgent agent = agent();
    sim.oracle.trouble("all");
    if (random.nextBoolean()) {
      sim.cut(agent.name, "etcd");
    } else {
      sim.cutAnswers(agent.name, "etcd");
    }
    healLater("all");
  }

  private void kill(SimAgent agent) {
    sim.oracle.trouble("all");
    if (random.nextBoolean()) {
      agent.crash();
    } else {
      agent.stop();
    }
    if (random.nextInt(8) == 0) {
      agent.forget();
    }
    sim.time.after(random.nextLong(100, 20_000), agent::start);
  }

  private void members() {
    sim.oracle.trouble("all");
    int member = random.nextInt(3) == 0 ? sim.etcd.members.leader() : random.nextInt(Members.COUNT);
    sim.etcd.members.lags(member, random.nextLong(8000));
    sim.etcd.member(member, any(states));
    sim.time.after(
        random.nextLong(1000, 40_000),
        () -> {
          sim.oracle.trouble("all");
          sim.etcd.member(member, Members.State.UP);
          sim.etcdChanged();
        });
  }

  private void backup() {
    FakeEtcd.Backup last = backup;
    sim.oracle.trouble("all");
    if (last == null || random.nextBoolean()) {
      backup = sim.etcd.backup();
    } else if (random.nextInt(3) == 0) {
      sim.trace("etcd wiped");
      sim.restoredAt = sim.time.now();
      sim.etcd.wipe();
      sim.etcdChanged();
    } else {
      sim.trace("etcd restored");
      sim.restoredAt = sim.time.now();
      sim.etcd.restore(last);
      sim.etcdChanged();
      People.CONTENTS.forEach(this::foundAgain);
    }
  }

  /** A restore may bring back a deleted content; from then on it is wanted. */
  private void foundAgain(String key) {
    String there = sim.etcd.value(Simulation.BASE + "/" + key);
    if (there != null && sim.oracle.content(key) == null) {
      sim.oracle.wantsContent(key, there);
    }
  }

  private void stranger() {
    FakeEngine engine = sim.engine(host());
    if (!engine.isUp()) {
      return;
    }
    Box ours = box(engine);
    String name = "stranger-" + sim.time.now();
    if (ours == null || random.nextBoolean()) {
      engine.stranger(name, Map.of(), List.of());
    } else if (random.nextBoolean()) {
      engine.stranger(name, otherCluster(ours), List.of());
    } else {
      Box copy = engine.stranger(name, ours.labels, List.of());
      copy.inherited = true;
    }
  }

  private static Map<String, String> otherCluster(Box ours) {
    Map<String, String> labels = new TreeMap<>(ours.labels);
    labels.put("dowding.cluster", "another");
    labels.put("dowding.base", "/another");
    return labels;
  }
}
