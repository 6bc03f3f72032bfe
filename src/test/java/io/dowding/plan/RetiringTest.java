package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container.State;
import io.dowding.model.Reach;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The status of a job that is no longer wanted")
class RetiringTest {

  private static final String NO_REPLICAS = "\"deploy\":{\"replicas\":0}";

  /** A record without a service. */
  private static Scene recorded(String host) {
    return new Scene().host("a", Availability.ACTIVE, Reach.UP).recorded("web.1", host, 5, "1-x");
  }

  private static String why(Scene scene) {
    return scene.plan().actions().getFirst().reason();
  }

  @Test
  @DisplayName("shows the container until it is removed, and the call's reason says why")
  void removing() {
    Scene scene = recorded("a").container("web.1", "a", 5, State.RUNNING);
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.REMOVING);
    assertThat(scene.reason("web.1")).isEmpty();
    assertThat(scene.view("web.1").container()).isEqualTo(scene.container("web.1"));
    assertThat(why(scene)).isEqualTo("the service was removed");
    assertThat(why(scene.service("web", NO_REPLICAS))).isEqualTo("the service was scaled down");
    assertThat(why(scene.service("web", "\"x-dowding\":{\"state\":\"stopped\"}")))
        .isEqualTo("the service was stopped");
  }

  @Test
  @DisplayName("is removing while a call for it is under way, even without a container")
  void busy() {
    Scene scene = recorded("a").busy("web.1");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.REMOVING);
    assertThat(scene.view("web.1").container()).isNull();
  }

  @Test
  @DisplayName("says which host is waited for, and why")
  void waits() {
    Scene lost = recorded("a").host("a", Availability.ACTIVE, Reach.DOWN);
    assertThat(lost.reason("web.1"))
        .isEqualTo("waiting for a: unreachable since 2025-12-31T23:59:20Z");
    assertThat(lost.state("web.1")).isEqualTo(JobView.State.REMOVING);
    Scene unknown = recorded("b");
    assertThat(unknown.actions()).isEmpty();
    assertThat(unknown.reason("web.1")).isEqualTo("waiting for b: is not in the inventory");
  }

  @Test
  @DisplayName("ends with the record, whose deletion has a reason")
  void forgotten() {
    assertThat(forgets(recorded("a"))).isEqualTo("its container was removed");
    assertThat(forgets(recorded("a").host("a", Availability.GONE, Reach.DOWN)))
        .isEqualTo("a is gone");
    assertThat(recorded("a").plan().jobs()).isEmpty();
  }

  private static String forgets(Scene scene) {
    Action.Allocate allocate = (Action.Allocate) scene.plan().actions().getFirst();
    return ((Action.Change.Forget) allocate.changes().getFirst()).why();
  }

  @Test
  @DisplayName("of a library's record does not exist: nothing is done with it")
  void library() {
    Scene scene = Scene.withHosts("a").ofLibrary("auth.x", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().jobs()).isEmpty();
  }

  @Nested
  @DisplayName("but left alone")
  class LeftAlone {

    @Test
    @DisplayName("because its key cannot be used says so, and whether it runs")
    void unusable() {
      Scene scene = recorded("a").unusableService("web");
      JobView missing = scene.view("web.1");
      assertThat(missing.state()).isEqualTo(JobView.State.PENDING);
      assertThat(missing.reason()).isEqualTo("left alone: the service's key cannot be used");
      assertThat(missing.settled()).isFalse();
      assertThat(missing.container()).isNull();
      scene.container("web.1", "a", 4, State.RUNNING);
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.PENDING);
      scene.container("web.1", "a", 5, State.RUNNING);
      JobView runs = scene.view("web.1");
      assertThat(runs.state()).isEqualTo(JobView.State.RUNNING);
      assertThat(runs.settled()).isTrue();
      assertThat(Objects.requireNonNull(runs.container()).name()).isEqualTo("web.1.5");
      assertThat(scene.actions()).isEmpty();
    }

    @Test
    @DisplayName("because its key cannot be used does not run once its container has ended")
    void ended() {
      Scene scene = recorded("a").unusableService("web").container("web.1", "a", 5, State.EXITED);
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.PENDING);
      assertThat(scene.view("web.1").settled()).isFalse();
      assertThat(scene.view("web.1").container()).isNotNull();
    }

    @Test
    @DisplayName("because many were deleted at once is held until a person confirms it")
    void held() {
      Scene scene = recorded("a").container("web.1", "a", 5, State.RUNNING).held("web");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.HELD);
      assertThat(scene.reason("web.1")).isEqualTo("held: many services were deleted at once");
    }

    @Test
    @DisplayName("because its container was renamed says how to release it")
    void renamed() {
      Scene scene = recorded("a").container("web.1", "a", 5, State.RUNNING);
      scene.renamed("web.1", "mine");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.REMOVING);
      assertThat(scene.reason("web.1"))
          .isEqualTo(
              "its container was renamed: run docker rename mine web.1.5 on a, or remove it");
    }
  }

  @Nested
  @DisplayName("without a record: an orphan")
  class Orphan {

    private final Scene scene = Scene.withHosts("a").container("x.1", "a", 5, State.RUNNING);

    @Test
    @DisplayName("is removed, and the reason says why")
    void removed() {
      assertThat(why(scene)).isEqualTo("orphan: no key asks for it");
    }

    @Test
    @DisplayName("is left alone if its service is held or its key cannot be used")
    void leftAlone() {
      assertThat(scene.held("x").actions()).isEmpty();
      Scene unusable = Scene.withHosts("a").container("x.1", "a", 5, State.RUNNING);
      assertThat(unusable.unusableService("x").actions()).isEmpty();
    }

    @Test
    @DisplayName("is left alone if it is newer than anything etcd knows, not if it is as new")
    void newer() {
      // The cluster's age is 20.
      Scene known = Scene.withHosts("a").container("x.1", "a", 20, State.RUNNING);
      assertThat(known.actions()).containsExactly("TERM id-x.1.20 on a");
      Scene newer = Scene.withHosts("a").container("x.1", "a", 21, State.RUNNING);
      assertThat(newer.actions()).isEmpty();
    }
  }
}
