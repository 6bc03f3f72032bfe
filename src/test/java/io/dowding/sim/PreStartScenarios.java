package io.dowding.sim;

import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.put;
import static io.dowding.sim.Scenario.replicas;
import static io.dowding.sim.Scenario.updating;

import java.util.List;

/** Containers that run before a service's own. */
final class PreStartScenarios {

  private static final String STEPS =
      "\"pre_start\":[{\"command\":[\"true\"]},{\"command\":[\"true\"],\"user\":\"1\"}]";

  private PreStartScenarios() {}

  static List<Scenario> all() {
    String rollBack = updating(2, "\"failure_action\":\"rollback\"", "\"monitor\":\"2s\"");
    return List.of(
        Scenario.of(
            "first deploy with two steps before it",
            2,
            sim -> {},
            sim -> put(sim, "web", replicas(2), STEPS)),
        Scenario.of(
            "change with a step before it, beside data",
            1,
            sim -> put(sim, "web", "\"volumes\":[\"data:/data\"]", STEPS),
            sim -> put(sim, "web", "\"volumes\":[\"data:/data\"]", STEPS, "\"user\":\"2\"")),
        Scenario.of(
            "update whose step before it fails is rolled back",
            2,
            sim -> put(sim, "web", rollBack),
            sim ->
                sim.put(
                    "services/web",
                    Scenario.json(rollBack, "\"pre_start\":[{\"command\":[\"false\"]}]"))),
        Scenario.of(
            "more jobs after a step, and another agent leads",
            2,
            sim -> put(sim, "web", replicas(1), STEPS),
            sim -> {
              sim.agents.forEach(SimAgent::stop);
              sim.agents.forEach(SimAgent::start);
              pass(sim, 20);
              put(sim, "web", replicas(3), STEPS);
            }));
  }
}
