package io.dowding.sim;

import static io.dowding.sim.Scenario.engineOf;
import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.pin;
import static io.dowding.sim.Scenario.put;

import io.dowding.model.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Projects, whose services are placed together. */
final class TogetherScenarios {

  private static final String DATA = "\"volumes\":[\"data:/data\"]";
  private static final String PORT = "\"ports\":[\"8080:80\"]";

  private TogetherScenarios() {}

  /** Writes a service of the project; {@code extra} is added to its {@code x-dowding}. */
  private static void member(Simulation sim, String name, String extra, String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    all.add(of("shop", extra));
    put(sim, name, all.toArray(String[]::new));
  }

  /** Fields that make a service part of a project. */
  static String of(String project, String extra) {
    return "\"networks\":[\"%s_default\"],\"x-dowding\":{\"project\":\"%s\"%s}"
        .formatted(project, project, extra);
  }

  /** Writes three services, of which the last one needs a port. */
  private static void shop(Simulation sim, String... ofTheFirst) {
    member(sim, "cache", "", ofTheFirst);
    member(sim, "db", "");
    member(sim, "web", "", PORT);
  }

  private static void takePort(Simulation sim, String host) {
    sim.engine(host).stranger("mine", Map.of(), List.of(new Port("", 8080, 80, "tcp")));
  }

  /** The only one of these scenarios that is repeated with faults. */
  static Scenario drain() {
    return Scenario.of(
        "a project's host is drained",
        3,
        sim -> {
          member(sim, "db", "");
          member(sim, "web", "", PORT);
        },
        sim -> sim.put("hosts/" + hostOf(sim, "db.1"), "drain"));
  }

  private static String hostOf(Simulation sim, String job) {
    FakeEngine there = engineOf(sim, job);
    return sim.engines.entrySet().stream()
        .filter(entry -> entry.getValue() == there)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static void lose(Simulation sim, String host) {
    sim.oracle.strict = false;
    sim.agents.forEach(agent -> sim.cut(agent.name, host));
    pass(sim, 100);
    sim.heal();
    sim.oracle.trouble(host);
  }

  static List<Scenario> all() {
    return List.of(
        Scenario.of(
            "a project whose last service fits on one host only",
            3,
            sim -> {
              takePort(sim, "host1");
              takePort(sim, "host2");
            },
            TogetherScenarios::shop),
        Scenario.of(
            "a project is drained and fits on one host only",
            3,
            sim -> {
              pin(sim, "db", "host1");
              shop(sim);
              pass(sim, 20);
              sim.delete("pins/db");
            },
            sim -> {
              takePort(sim, "host2");
              pass(sim, 5);
              sim.put("hosts/host1", "drain");
            }),
        Scenario.of(
            "a project's host is lost",
            3,
            TogetherScenarios::shop,
            sim -> lose(sim, hostOf(sim, "db.1"))),
        Scenario.of(
            "a project's host is lost, with the data of one of its services",
            3,
            sim -> shop(sim, DATA),
            sim -> lose(sim, hostOf(sim, "db.1"))),
        Scenario.of(
            "a constraint of one service of a project changes",
            3,
            TogetherScenarios::shop,
            sim ->
                member(
                    sim,
                    "db",
                    "",
                    "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname != "
                        + hostOf(sim, "db.1")
                        + "\"]}}")),
        Scenario.of(
            "a project grows",
            3,
            TogetherScenarios::shop,
            sim -> member(sim, "api", "", Scenario.replicas(3))),
        Scenario.of(
            "one service of a project is pinned and unpinned",
            3,
            TogetherScenarios::shop,
            sim -> {
              pin(sim, "web", hostOf(sim, "db.1").equals("host3") ? "host2" : "host3");
              pass(sim, 30);
              sim.delete("pins/web");
            }),
        Scenario.of(
            "one service of a project leaves the group and returns",
            3,
            sim -> {},
            sim -> {
              shop(sim);
              member(sim, "db", ",\"together\":false");
              pass(sim, 30);
              shop(sim);
            }));
  }
}
