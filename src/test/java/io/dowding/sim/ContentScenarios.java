package io.dowding.sim;

import static io.dowding.sim.Scenario.boxOf;
import static io.dowding.sim.Scenario.engineOf;
import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.put;
import static io.dowding.sim.Scenario.putContent;
import static io.dowding.sim.Scenario.replicas;
import static io.dowding.sim.Scenario.updating;

import java.util.List;

/** Configs, secrets, and the hooks around a container's run. */
final class ContentScenarios {

  private static final String SITE = "\"configs\":[\"site\"]";
  private static final String KEY = "\"secrets\":[\"key\"]";
  private static final String HOOKS =
      "\"post_start\":[{\"command\":\"true\"}],\"pre_stop\":[{\"command\":\"false\"}]";
  private static final String READS = "\"command\":[\"reads\"]";

  private ContentScenarios() {}

  static List<Scenario> all() {
    String rollBack = updating(2, "\"failure_action\":\"rollback\"", "\"monitor\":\"2s\"");
    return List.of(
        Scenario.of(
            "change with post_start and pre_stop hooks",
            2,
            sim -> put(sim, "web", replicas(2), HOOKS),
            sim -> put(sim, "web", replicas(2), HOOKS, "\"image\":\"demo:2\"")),
        Scenario.of(
            "post_start runs again after a crash",
            1,
            sim -> put(sim, "web", HOOKS),
            sim -> engineOf(sim, "web.1").die(boxOf(sim, "web.1"), 1)),
        Scenario.of(
            "update with a failing post_start hook is rolled back",
            2,
            sim -> put(sim, "web", rollBack),
            sim ->
                sim.put(
                    "services/web",
                    Scenario.json(rollBack, "\"post_start\":[{\"command\":\"false\"}]"))),
        Scenario.of(
            "config written after its service",
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
            "secret changed with start-first",
            2,
            sim -> {
              putContent(sim, "secrets/key", "one");
              put(sim, "web", updating(1, "\"order\":\"start-first\""), KEY);
            },
            sim -> putContent(sim, "secrets/key", "two")),
        Scenario.of(
            "config deleted and written with other content",
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
            "failing config is rolled back, then another agent leads",
            2,
            sim -> {
              putContent(sim, "configs/site", "one");
              put(sim, "web", rollBack, SITE, READS);
            },
            sim -> {
              // The content fails and is rolled back, so the one before it stays wanted.
              sim.put("configs/site", "bad");
              pass(sim, 30);
              sim.agents.forEach(SimAgent::stop);
              sim.agents.forEach(SimAgent::start);
              pass(sim, 10);
            }));
  }
}
