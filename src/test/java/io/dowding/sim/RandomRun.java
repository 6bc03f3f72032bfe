package io.dowding.sim;

import io.dowding.etcd.Kv;
import io.dowding.model.Container;
import io.dowding.model.Content;
import io.dowding.sim.FakeEngine.Box;
import io.dowding.sim.Faults.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Three agents, three members of etcd, eight hosts and forty services, to which a seed does what
 * people and accidents do. Then everything is mended, and all must come to be as asked for.
 */
final class RandomRun {

  static final int STEPS = 2000;

  private static final int HOSTS = 8;
  private static final String SERVICES_KEY = Simulation.BASE + "/services/";
  private static final int SERVICES = 40;
  private static final int FIRST_SERVICES = 12;
  private static final List<String> CONTENTS = List.of("configs/c0", "configs/c1");
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /** The faults of calls, each as likely as the others. */
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

  private static final List<News.Fate> FATES = List.of(News.Fate.values());
  private static final List<Members.State> STATES = List.of(Members.State.values());

  final Simulation sim;
  private final SplittableRandom random;
  private final double faultiness;
  private final int quietRounds;
  private FakeEtcd.@Nullable Backup backup;
  private boolean disturbed = true;

  /** Several may be taken out before anybody looks. */
  private int hostsTakenOut;

  /** Somebody has removed records by hand. */
  private boolean recordsLost;

  RandomRun(long seed, Bugs bugs, int quietRounds) {
    this.sim = new Simulation(seed, true, bugs);
    sim.proves = seed % 4 == 0;
    this.random = sim.random();
    this.faultiness = new double[] {0, 0.002, 0.01, 0.03}[random.nextInt(4)];
    this.quietRounds = quietRounds;
    sim.standsStill = random.nextInt(3) == 0 ? 0.03 : 0;
    double unreliable = new double[] {0, 0.02, 0.2}[random.nextInt(3)];
    sim.newsFates = (number, from) -> sim.chance(unreliable) ? any(FATES) : News.Fate.ON_TIME;
  }

  /** Throws what is broken. */
  void run() {
    sim.hosts(HOSTS);
    CONTENTS.forEach(key -> Scenario.putContent(sim, key, "first"));
    for (int n = 0; n < FIRST_SERVICES; n++) {
      change("s" + n);
    }
    sim.agents(3);
    sim.time.pass(Duration.ofSeconds(random.nextInt(40)));
    sim.faults = call -> disturbed && sim.chance(faultiness) ? verdict() : Verdict.PASS;
    long end = sim.time.steps() + STEPS;
    nextOperation();
    while (sim.time.steps() < end && sim.time.step()) {
      sim.oracle.look();
    }
    mend();
    settle();
  }

