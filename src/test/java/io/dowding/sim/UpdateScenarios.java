package io.dowding.sim;

import static io.dowding.sim.Scenario.CHECK;
import static io.dowding.sim.Scenario.boxOf;
import static io.dowding.sim.Scenario.engineOf;
import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.put;
import static io.dowding.sim.Scenario.replicas;
import static io.dowding.sim.Scenario.updating;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Updates in every order and pace, including failing ones. */
final class UpdateScenarios {

  private static final String CRASHING = "\"command\":[\"false\"]";
  private static final String ROLL_BACK = "\"failure_action\":\"rollback\"";
  private static final String FOLLOWING = "\"image\":\"demo:2\",\"x-dowding\":{\"follow\":\"20s\"}";
  private static final String START_FIRST = "\"order\":\"start-first\"";
  private static final String GLOBAL_START_FIRST =
      "\"deploy\":{\"mode\":\"global\",\"update_config\":{" + START_FIRST + "}}";

  private UpdateScenarios() {}

  /** Writes a definition that fails. It is rolled back, so the previous one stays wanted. */
  private static void putFailing(Simulation sim, String service, String... fields) {
    sim.put("services/" + service, Scenario.json(fields));
  }

  /** Asks for another container of a job or a service, as the command does. */
  private static String restart(Simulation sim, String subject, String latest) {
    long upTo = Objects.requireNonNull(sim.oracle.record(latest)).incarnation();
    return "\"x-dowding\":{\"restart\":{\"" + subject + "\":" + upTo + "}}";
  }

