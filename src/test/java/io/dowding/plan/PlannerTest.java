package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";

  @Test
  @DisplayName("the next plan is due at the earliest of all tries")
  void earliest() {
    for (int first = 1; first <= 2; first++) {
      Scene scene = Scene.withHosts("a").service("web", TWO);
      for (int n = 1; n <= 2; n++) {
        int seconds = n == first ? 3 : 5;
        String job = "web." + n;
        scene.recorded(job, "a").remember(job, m -> m.later(Scene.NOW.plusSeconds(seconds)));
      }
      assertThat(scene.wake("web")).isEqualTo(Scene.NOW.plusSeconds(3));
    }
  }

  @Test
  @DisplayName("one action at a time per job, and the same situation gives the same plan")
  void busy() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a").busy("web.1");
    assertThat(scene.actions()).isEmpty();
    Scene twice = Scene.withHosts("a", "b").service("web", TWO);
    assertThat(twice.plan()).isEqualTo(twice.plan());
  }

  @Test
  @DisplayName("a constraint that no longer holds moves a job, and the record says which")
  void broken() {
    String onB = "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == b\"]}}";
    Scene scene = Scene.withHosts("a", "b").service("web", onB).running("web.1", "a");
    assertThat(scene.hasImage("web.1", "b").why("web.1"))
        .isEqualTo(
            "node.hostname == b does not hold on a; best fit: 0 jobs of this service, load 0");
  }

  @Test
  @DisplayName("this node is probably cut off if at least three hosts and 55 % of all are lost")
  void mostAreLost() {
    assertThat(Planner.mostAreLost(2, 2)).isFalse();
    assertThat(Planner.mostAreLost(3, 3)).isTrue();
    assertThat(Planner.mostAreLost(11, 20)).isTrue();
    assertThat(Planner.mostAreLost(10, 20)).isFalse();
  }

  @Test
  @DisplayName("a library record counts as load, and is left alone")
  void library() {
    Scene scene = Scene.withHosts("a", "b").ofLibrary("auth.x", "a").service("web");
    assertThat(scene.actions()).containsExactly("record web.1 on b");
  }

  @Test
  @DisplayName("a global service runs on every active host, and leaves a drained one")
  void global() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.PAUSE, Reach.UP)
            .host("c", Availability.DRAIN, Reach.UP)
            .service("log", "\"deploy\":{\"mode\":\"global\"}")
            .running("log.c", "c");
    assertThat(scene.actions())
        .containsExactlyInAnyOrder("record log.a on a", "TERM id-log.c.5 on c");
  }

  @Test
  @DisplayName(
      "two surplus containers that ignore the signal are both killed after the grace period")
  void twoIgnoreSignals() {
    Scene scene =
        Scene.withHosts("a", "b", "c")
            .service("web")
            .running("web.1", "a")
            .container("web.1", "b", 3, Container.State.RUNNING)
            .container("web.1", "c", 4, Container.State.RUNNING);
    scene.remember("web.1", m -> m.stopping("id-web.1.3", Scene.NOW.plusSeconds(5)));
    scene.remember("web.1", m -> m.stopping("id-web.1.4", Scene.NOW));
    assertThat(scene.actions()).containsExactly("KILL id-web.1.4 on c");
  }

  @Test
  @DisplayName("a job that is pinned to a host that is down gets no new container elsewhere")
  void pinnedToDown() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.ACTIVE, Reach.DOWN)
            .service("web")
            .pin("web", "b")
            .runningOld("web.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("pinned to b");
  }

  @Test
  @DisplayName("a drained or lost host keeps a pinned job, and its status says how to move it")
  void stuck() {
    Scene drained =
        new Scene().host("a", Availability.DRAIN, Reach.UP).service("web").pin("web", "a");
    assertThat(drained.running("web.1", "a").reason("web.1"))
        .isEqualTo("held: pinned to a by pins/web; to move it, pin it to another host");
    Scene withData =
        new Scene()
            .host("a", Availability.DRAIN, Reach.UP)
            .service("web")
            .pin("web.1", "a # auto: volume data");
    // It answers, so it must not be declared dead.
    assertThat(withData.running("web.1", "a").reason("web.1"))
        .startsWith("held: pinned to a")
        .endsWith("; to move it, pin it to another host");
    Scene lost =
        new Scene().host("a", Availability.ACTIVE, Reach.DOWN).service("web").pin("web", "a");
    assertThat(lost.running("web.1", "a").reason("web.1")).contains("pin it to another host");
  }

  @Test
  @DisplayName("only as many jobs are placed as can be recorded at once; the others wait")
  void inTurn() {
    Scene scene = Scene.withHosts("a", "b").service("web", "\"deploy\":{\"replicas\":101}");
    assertThat(scene.actions()).hasSize(100).contains("record web.100 on b");
    assertThat(scene.reason("web.101")).isEqualTo("waits for its turn: many jobs are being placed");
  }
}