  private void nextOperation() {
    sim.time.after(
        random.nextLong(200, 8000),
        () -> {
          if (disturbed) {
            operation();
            nextOperation();
          }
        });
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private Verdict verdict() {
    sim.staleBy = random.nextLong(1, 20);
    return any(VERDICTS);
  }

  private String service() {
    return "s" + random.nextInt(SERVICES);
  }

  private String host() {
    return "host" + (1 + random.nextInt(HOSTS));
  }

  private SimAgent agent() {
    return any(sim.agents);
  }

  private @Nullable Box box(FakeEngine engine) {
    List<Box> all = engine.boxes();
    return all.isEmpty() ? null : any(all);
  }

  private void operation() {
    switch (random.nextInt(44)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> change(service());
      case 8, 9 -> Scenario.remove(sim, service());
      case 10 -> {
        String name = service();
        if (sim.put("services/" + name, "{\"image\": 7, oops")) {
          sim.oracle.mended(name);
        }
      }
      case 11 -> pin();
      case 12 -> unpin();
      case 13, 14 -> sim.put("hosts/" + host(), random.nextBoolean() ? "drain" : "pause");
      case 15 -> sim.delete("hosts/" + host());
      case 16, 17 -> container();
      case 18 -> daemon();
      case 19, 20 -> cutHosts();
      case 21 -> cutEtcd();
      case 22 -> sim.heal();
      case 23, 24 -> kill(agent());
      case 25 -> agent().pause(random.nextLong(1000, 30_000));
      case 26 -> agent().drift(0.95 + random.nextDouble() / 10);
      case 27, 28 -> members();
      case 29 -> sim.etcd.compact(sim.etcd.revision());
      case 30 -> sim.etcd.breakWatches("connection reset");
      case 31 -> backup();
      case 32 -> sim.etcd.noSpace(random.nextBoolean());
      case 33 -> sim.engine(host()).diskFull(random.nextBoolean());
      case 34 -> sim.engine(host()).registryBroken(random.nextBoolean());
      case 35 -> recordsLost |= sim.delete("allocations/" + service() + ".1");
      case 36 -> slip();
      case 37 -> inventory();
      case 38 -> stranger();
      case 39 -> release();
      case 40, 41 -> content();
      case 42 -> sim.registry.push(random.nextBoolean() ? "demo" : "demo:2");
      default -> partition();
    }
  }

  /** A definition of some kind, which is always one that can run. */
  private void change(String name) {
    int number = Integer.parseInt(name.substring(1));
    String image = "\"image\":\"" + (random.nextInt(3) == 0 ? "demo:2" : "demo") + "\"";
    String replicas = Scenario.replicas(1 + random.nextInt(3));
    switch (number % 10) {
      case 0 -> Scenario.put(sim, name, image, "\"deploy\":{\"mode\":\"global\"}");
      case 1 -> Scenario.put(sim, name, image, "\"volumes\":[\"data:/data\"]");
      case 2 -> Scenario.put(sim, name, image, "\"ports\":[\"" + (8000 + number) + ":80\"]");
      case 3 ->
          Scenario.put(
              sim, name, image, "\"command\":[\"sleep\",\"9\"]", "\"stop_grace_period\":\"2s\"");
      case 4 -> Scenario.put(sim, name, image, "\"command\":[\"false\"]");
      case 5 ->
          Scenario.put(sim, name, image, "\"command\":[\"true\"]", "\"restart\":\"on-failure\"");
      case 6 ->
          Scenario.put(
              sim,
              name,
              image,
              "\"x-dowding\":{\"state\":\""
                  + (random.nextBoolean() ? "stopped" : "running")
                  + "\"}");
      case 9 ->
          Scenario.put(
              sim,
              name,
              image,
              "\"depends_on\":{\"s" + (number - 1) + "\":{\"required\":false,\"restart\":true}}",
              replicas);
      case 7 ->
          Scenario.put(
              sim,
              name,
              image,
              "\"configs\":[\"c" + number / 10 % 2 + "\"]",
              "\"post_start\":[{\"command\":\"true\"}],\"pre_stop\":[{\"command\":\"true\"}]",
              "\"x-dowding\":{\"exclusive\":true}",
              replicas);
      default -> update(name, image);
    }
  }

  /** With every way of updating; now and then with a definition that fails, which nobody wants. */
  private void update(String name, String image) {
    String deploy =
        Scenario.updating(
            1 + random.nextInt(3),
            "\"parallelism\":" + random.nextInt(3),
            "\"delay\":\"" + random.nextInt(3) + "s\"",
            "\"order\":\"" + any(List.of("start-first", "stop-first")) + "\"",
            "\"failure_action\":\"" + any(List.of("pause", "continue")) + "\"");
    String check = random.nextBoolean() ? Scenario.CHECK : "\"x-none\":1";
    if (random.nextInt(4) != 0) {
      Scenario.put(sim, name, image, deploy, check);
      return;
    }
    String wanted = sim.oracle.definition(name);
    String command = "{\"command\":[\"" + any(List.of("false", "sick")) + "\"],";
    // Only what fails by itself is to be rolled back: an accident may look like a failure.
    String failing = command + (wanted == null ? "" : wanted.substring(1));
    if (random.nextBoolean()) {
      failing = failing.replaceFirst("pause|continue", "rollback");
    }
    if (wanted != null && sim.put("services/" + name, failing)) {
      sim.oracle.mended(name);
    }
  }

  private void content() {
    String key = any(CONTENTS);
    String before = sim.etcd.value(Simulation.BASE + "/" + key);
    boolean taken = random.nextInt(4) == 0;
    Scenario.putContent(sim, key, taken ? null : "content " + random.nextInt(4));
    if (before != null && random.nextInt(3) == 0) {
      // A mistake, seen at once.
      sim.time.after(random.nextLong(3000), () -> Scenario.putContent(sim, key, before));
    }
  }

  private void pin() {
    String name = service();
    if (Integer.parseInt(name.substring(1)) % 10 != 1) {
      Scenario.pin(sim, random.nextBoolean() ? name : name + ".1", host());
    }
  }

  private void unpin() {
    String name = service();
    sim.delete("pins/" + name, "pins/" + name + ".1");
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
    for (int n = 1; n <= HOSTS; n++) {
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
    sim.etcd.member(member, any(STATES));
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
      CONTENTS.forEach(this::foundAgain);
    }
  }

  /** What somebody had taken away is there again, and then it is meant to be. */
  private void foundAgain(String key) {
    String there = sim.etcd.value(Simulation.BASE + "/" + key);
    if (there != null && sim.oracle.content(key) == null) {
      sim.oracle.wantsContent(key, there);
    }
  }

  /** All services of one kind are deleted in one go, and nobody meant it. */
  private void slip() {
    List<String> keys = new ArrayList<>();
    for (String service : sim.oracle.wanted.keySet()) {
      if (isKnown(service) && random.nextInt(3) != 0) {
        keys.add("services/" + service);
      }
    }
    long present =
        sim.etcd.keys().keySet().stream().filter(key -> key.startsWith(SERVICES_KEY)).count();
    boolean many = keys.size() > 3 && keys.size() * 100L > present * 30;
    if (many && sim.delete(keys.toArray(String[]::new))) {
      sim.oracle.slipped(
          keys.stream()
              .map(key -> key.substring("services/".length()))
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  /** There, and some leader has seen it: what came and went unseen was never known. */
  private boolean isKnown(String service) {
    Kv.Entry entry = sim.etcd.keys().get(SERVICES_KEY + service);
    String status = sim.etcd.value(Simulation.BASE + "/status/services/" + service);
    return entry != null
        && status != null
        && status.contains("\"observedGeneration\":" + entry.modified() + ",");
  }

  /** A host is taken out of the inventory, or comes back. */
  private void inventory() {
    String name = host();
    if (sim.inventory.containsKey(name) && sim.inventory.size() > 2) {
      if (sim.delete("inventory/" + name)) {
        sim.inventory.remove(name);
        hostsTakenOut++;
      }
    } else {
      sim.oracle.trouble(name);
      sim.addHost(name);
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
      engine.stranger(name, java.util.Map.of(), List.of());
    } else if (random.nextBoolean()) {
      engine.stranger(name, otherCluster(ours), List.of());
    } else {
      Box copy = engine.stranger(name, ours.labels, List.of());
      copy.inherited = true;
    }
  }

  private static java.util.Map<String, String> otherCluster(Box ours) {
    java.util.Map<String, String> labels = new java.util.TreeMap<>(ours.labels);
    labels.put("dowding.cluster", "another");
    labels.put("dowding.base", "/another");
    return labels;
  }

  /** Somebody reads what is held, and says that it is meant; but for slips, which they mend. */
  private void release() {
    String prefix = Simulation.BASE + "/status/holds/";
    for (String key : new TreeSet<>(sim.etcd.keys().keySet())) {
      String hold = key.startsWith(prefix) ? key.substring(prefix.length()) : "";
      // These are for people who know what they do.
      if (!hold.isEmpty() && !Set.of("deletions", "orphans", "cluster").contains(hold)) {
        sim.put("release/" + hold, "yes");
      }
    }
  }

  private void mend() {
    disturbed = false;
    sim.trace("all is mended");
    sim.newsFates = News.ON_TIME;
    sim.standsStill = 0;
    sim.heal();
    for (int member = 0; member < Members.COUNT; member++) {
      sim.etcd.member(member, Members.State.UP);
      sim.etcd.members.lags(member, 0);
    }
    sim.etcd.noSpace(false);
    sim.etcdChanged();
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
    putAsWanted();
  }

  /** What etcd forgot, or lost by a slip, people put again; nothing stands in the way any more. */
  private void putAsWanted() {
    sim.oracle.noSlips();
    List<String> away = new ArrayList<>();
    for (String key : sim.etcd.keys().keySet()) {
      if (key.startsWith(Simulation.BASE + "/hosts/")
          || (key.startsWith(Simulation.BASE + "/pins/") && !isAuto(key))) {
        away.add(key.substring(Simulation.BASE.length() + 1));
      }
    }
    sim.delete(away.toArray(String[]::new));
    for (String key : CONTENTS) {
      Content wished = sim.oracle.content(key);
      String text = wished == null ? "last" : new String(wished.bytes(), StandardCharsets.UTF_8);
      if (!text.equals(sim.etcd.value(Simulation.BASE + "/" + key))) {
        Scenario.putContent(sim, key, text);
      }
    }
    for (int n = 0; n < SERVICES; n++) {
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
    List<String> problems = List.of("not looked at yet");
    while (!problems.isEmpty()) {
      if (sim.time.now() > end) {
        throw new Oracle.Broken("L1", "not settled: " + problems + sim.state());
      }
      releaseAll();
      sim.time.pass(Duration.ofSeconds(10));
      sim.oracle.look();
      problems = new ArrayList<>(sim.oracle.unsettled());
      problems.addAll(holds());
    }
    sim.time.pass(Simulation.ROUND.multipliedBy(2));
    int before = sim.lasting();
    sim.time.pass(Simulation.ROUND.multipliedBy(quietRounds));
    if (sim.lasting() != before) {
      throw new Oracle.Broken("L1", "it changes things for ever");
    }
    Lies.mustEnd(sim);
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
      // Hands remove containers also while nobody looks.
      boolean justified =
          hold.equals("deletions")
              || (hold.equals("inventory") && hostsTakenOut > 1)
              || hold.startsWith("empty-")
              || (hold.equals("orphans") && recordsLost)
              || sim.restoredAt > 0
              // From outside, an answer that is too old is an etcd that went back.
              || sim.staleReads() > 0
              || sim.etcd.value(Simulation.BASE + "/cluster") == null;
      if (!hold.equals("hosts") && !justified) {
        throw new Oracle.Broken(
            "L1",
            "held without a reason: " + sim.etcd.value(Simulation.BASE + "/status/holds/" + hold));
      }
      if (sim.etcd.value(Simulation.BASE + "/release/" + hold) == null) {
        sim.put("release/" + hold, "yes");
      }
    }
  }
}
