package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("After a start, while a host has not answered yet,")
class AwaitedHostsTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";

  @Test
  @DisplayName("a new job waits for it, and says so")
  void newJob() {
    Scene scene = Scene.withHosts("a").awaited("b", 4).service("web", TWO);
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.2"))
        .isEqualTo(
            "waiting for b to answer, for at most 10 s, so that jobs do not crowd onto the other"
                + " hosts");
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(6));
  }

  @Test
  @DisplayName("a job waits for all such hosts, but not for those that take no jobs")
  void several() {
    Scene scene = Scene.withHosts("a").awaited("b", 4).awaited("c", 5).awaited("d", 6);
    assertThat(scene.service("web").reason("web.1")).startsWith("waiting for b and 2 more to");
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(4));
    Scene paused = Scene.withHosts("a").host("b", Availability.PAUSE, Reach.UNKNOWN, 4);
    assertThat(paused.service("web").actions()).containsExactly("record web.1 on a");
  }

  @Test
  @DisplayName("services that are placed together wait, too")
  void together() {
    Scene scene = Scene.withHosts("a").awaited("b", 4);
    for (String name : List.of("shop-db", "shop-web")) {
      scene.service(
          name, "\"networks\":[\"shop_default\"]", "\"x-dowding\":{\"project\":\"shop\"}");
    }
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("shop-db.1")).contains("waiting for b to answer");
  }

  @Test
  @DisplayName("a job waits for no host that it could not go to, or that it is not pinned to")
  void others() {
    Scene scene = Scene.withHosts("a").awaited("b", 4).pin("db", "a").service("db");
    scene.service("web", "\"deploy\":{\"placement\":{\"constraints\":[\"node.tags == tag-a\"]}}");
    assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on a");
  }

  @Test
  @DisplayName("a recorded job goes on")
  void recorded() {
    Scene scene = Scene.withHosts("a").awaited("b", 4).service("web").recorded("web.1", "a");
    assertThat(scene.actions()).containsExactly("create web.1 on a");
  }

  @Test
  @DisplayName("no job waits once the host has had its time")
  void afterwards() {
    Scene scene = Scene.withHosts("a").awaited("b", 10).service("web");
    assertThat(scene.actions()).containsExactly("record web.1 on a");
  }
}
