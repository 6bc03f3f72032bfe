package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A lost host")
class LostHostTest {

  private static final String DATA = "\"volumes\":[\"data:/data\"]";

  private Scene scene(Reach reach) {
    return Scene.withHosts("b", "c", "d").host("a", Availability.ACTIVE, reach);
  }

  @Test
  @DisplayName("keeps its jobs while it is unknown")
  void unknown() {
    Scene scene = scene(Reach.UNKNOWN).service("web").running("web.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(40));
    assertThat(scene.reason("web.1"))
        .endsWith("; it moves once its host has been silent for 1 min");
    scene.service("web", "\"x-dowding\":{\"reschedule\":\"90s\"}");
    assertThat(scene.reason("web.1")).endsWith("for 90 s");
  }

  @Test
  @DisplayName("loses its movable jobs when it is down")
  void down() {
    Scene scene = scene(Reach.DOWN).service("web").running("web.1", "a");
    assertThat(scene.actions()).containsExactly("record web.1 on b");
    // This interrupts nothing, so it is no step of an update.
    assertThat(scene.rollout("web").count()).isEqualTo(new RolloutView.Count(0, 1, 0, 0));
  }

  @Test
  @DisplayName("keeps jobs with local data, and says how to move them")
  void data() {
    Scene scene = scene(Reach.DOWN).service("db", DATA).running("db.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("db.1"))
        .isEqualTo(
            "a: unreachable since 2025-12-31T23:59:20Z; held: it does not leave a, where its data"
                + " is; to move it, write hosts/a = gone, or pin it to another host");
  }

  @Test
  @DisplayName("keeps all jobs when most hosts are lost together")
  void most() {
    Scene scene =
        Scene.withHosts("d")
            .host("a", Availability.ACTIVE, Reach.DOWN)
            .host("b", Availability.ACTIVE, Reach.DOWN)
            .host("c", Availability.ACTIVE, Reach.DOWN)
            .service("web")
            .running("web.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("most hosts became unreachable");
  }

  @Test
  @DisplayName("loses surplus containers when it returns, as decided by the records")
  void back() {
    Scene scene = Scene.withHosts("a", "b").service("web").running("web.1", "b");
    scene.container("web.1", "a", 3, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("TERM id-web.1.3 on a");
  }

  @Test
  @DisplayName(
      "when it is gone, loses jobs that the agent pinned, but not those that a user pinned")
  void gone() {
    Scene scene =
        Scene.withHosts("b")
            .host("a", Availability.GONE, Reach.DOWN)
            .service("db", DATA)
            .service("web")
            .running("db.1", "a")
            .running("web.1", "a")
            .pin("db.1", "a # auto: volume data")
            .pin("web", "a");
    assertThat(scene.actions()).containsExactly("record db.1 on b");
  }
}
