package io.dowding.sim;

import io.dowding.etcd.Kv;
import io.dowding.sim.Swarm.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The user operations of a random run, both intended ones and mistakes. */
final class People {

  static final int SERVICES = 40;
  static final List<String> CONTENTS = List.of("configs/c0", "configs/c1");

  /** The tag that some services follow. */
  static final String FOLLOWED = "demo:3";

  private static final String FOLLOWING =
      "\"image\":\"" + FOLLOWED + "\",\"x-dowding\":{\"follow\":\"10s\"}";
  private static final String SERVICES_KEY = Simulation.BASE + "/services/";

  private final Simulation sim;
  private final SplittableRandom random;

  /** Counts removed hosts; an agent may see several removals at once. */
  int hostsTakenOut;

  /** Whether records were deleted by hand. */
  boolean recordsLost;

  People(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
  }

  /** Operations that do not prevent any desired job from running. */
  List<Operation> work() {
    return List.of(
        new Operation(2, () -> Scenario.remove(sim, service())),
        new Operation(1, this::broken),
        new Operation(1, this::pin),
        new Operation(1, this::unpin),
        new Operation(2, () -> sim.put("hosts/" + host(), any(List.of("drain", "pause")))),
        new Operation(1, () -> sim.delete("hosts/" + host())),
        new Operation(2, this::content),
        new Operation(1, () -> sim.registry.push(any(List.of("demo", "demo:2")))),
        new Operation(4, this::tag));
  }

  /** Moves the tag that services follow to a new image, which may fail, or back to an old one. */
  private void tag() {
    switch (random.nextInt(3)) {
      case 0 -> sim.registry.pushFailing(FOLLOWED);
      case 1 -> sim.registry.push(FOLLOWED);
      default ->
          sim.registry.moveBack(FOLLOWED, any(List.copyOf(sim.registry.digestsOf(FOLLOWED))));
    }
    sim.oracle.tagMoved(FOLLOWED);
  }

  List<Operation> slips() {
    return List.of(
        new Operation(1, () -> recordsLost |= sim.delete("allocations/" + service() + ".1")),
        new Operation(1, this::slip),
        new Operation(1, this::inventory),
        new Operation(1, this::release));
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  String service() {
    return "s" + random.nextInt(SERVICES);
  }

  private String host() {
    return "host" + (1 + random.nextInt(RandomRun.HOSTS));
  }

  private void broken() {
    String name = service();
    if (sim.put("services/" + name, "{\"image\": 7, oops")) {
      sim.oracle.writtenAgain(name);
    }
  }

  /** Writes a definition whose kind depends on the name. It can always run. */
  void change(String name) {
    int number = Integer.parseInt(name.substring(1));
    String image = "\"image\":\"" + (random.nextInt(3) == 0 ? "demo:2" : "demo") + "\"";
    String replicas = Scenario.replicas(1 + random.nextInt(3));
    String project = project(number);
    switch (number % 10) {
      case 0 -> Scenario.put(sim, name, image, "\"deploy\":{\"mode\":\"global\"}");
      case 1 -> Scenario.put(sim, name, image, project, "\"volumes\":[\"data:/data\"]");
      case 2 ->
          Scenario.put(
              sim,
              name,
              image,
              project,
              "\"ports\":[\"" + (8000 + number) + ":80\"]",
              any(List.of("\"x-none\":1", PreStartScenarios.STEPS)));
      case 3 ->
          Scenario.put(
              sim,
              name,
              image,
              project,
              "\"command\":[\"sleep\",\"9\"]",
              "\"stop_grace_period\":\"2s\"",
              "\"x-dowding\":{\"strategy\":\"binpack\"}",
              Scenario.reserving(1, "1.5"));
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
              replicas,
              project);
      case 7 ->
          Scenario.put(
              sim,
              name,
              image,
              "\"configs\":[\"c" + number / 10 % 2 + "\"]",
              "\"post_start\":[{\"command\":\"true\"}],\"pre_stop\":[{\"command\":\"true\"}]",
              "\"x-dowding\":{\"exclusive\":true}",
              replicas);
      default -> update(name, number < 20 ? FOLLOWING : image);
    }
  }

  /** Puts some of each ten services into one project, with or without the one that has data. */
  private String project(int number) {
    int ten = number / 10;
    boolean isMember = number % 10 != (ten % 2 == 0 ? 9 : 1);
    String extra = random.nextInt(8) == 0 ? ",\"together\":false" : "";
    return isMember ? TogetherScenarios.of("p" + ten, extra) : "\"x-none\":1";
  }

  /**
   * Writes random update settings, or sometimes a failing definition that is not recorded as
   * wanted.
   */
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
    // Only a definition that fails by itself is rolled back: an accident may look like a failure.
    String failing = command + (wanted == null ? "" : wanted.substring(1));
    if (random.nextBoolean()) {
      failing = failing.replaceFirst("pause|continue", "rollback");
    }
    if (wanted != null && sim.put("services/" + name, failing)) {
      sim.oracle.writtenAgain(name);
    }
  }

  private void content() {
    String key = any(CONTENTS);
    String before = sim.etcd.value(Simulation.BASE + "/" + key);
    boolean taken = random.nextInt(4) == 0;
    Scenario.putContent(sim, key, taken ? null : "content " + random.nextInt(4));
    if (before != null && random.nextInt(3) == 0) {
      // A mistake that the user corrects soon.
      sim.time.after(random.nextLong(3000), () -> Scenario.putContent(sim, key, before));
    }
  }

  private void pin() {
    String name = service();
    int kind = Integer.parseInt(name.substring(1)) % 10;
    // A pin could separate these services from their data, or from a host with enough free CPUs.
    if (kind != 1 && kind != 3) {
      Scenario.pin(sim, random.nextBoolean() ? name : name + ".1", host());
    }
  }

  private void unpin() {
    String name = service();
    sim.delete("pins/" + name, "pins/" + name + ".1");
  }

  /** Deletes many services at once by mistake. */
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

  /** Whether a leader has seen the service. One that came and went unseen was never known. */
  private boolean isKnown(String service) {
    Kv.Entry entry = sim.etcd.keys().get(SERVICES_KEY + service);
    String status = sim.etcd.value(Simulation.BASE + "/status/services/" + service);
    return entry != null
        && status != null
        && status.contains("\"observedGeneration\":" + entry.modified() + ",");
  }

  /** Removes a host from the inventory, or adds it again. */
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

  /** Confirms holds, except those caused by mistakes, which users undo instead. */
  private void release() {
    String prefix = Simulation.BASE + "/status/holds/";
    for (String key : new TreeSet<>(sim.etcd.keys().keySet())) {
      String hold = key.startsWith(prefix) ? key.substring(prefix.length()) : "";
      // Operators must not confirm these: they come from mistakes or from lost state.
      if (!hold.isEmpty() && !Set.of("deletions", "orphans", "cluster").contains(hold)) {
        sim.put("release/" + hold, "yes");
      }
    }
  }
}
