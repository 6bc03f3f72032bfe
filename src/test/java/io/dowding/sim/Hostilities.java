package io.dowding.sim;

import io.dowding.model.Ownership;
import io.dowding.sim.FakeEngine.Behavior;
import io.dowding.sim.FakeEngine.Box;
import io.dowding.sim.Swarm.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One host that misbehaves, and keys with arbitrary values, in a random run. If nothing else goes
 * wrong, a new service on any other host must start as fast as usual.
 */
final class Hostilities {

  /** No simulated cluster reaches this age. */
  static final long HUGE = Ownership.MOST - 7;

  /** Keys with invalid names or values. */
  static final Map<String, String> GARBAGE = garbage();

  private static final List<String> VALUES =
      List.of(
          "",
          "{}",
          "[]",
          "host1, host2",
          "Pause",
          "{\"docker\":",
          "{\"host\":[]}",
          "\u0000\u0001",
          "\u001b[2J\u202e",
          "9".repeat(9999),
          "[".repeat(50_000));

  private static final long SOON = 10_000;
  private static final long STARTED = 60_000;

  private final Simulation sim;
  private final SplittableRandom random;

  /** The only host that misbehaves: if two hosts tell the same lie, the agent believes it. */
  private final String liar;

  private final List<Box> forged = new ArrayList<>();
  private final Map<String, String> garbage = new HashMap<>();
  private int canaries;
  private boolean over;

  /** Whether anything was done that justifies a hold. */
  boolean done;

  Hostilities(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
    this.liar = host();
  }

  private static Map<String, String> garbage() {
    Map<String, String> keys = new TreeMap<>();
    keys.put("services/K-Upper", "{\"image\":\"demo\"}");
    keys.put("services/a/b", "{\"image\":\"demo\"}");
    keys.put("services/deep", "[".repeat(50_000));
    keys.put("services/long", "{\"image\":\"" + "a/".repeat(20_000) + "a\"}");
    keys.put(
        "services/ports", "{\"image\":\"demo\",\"ports\":[\"1-65535:1-65535\",\"1-9:1-9/udp\"]}");
    keys.put("services/esc", "{\"image\":\"\u001b[2J\u202e\",\"\u0007\":1}");
    keys.put("services/digits", "{\"image\":\"demo\",\"stop_grace_period\":\"" + "9".repeat(9999));
    keys.put("pins/nobody", "host1, host2");
    keys.put("pins/a/b", "host1");
    keys.put("inventory/host9", "{\"docker\":");
    keys.put("allocations/web.77", "{\"host\":[]}");
    keys.put("configs/a b", "x");
    keys.put("leader/0", "{\"name\":7}");
    keys.put("release/what/is this", "\u0000");
    keys.put("what/is/this", "\u0000\u0001");
    return keys;
  }

