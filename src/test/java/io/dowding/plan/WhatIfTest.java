package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What would be planned")
class WhatIfTest {

  private static String host(Plan plan, String job) {
    return plan.actions().stream()
        .filter(Action.Allocate.class::isInstance)
        .flatMap(action -> ((Action.Allocate) action).changes().stream())
        .filter(change -> change.record().job().equals(job))
        .map(change -> change.record().host() + ": " + change.record().reason())
        .findFirst()
        .orElse("");
  }

  @Test
  @DisplayName("without a host: its jobs move, and what is pinned there stays")
  void without() {
    Situation situation =
        Scene.withHosts("a", "b")
            .service("web")
            .running("web.1", "a")
            .service("db", "\"volumes\":[\"data:/data\"]")
            .running("db.1", "a")
            .pin("db", "a")
            .situation();
    Plan plan = Planner.plan(WhatIf.without(situation, "a"));
    assertThat(host(plan, "web.1")).startsWith("b: a is gone; best fit");
    assertThat(host(plan, "db.1")).isEmpty();
    assertThat(Planner.plan(situation).actions()).noneMatch(Action.Allocate.class::isInstance);
  }

  @Test
  @DisplayName("without a host that has data: the job moves, and its data stays behind")
  void data() {
    Situation situation =
        Scene.withHosts("a", "b")
            .service("db", "\"volumes\":[\"data:/data\"]")
            .running("db.1", "a")
            .situation();
    assertThat(host(Planner.plan(WhatIf.without(situation, "a")), "db.1"))
        .contains("its volume data stays behind on a");
  }

  @Test
  @DisplayName("with another host: jobs that fit nowhere go there")
  void with() {
    Scene scene =
        Scene.withHosts("a")
            .service("web", "\"deploy\":{\"replicas\":2}", "\"x-dowding\":{\"exclusive\":true}")
            .running("web.1", "a");
    Situation more =
        WhatIf.with(scene.situation(), "b", Objects.requireNonNull(scene.situation().host("a")));
    assertThat(host(Planner.plan(scene.situation()), "web.2")).isEmpty();
    assertThat(host(Planner.plan(more), "web.2")).startsWith("b: best fit");
  }

  @Test
  @DisplayName("with another definition")
  void put() {
    Situation situation = Scene.withHosts("a", "b").situation();
    Plan plan = Planner.plan(WhatIf.put(situation, Scene.read("web", 11)));
    assertThat(host(plan, "web.1")).startsWith("a: best fit");
  }

  @Test
  @DisplayName("is explained for each host")
  void explains() {
    Situation situation =
        Scene.withHosts("a", "b", "c")
            .service("web", "\"ports\":[\"80:80\"]")
            .running("web.1", "a")
            .stranger("b", "nginx", 80)
            .situation();
    assertThat(Planner.explain(situation, "web.1"))
        .containsEntry("b", "port 80 is taken by nginx")
        .containsEntry("c", "fits: 0 jobs of this service, load 0")
        .containsKey("a")
        .hasSize(3);
    assertThat(Planner.explain(situation, "nobody.1")).isEmpty();
  }
}
