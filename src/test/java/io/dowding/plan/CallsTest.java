package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container.State;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CallsTest {

  @Nested
  @DisplayName("A call to a host")
  class Call {

    private static Scene three() {
      Scene scene = Scene.withHosts("a", "b");
      for (String name : new String[] {"one", "two"}) {
        scene.service(name).recorded(name + ".1", "a");
      }
      return scene.service("web").recorded("web.1", "b");
    }

    @Test
    @DisplayName("is made only while fewer than eight are under way there")
    void limit() {
      assertThat(three().calls("a", 6).actions()).hasSize(3);
      assertThat(three().calls("a", 7).actions())
          .containsExactly("create one.1 on a", "create web.1 on b");
      assertThat(three().calls("a", 8).actions()).containsExactly("create web.1 on b");
    }

    @Test
    @DisplayName("that stops or removes is not made while one of the last leader may be under way")
    void afterLastLeader() {
      Scene scene = three().container("one.1", "a", 5, State.RUNNING);
      scene.container("one.1", "b", 4, State.RUNNING).container("two.1", "b", 4, State.EXITED);
      assertThat(scene.actions())
          .containsExactly("TERM id-one.1.4 on b", "remove id-two.1.4 on b", "create web.1 on b");
      scene.stopsFrom(Scene.NOW.plusSeconds(3));
      assertThat(scene.actions()).containsExactly("create web.1 on b");
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(3));
      assertThat(scene.stopsFrom(Scene.NOW).actions()).hasSize(3);
    }

    @Test
    @DisplayName("to look up a tag is not made while any other one is under way on its host")
    void idle() {
      Scene scene =
          Scene.withHosts("a")
              .service("web", "\"image\":\"demo:1\"", "\"x-dowding\":{\"follow\":\"15m\"}")
              .pinnedTo("web", "sha256:" + "1".repeat(64))
              .running("web.1", "a");
      assertThat(scene.actions()).containsExactly("look up demo:1 on a");
      assertThat(scene.calls("a", 1).actions()).isEmpty();
    }
  }

  @Nested
  @DisplayName("A new record has an incarnation")
  class Incarnation {

    private static Allocation record(Scene scene) {
      return ((Action.Allocate) scene.plan().actions().getFirst()).changes().getFirst().record();
    }

    @Test
    @DisplayName("that is the age of the cluster, or higher")
    void age() {
      Allocation first = record(Scene.withHosts("a").service("web"));
      assertThat(first.incarnation()).isEqualTo(20);
      assertThat(first.revision()).isZero();
      assertThat(first.since()).isEqualTo(Scene.NOW);
      assertThat(first.generation()).isEqualTo(10);
    }

    @Test
    @DisplayName("that is higher than that of the record before")
    void record() {
      Scene scene = Scene.withHosts("b").host("a", Availability.GONE, Reach.DOWN).service("web");
      Allocation next = record(scene.recorded("web.1", "a", 25, scene.hash("web")));
      assertThat(next.incarnation()).isEqualTo(26);
      assertThat(next.revision()).isEqualTo(6);
    }

    @Test
    @DisplayName("that is higher than that of any container of the job")
    void container() {
      Scene scene =
          Scene.withHosts("b", "c", "d")
              .host("a", Availability.ACTIVE, Reach.DOWN)
              .service("web")
              .runningOld("web.1", "b")
              .container("web.1", "a", 20, State.RUNNING)
              .hasImage("web.1", "b");
      assertThat(record(scene).incarnation()).isEqualTo(21);
    }
  }
}
