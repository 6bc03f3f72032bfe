package io.dowding.sim;

import static io.dowding.sim.Scenario.boxOf;
import static io.dowding.sim.Scenario.engineOf;
import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.pin;
import static io.dowding.sim.Scenario.put;
import static io.dowding.sim.Scenario.remove;
import static io.dowding.sim.Scenario.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Ownership;
import io.dowding.sim.FakeEngine.Box;
import io.dowding.sim.Faults.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Harm caused by one host, key or user. It may affect only that host or job: everything else must
 * converge meanwhile, and everything once the harm ends.
 */
final class HostileScenarios {

  private static final long HUGE = Hostilities.HUGE;

  /** Seconds to wait for a status; long enough for one failed call. */
  private static final int PATIENCE = 60;

  private HostileScenarios() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of(
            "a host forges a huge incarnation",
            2,
            HostileScenarios::web,
            sim -> forges(sim, "evil.1", HUGE)),
        Scenario.of(
            "a host forges an age newer than etcd's",
            2,
            HostileScenarios::web,
            sim -> forges(sim, "evil.1", 5000)),
        Scenario.of(
            "a host forges a job that lives elsewhere",
            2,
            sim -> {
              pin(sim, "web", "host2");
              put(sim, "web");
            },
            sim -> forges(sim, "web.1", HUGE)),
        Scenario.of(
            "a host repeats another host's engine id",
            2,
            HostileScenarios::web,
            HostileScenarios::repeatsAnId),
        Scenario.of(
            "a host sends malformed answers",
            2,
            HostileScenarios::web,
            HostileScenarios::answersMalformed),
        Scenario.of(
            "a host reports another host's containers",
            2,
            HostileScenarios::web,
            HostileScenarios::showsOthersContainers),
        Scenario.of("keys with garbage", 2, HostileScenarios::web, HostileScenarios::garbage),
        Scenario.of("unreadable pin", 2, HostileScenarios::web, HostileScenarios::unreadablePin),
        Scenario.of(
            "unreadable host state",
            2,
            sim -> {
              web(sim);
              sim.put("hosts/host1", "drain");
            },
            HostileScenarios::unreadableWord),
        Scenario.of(
            "an etcd member sends old events",
            2,
            HostileScenarios::web,
            HostileScenarios::oldEvents),
        Scenario.of(
            "a list older than our own writes",
            2,
            HostileScenarios::web,
            HostileScenarios::oldList),
        Scenario.of("docker rename", 2, HostileScenarios::web, HostileScenarios::renamed),
        Scenario.of(
            "creates without an answer", 2, HostileScenarios::web, HostileScenarios::silentCreates),
        Scenario.of(
            "every host fails to pull", 1, HostileScenarios::web, HostileScenarios::failingPulls),
        Scenario.of(
            "unhealthy for milliseconds",
            1,
            HostileScenarios::checked,
            HostileScenarios::unhealthyForAMoment),
        Scenario.of(
            "etcd refuses one status", 2, HostileScenarios::web, HostileScenarios::refusedStatus));
  }

  private static void web(Simulation sim) {
    put(sim, "web", replicas(2));
  }

  private static void checked(Simulation sim) {
    put(sim, "web", Scenario.CHECK);
  }

  // checks

  private static void must(boolean holds, String promise, String what) {
    if (!holds) {
      throw new Oracle.Broken(promise, what);
    }
  }

  /** Runs a new service on another host, and removes it again. */
  private static void others(Simulation sim, String host) {
    pin(sim, "canary", host);
    put(sim, "canary");
    pass(sim, 20);
    must(
        sim.engine(host).boxes().stream()
            .anyMatch(box -> "canary.1".equals(box.labels.get(Ownership.JOB)) && box.isAlive()),
        "isolation",
        "canary does not run on " + host);
    must(
        status(sim, "services/canary").path("running").asInt() == 1,
        "isolation",
        "the status of canary is " + status(sim, "services/canary"));
    remove(sim, "canary");
    sim.delete("pins/canary");
    pass(sim, 20);
  }

  private static JsonNode status(Simulation sim, String of) {
    JsonNode status = StatusKeys.of(sim).get("status/" + of);
    if (status == null) {
      throw new Oracle.Broken("status", "status/" + of + " is missing");
    }
    return status;
  }

  /** Waits for the status to contain the text. For a while it may report only a fault elsewhere. */
  private static void says(Simulation sim, String of, String text) {
    String said = "";
    for (int second = 0; second < PATIENCE && !said.contains(text); second++) {
      if (second > 0) {
        pass(sim, 1);
      }
      JsonNode status = StatusKeys.of(sim).get("status/" + of);
      said = status == null ? "" : status.toString();
    }
    must(
        said.contains(text),
        "status",
        "status/" + of + " does not say \"" + text + "\": " + (said.isEmpty() ? "missing" : said));
  }

  private static long containers(Simulation sim, String job) {
    return sim.engines.values().stream()
        .flatMap(engine -> engine.boxes().stream())
        .filter(box -> job.equals(box.labels.get(Ownership.JOB)))
        .count();
  }

  // hosts

  private static void forges(Simulation sim, String job, long incarnation) {
    Map<String, String> labels = new TreeMap<>(boxOf(sim, "web.1").labels);
    labels.put(Ownership.JOB, job);
    labels.put(Ownership.SERVICE, job.substring(0, job.indexOf('.')));
    labels.put(Ownership.INCARNATION, Long.toString(incarnation));
    labels.put(Ownership.NAME, job + "." + incarnation);
    String host = "host1";
    Box forged = sim.engine(host).stranger(job + "." + incarnation, labels, List.of());
    forged.forged = true;
    pass(sim, 10);
    others(sim, "host2");
    sim.agents.forEach(SimAgent::crash);
    sim.agents.forEach(SimAgent::start);
    pass(sim, 30);
    others(sim, "host2");
    must(forged.isAlive(), "S3", "a container with a future incarnation was stopped");
    sim.engine(host).removeByHand(forged);
    sim.agents.forEach(SimAgent::crash);
    sim.agents.forEach(SimAgent::start);
    pass(sim, 30);
    others(sim, "host1");
    put(sim, "web", replicas(2), "\"image\":\"demo:2\"");
    pass(sim, 60);
    Oracle.Recorded record = sim.oracle.record("web.1");
    must(
        record != null && record.incarnation() < 3000,
        "S4",
        "a forged incarnation was used for " + record);
  }

  private static void repeatsAnId(Simulation sim) {
    sim.engine("host2").newIdentity("engine-host1");
    pass(sim, 70);
    put(sim, "each", Scenario.GLOBAL);
    pass(sim, 20);
    must(
        containers(sim, "each.host1") == 1,
        "isolation",
        "host1, which had the engine id first, gets no jobs");
    must(
        containers(sim, "each.host2") == 0,
        "S3",
        "host2, which repeats the engine id of host1, gets jobs");
    says(sim, "holds/same-engine-host2", "/var/lib/docker/engine-id");
    sim.engine("host2").newIdentity("engine-host2");
    pass(sim, 70);
  }

  private static void answersMalformed(Simulation sim) {
    sim.engine("host1").answers(FakeEngine.Behavior.MALFORMED);
    Box box = boxOf(sim, "web.1");
    put(sim, "web", replicas(3));
    pass(sim, 10);
    others(sim, "host2");
    says(sim, "hosts/host1", "container without an id");
    must(
        box.state == io.dowding.model.Container.State.RUNNING,
        "isolation",
        box.name + " was stopped although its host sends malformed answers");
    sim.engine("host1").answers(FakeEngine.Behavior.HONEST);
    pass(sim, 10);
  }

  private static void showsOthersContainers(Simulation sim) {
    // Both containers of web.1 may run for a while, because no agent can see the first one.
    sim.oracle.strict = false;
    FakeEngine liar = engineOf(sim, "web.1");
    String honest = liar == sim.engine("host1") ? "host2" : "host1";
    Box box = boxOf(sim, "web.2");
    liar.answers(FakeEngine.Behavior.showing(sim.engine(honest)));
    for (int n = 0; n < 3; n++) {
      pass(sim, 20);
      others(sim, honest);
    }
    must(box.isAlive() && box.run == 1, "isolation", box.name + " of " + honest + " was stopped");
    liar.answers(FakeEngine.Behavior.HONEST);
    pass(sim, 70);
  }

  // keys

  private static void garbage(Simulation sim) {
    Map<String, String> keys = new TreeMap<>(Hostilities.GARBAGE);
    keys.put("hosts/host1", "Pause");
    keys.forEach(sim::put);
    pass(sim, 10);
    others(sim, "host1");
    says(sim, "hosts/host1", "Pause");
    says(sim, "problems/services/K-Upper", "problem");
    says(sim, "problems/services/a/b", "problem");
    says(sim, "problems/pins/nobody", "problem");
    says(sim, "problems/inventory/host9", "problem");
    for (String service : List.of("deep", "long", "ports", "esc", "digits")) {
      must(
          status(sim, "services/" + service).path("state").asText().equals("invalid"),
          "status",
          "services/" + service + " is " + status(sim, "services/" + service));
    }
    sim.delete(keys.keySet().toArray(String[]::new));
    pass(sim, 10);
  }

  private static void unreadablePin(Simulation sim) {
    sim.put("pins/db", "host1, host2");
    put(sim, "db");
    pass(sim, 20);
    must(containers(sim, "db.1") == 0, "S2", "db.1 was created although its pin is unreadable");
    says(sim, "services/db", "pins/db");
    others(sim, "host2");
    pin(sim, "db", "host2");
    pass(sim, 20);
    sim.put("pins/db", "host 2");
    pass(sim, 20);
    must(containers(sim, "db.1") == 1, "S2", "db.1 was removed");
    pin(sim, "db", "host2");
  }

  private static void unreadableWord(Simulation sim) {
    sim.put("hosts/host1", "Drain");
    put(sim, "web", replicas(4));
    pass(sim, 20);
    must(
        sim.engine("host1").boxes().isEmpty(),
        "S2",
        "host1 gets jobs although its state is unreadable");
    says(sim, "hosts/host1", "Drain");
    sim.put("hosts/host1", "drain");
  }

  private static void oldEvents(Simulation sim) {
    pin(sim, "web", "host1");
    pass(sim, 30);
    pin(sim, "web", "host2");
    pass(sim, 40);
    for (int member = 0; member < Members.COUNT; member++) {
      sim.etcd.members.lags(member, 100);
    }
    sim.etcd.breakWatches("the member is behind");
    pass(sim, 40);
    for (int member = 0; member < Members.COUNT; member++) {
      sim.etcd.members.lags(member, 0);
    }
  }

  private static void oldList(Simulation sim) {
    put(sim, "web", replicas(3));
    pass(sim, 20);
    Faults before = sim.faults;
    boolean[] once = {false};
    String[] last = {""};
    sim.staleBy = 12;
    sim.faults =
        call -> {
          // After a renewal, the agent lists the candidates, not the keys.
          boolean lists = call.name().equals("range") && !last[0].equals("renew");
          boolean first = lists && !once[0];
          once[0] |= first;
          last[0] = call.isEtcd() ? call.name() : last[0];
          return first ? Verdict.STALE : before.at(call);
        };
    sim.etcd.breakWatches("connection reset");
    pass(sim, 3);
    must(once[0], "isolation", "no list was stale");
    sim.faults = before;
    sim.etcd.breakWatches("connection reset");
    pass(sim, 10);
    must(
        StatusKeys.of(sim).keySet().stream().noneMatch(key -> key.startsWith("status/holds/")),
        "isolation",
        "held although etcd was not restored: " + StatusKeys.of(sim).keySet());
    others(sim, "host1");
  }

  // users

  private static void renamed(Simulation sim) {
    Box box = boxOf(sim, "web.1");
    String name = box.name;
    engineOf(sim, "web.1").rename(box, "my-backup");
    pass(sim, 70);
    must(containers(sim, "web.1") == 1, "S1", "a second web.1 was created beside the renamed one");
    says(sim, "services/web", "docker rename my-backup " + name);
    others(sim, "host1");
    engineOf(sim, "web.1").rename(box, name);
    pass(sim, 70);
  }

  private static void silentCreates(Simulation sim) {
    List<Long> tries = new ArrayList<>();
    Faults before = sim.faults;
    sim.faults =
        call -> {
          if (call.name().equals("create") && call.target().equals("host1") && tries.size() < 5) {
            tries.add(sim.time.now());
            return Verdict.RESET;
          }
          return before.at(call);
        };
    pin(sim, "slow", "host1");
    put(sim, "slow");
    pass(sim, 5);
    says(sim, "services/slow", "\"reason\":\"connection reset");
    pass(sim, 60);
    sim.faults = before;
    spaced("create", tries);
    others(sim, "host1");
  }

  private static void failingPulls(Simulation sim) {
    List<Long> tries = new ArrayList<>();
    Faults before = sim.faults;
    sim.faults =
        call -> {
          if (call.name().equals("pull")) {
            tries.add(sim.time.now());
          }
          return before.at(call);
        };
    sim.engine("host1").registryBroken(true);
    put(sim, "late", "\"image\":\"demo:3\"");
    pass(sim, 60);
    spaced("pull", tries);
    says(sim, "services/late", "503");
    sim.engine("host1").registryBroken(false);
    sim.faults = before;
  }

  private static void spaced(String what, List<Long> tries) {
    must(!tries.isEmpty(), "17", "there was no " + what);
    for (int n = 1; n < tries.size(); n++) {
      long gap = tries.get(n) - tries.get(n - 1);
      must(gap >= 500, "17", what + " was retried after " + gap + " ms: " + tries);
    }
  }

  private static void unhealthyForAMoment(Simulation sim) {
    Box box = boxOf(sim, "web.1");
    FakeEngine engine = engineOf(sim, "web.1");
    engine.health(box, "unhealthy");
    sim.time.pass(java.time.Duration.ofMillis(11));
    engine.health(box, "healthy");
    pass(sim, 20);
    must(
        engine.box(box.id) != null && box.startedAt != null && box.run == 1,
        "S5",
        box.name + " was stopped as unhealthy although it was healthy");
  }

  private static void refusedStatus(Simulation sim) {
    sim.etcd.refuses(Simulation.BASE + "/status/services/web");
    put(sim, "web", replicas(3));
    pass(sim, 10);
    others(sim, "host1");
    sim.etcd.refuses("");
    pass(sim, 60);
  }
}
