package io.dowding.sim;

import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.put;
import static io.dowding.sim.Scenario.replicas;
import static io.dowding.sim.Scenario.updating;

import java.util.List;

/** Services with {@code pre_start} steps. */
final class PreStartScenarios {

  static final String STEPS =
      "\"pre_start\":[{\"command\":[\"true\"]},{\"command\":[\"true\"],\"user\":\"1\"}]";

  private PreStartScenarios() {}

  static List<Scenario> all() {
    String rollBack = updating(2, "\"failure_action\":\"rollback\"", "\"monitor\":\"2s\"");
    return List.of(
        Scenario.of(
            "first deploy with two pre_start steps",
            2,
            sim -> {},
            sim -> put(sim, "web", replicas(2), STEPS)),
        Scenario.of(
            "change with pre_start steps and data",
            1,
            sim -> put(sim, "web", "\"volumes\":[\"data:/data\"]", STEPS),
            sim -> put(sim, "web", "\"volumes\":[\"data:/data\"]", STEPS, "\"user\":\"2\"")),
        Scenario.of(
            "update with a failing pre_start step is rolled back",
            2,
            sim -> put(sim, "web", rollBack),
            sim ->
                sim.put(
                    "services/web",
                    Scenario.json(rollBack, "\"pre_start\":[{\"command\":[\"false\"]}]"))),
        Scenario.of(
            "scale up after pre_start, with another leader",
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