  List<Operation> all() {
    return List.of(
        new Operation(2, this::forge),
        new Operation(1, this::repeatId),
        new Operation(2, () -> lie(Behavior.MALFORMED)),
        new Operation(1, () -> lie(Behavior.ENDLESS)),
        new Operation(1, () -> lie(Behavior.late(random.nextLong(1000, 9000)))),
        new Operation(2, () -> lie(Behavior.showing(sim.engine(host())))),
        new Operation(2, this::unusableKey),
        new Operation(3, this::invalidValue),
        new Operation(1, this::oldEvents));
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String host() {
    return "host" + (1 + random.nextInt(RandomRun.HOSTS));
  }

  private String service() {
    return "s" + random.nextInt(People.SERVICES);
  }

  private long someTime() {
    return random.nextLong(5000, 90_000);
  }

  // the host that misbehaves

  /** Creates a container by hand with some or all labels of one of ours. */
  private void forge() {
    List<Box> ours =
        sim.engines.values().stream()
            .flatMap(engine -> engine.boxes().stream())
            .filter(box -> box.labels.containsKey(Ownership.JOB) && !box.forged && !box.inherited)
            .toList();
    FakeEngine engine = sim.engine(liar);
    if (ours.isEmpty() || !engine.isUp()) {
      return;
    }
    Map<String, String> labels = new TreeMap<>(any(ours).labels);
    String job =
        any(List.of("evil.1", service() + ".1", labels.getOrDefault(Ownership.JOB, "evil.1")));
    String incarnation =
        any(
            List.of(
                labels.getOrDefault(Ownership.INCARNATION, ""),
                Long.toString(HUGE),
                Long.toString(sim.etcd.revision() + random.nextLong(1, 5000)),
                "999999999999999999",
                "-1",
                "0012",
                "1e9",
                ""));
    String name = job + "." + incarnation;
    labels.put(Ownership.JOB, job);
    labels.put(Ownership.SERVICE, job.substring(0, job.indexOf('.')));
    labels.put(Ownership.INCARNATION, incarnation);
    labels.put(Ownership.NAME, name);
    String really = random.nextInt(3) == 0 ? "mine-" + sim.time.now() : name;
    if (engine.box(really) == null) {
      Box box = engine.stranger(really, labels, List.of());
      box.forged = true;
      forged.add(box);
      done = true;
    }
  }

  private void repeatId() {
    done = true;
    sim.engine(liar).newIdentity("engine-" + host());
    sim.time.after(someTime(), this::ownId);
  }

  private void ownId() {
    sim.engine(liar).newIdentity("engine-" + liar);
  }

  private void lie(Behavior behavior) {
    done = true;
    sim.oracle.trouble(liar);
    sim.engine(liar).answers(behavior);
    sim.time.after(someTime(), this::honest);
  }

  private void honest() {
    sim.oracle.trouble(liar);
    sim.engine(liar).answers(Behavior.HONEST);
  }

  // keys

  private void put(String key, String value) {
    if (sim.put(key, value)) {
      garbage.put(key, value);
      done = true;
    }
  }

  private void unusableKey() {
    String key = any(List.copyOf(GARBAGE.keySet()));
    put(key, GARBAGE.getOrDefault(key, ""));
  }

  private void invalidValue() {
    String value = any(VALUES);
    String service = service();
    switch (random.nextInt(6)) {
      case 0 -> put("hosts/" + host(), value);
      case 1 -> put("inventory/" + host(), value);
      case 2 -> put("allocations/" + service + ".1", value);
      case 3 -> sim.put("sequence", value);
      case 4 -> put("release/" + any(List.of("x", "Revision", "same-engine-", "a/b")), value);
      default -> {
        // Only agents may pin services with data.
        if (!service.endsWith("1")) {
          put("pins/" + service, value);
          sim.oracle.pinned(service);
        }
      }
    }
  }

  private void oldEvents() {
    for (int member = 0; member < Members.COUNT; member++) {
      sim.etcd.members.lags(member, random.nextLong(1, 200));
    }
    sim.etcd.breakWatches("the member is behind");
  }

  // other hosts

  /** A new service on an honest host must start soon, and the status must say so. */
  void canary() {
    String host = host();
    if (host.equals(liar)
        || sim.time.now() < STARTED
        || !sim.inventory.containsKey(host)
        || sim.etcd.value(Simulation.BASE + "/hosts/" + host) != null) {
      return;
    }
    String name = "canary" + canaries++;
    Scenario.pin(sim, name, host);
    Scenario.put(sim, name);
    sim.time.after(
        SOON,
        () -> {
          boolean runs =
              sim.engine(host).boxes().stream()
                  .anyMatch(b -> (name + ".1").equals(b.labels.get(Ownership.JOB)) && b.isAlive());
          String status = sim.etcd.value(Simulation.BASE + "/status/services/" + name);
          Scenario.remove(sim, name);
          sim.delete("pins/" + name);
          if (over) {
            // The end of the run removed the pin.
            return;
          }
          if (!runs || status == null || !status.contains("\"running\":1,")) {
            throw new Oracle.Broken(
                "isolation",
                "at "
                    + sim.time.now()
                    + " ms "
                    + name
                    + " does not run on "
                    + host
                    + ": "
                    + status);
          }
        });
  }

  /** Makes the host honest again, and removes the forged containers and invalid keys. */
  void end() {
    over = true;
    ownId();
    honest();
    FakeEngine engine = sim.engine(liar);
    forged.stream().filter(box -> engine.box(box.id) != null).forEach(engine::removeByHand);
    garbage.forEach(
        (key, value) -> {
          boolean isHosts = sim.inventory.containsKey(key.replace("inventory/", ""));
          // The inventory key of a simulated host is overwritten later, not deleted.
          if (!isHosts && value.equals(sim.etcd.value(Simulation.BASE + "/" + key))) {
            sim.delete(key);
          }
        });
  }
}