  static List<Scenario> all() {
    String startFirst = updating(1, START_FIRST, ROLL_BACK, "\"monitor\":\"2s\"");
    String stopFirst = updating(2, ROLL_BACK, "\"monitor\":\"2s\"");
    return List.of(
        Scenario.of(
            "update with start-first",
            2,
            sim -> put(sim, "web", startFirst),
            sim -> put(sim, "web", startFirst, "\"image\":\"demo:2\"")),
        Scenario.of(
            "update with start-first and health checks",
            2,
            sim -> put(sim, "web", startFirst, CHECK),
            sim -> put(sim, "web", startFirst, CHECK, "\"image\":\"demo:2\"")),
        Scenario.of(
            "update of a global service with start-first",
            2,
            sim -> put(sim, "each", GLOBAL_START_FIRST),
            sim -> put(sim, "each", GLOBAL_START_FIRST, "\"image\":\"demo:2\"")),
        Scenario.of(
            "update of two at a time with a delay",
            2,
            sim -> put(sim, "web", replicas(4)),
            sim ->
                put(
                    sim,
                    "web",
                    updating(4, "\"parallelism\":2", "\"delay\":\"6s\""),
                    "\"image\":\"demo:2\"")),
        Scenario.of(
            "restart of a service",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> put(sim, "web", replicas(2), restart(sim, "web", "web.2"))),
        Scenario.of(
            "restart of a job with start-first",
            2,
            sim -> put(sim, "web", updating(2, START_FIRST)),
            sim -> put(sim, "web", updating(2, START_FIRST), restart(sim, "web.2", "web.2"))),
        Scenario.of(
            "scale up after the tag moved",
            2,
            sim -> {
              sim.registry.push("demo:2");
              put(sim, "web", replicas(1), "\"image\":\"demo:2\"");
            },
            sim -> {
              sim.registry.push("demo:2");
              put(sim, "web", replicas(3), "\"image\":\"demo:2\"");
            }),
        Scenario.of(
            "the tag moves during an update",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              put(sim, "web", replicas(2), "\"image\":\"demo:2\"");
              sim.time.pass(Duration.ofMillis(1200));
              sim.registry.push("demo:2");
            }),
        Scenario.of(
            "a tag is followed",
            2,
            sim -> put(sim, "web", replicas(2), FOLLOWING),
            sim -> {
              sim.registry.push("demo:2");
              pass(sim, 40);
            }),
        Scenario.of(
            "a tag is followed to a failing image, then another agent leads",
            2,
            sim -> put(sim, "web", stopFirst, FOLLOWING),
            sim -> {
              sim.registry.pushFailing("demo:2");
              pass(sim, 60);
              sim.agents.forEach(SimAgent::stop);
              sim.agents.forEach(SimAgent::start);
              pass(sim, 40);
            }),
        Scenario.of(
            "a tag is followed past a failing image, and moves back to it",
            2,
            sim -> put(sim, "web", startFirst, FOLLOWING),
            sim -> {
              sim.registry.pushFailing("demo:2");
              String failing = Objects.requireNonNull(sim.registry.digest("demo:2"));
              pass(sim, 50);
              sim.registry.push("demo:2");
              pass(sim, 40);
              sim.registry.moveBack("demo:2", failing);
              pass(sim, 30);
              sim.registry.push("demo:2");
              pass(sim, 40);
            }),
        Scenario.of(
            "volumes_from a service that changes",
            2,
            sim -> {
              put(sim, "data");
              put(sim, "app", "\"volumes_from\":[\"data\"]");
            },
            sim -> put(sim, "data", "\"image\":\"demo:2\"")),
        Scenario.of(
            "update of all at once",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> put(sim, "web", updating(2, "\"parallelism\":0"), "\"image\":\"demo:2\"")),
        Scenario.of(
            "failing update is rolled back",
            2,
            sim -> put(sim, "web", stopFirst),
            sim -> putFailing(sim, "web", stopFirst, CRASHING)),
        Scenario.of(
            "failing update with start-first is rolled back",
            2,
            sim -> put(sim, "web", startFirst),
            sim -> putFailing(sim, "web", startFirst, CRASHING)),
        Scenario.of(
            "unhealthy update is rolled back",
            2,
            sim -> put(sim, "web", startFirst, CHECK),
            sim -> putFailing(sim, "web", startFirst, CHECK, "\"command\":[\"sick\"]")),
        Scenario.of(
            "rolled back, then changed successfully",
            2,
            sim -> put(sim, "web", stopFirst),
            sim -> {
              putFailing(sim, "web", stopFirst, CRASHING);
              pass(sim, 30);
              put(sim, "web", stopFirst, "\"image\":\"demo:2\"");
            }),
        Scenario.of(
            "failing update pauses and is corrected",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              putFailing(sim, "web", replicas(2), CRASHING);
              pass(sim, 8);
              put(sim, "web", replicas(2), "\"image\":\"demo:2\"");
            }),
        Scenario.of(
            "failing update continues and is corrected",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              putFailing(sim, "web", updating(2, "\"failure_action\":\"continue\""), CRASHING);
              pass(sim, 20);
              put(sim, "web", replicas(2), "\"image\":\"demo:2\"");
            }),
        Scenario.of(
            "change during an update with start-first",
            2,
            sim -> put(sim, "web", startFirst),
            sim -> {
              put(sim, "web", startFirst, "\"image\":\"demo:2\"");
              sim.time.pass(Duration.ofMillis(1500));
              put(sim, "web", startFirst, "\"image\":\"demo:3\"");
            }),
        Scenario.of(
            "rolled back, then another agent leads",
            2,
            sim -> put(sim, "web", stopFirst),
            sim -> {
              putFailing(sim, "web", stopFirst, CRASHING);
              pass(sim, 30);
              sim.agents.forEach(SimAgent::stop);
              sim.agents.forEach(SimAgent::start);
              pass(sim, 10);
            }),
        Scenario.of(
            "update fails under a new leader",
            2,
            sim -> put(sim, "web", stopFirst),
            sim -> {
              sim.agents.forEach(SimAgent::stop);
              putFailing(sim, "web", stopFirst, CRASHING);
              sim.agents.forEach(SimAgent::start);
              pass(sim, 40);
            }),
        Scenario.of(
            "unhealthy for a while",
            2,
            sim -> put(sim, "web", replicas(2), CHECK),
            sim -> engineOf(sim, "web.1").health(boxOf(sim, "web.1"), "unhealthy")),
        Scenario.of(
            "drain with start-first",
            3,
            sim -> put(sim, "web", startFirst),
            sim -> sim.put("hosts/host1", "drain")),
        Scenario.of(
            "start-first with a fixed port",
            1,
            sim -> put(sim, "web", updating(1, START_FIRST), "\"ports\":[\"8080:80\"]"),
            sim ->
                put(
                    sim,
                    "web",
                    updating(1, START_FIRST),
                    "\"ports\":[\"8080:80\"]",
                    "\"image\":\"demo:2\"")));
  }
}
