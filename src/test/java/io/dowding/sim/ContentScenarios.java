package io.dowding.sim;

import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.put;
import static io.dowding.sim.Scenario.putContent;
import static io.dowding.sim.Scenario.replicas;
import static io.dowding.sim.Scenario.updating;

import java.util.List;

/** Configs and secrets that come, change, fail and go. */
final class ContentScenarios {

  private static final String SITE = "\"configs\":[\"site\"]";
  private static final String KEY = "\"secrets\":[\"key\"]";
  private static final String READS = "\"command\":[\"reads\"]";

  private ContentScenarios() {}

  static List<Scenario> all() {
    String rollBack = updating(2, "\"failure_action\":\"rollback\"", "\"monitor\":\"2s\"");
    return List.of(
        Scenario.of(
            "config that comes after its service",
            2,
            sim -> {},
            sim -> {
              put(sim, "web", replicas(2), SITE);
              pass(sim, 5);
              putContent(sim, "configs/site", "one");
            }),
        Scenario.of(
            "config changed",
            2,
            sim -> {
              putContent(sim, "configs/site", "one");
              put(sim, "web", replicas(2), SITE);
            },
            sim -> putContent(sim, "configs/site", "two")),
        Scenario.of(
            "secret changed, and the new job starts first",
            2,
            sim -> {
              putContent(sim, "secrets/key", "one");
              put(sim, "web", updating(1, "\"order\":\"start-first\""), KEY);
            },
            sim -> putContent(sim, "secrets/key", "two")),
        Scenario.of(
            "config taken away, and back with other content",
            2,
            sim -> {
              putContent(sim, "configs/site", "one");
              put(sim, "web", replicas(2), SITE);
            },
            sim -> {
              putContent(sim, "configs/site", null);
              pass(sim, 10);
              putContent(sim, "configs/site", "two");
            }),
        Scenario.of(
            "config that fails is rolled back, and another agent leads",
            2,
            sim -> {
              putContent(sim, "configs/site", "one");
              put(sim, "web", rollBack, SITE, READS);
            },
            sim -> {
              // Put by somebody who meant well: the content before it is wanted.
              sim.put("configs/site", "bad");
              pass(sim, 30);
              sim.agents.forEach(SimAgent::stop);
              sim.agents.forEach(SimAgent::start);
              pass(sim, 10);
            }));
  }
}
