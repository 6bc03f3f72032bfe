package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A named volume that has data on a host")
class NamedVolumeTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";

  private static final String SHARED = "\"volumes\":[\"shared:/data\"]";

  @Test
  @DisplayName("attracts a service that uses it, whatever the load")
  void attracts() {
    Scene scene = Scene.withHosts("a", "b").volumes("b", "shared").service("app", SHARED);
    assertThat(scene.service("other").running("other.1", "b").actions())
        .containsExactly("record app.1 on b");
  }

  @Test
  @DisplayName("is named with its users if a job cannot go there")
  void leftBehind() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.PAUSE, Reach.UP)
            .volumes("b", "shared")
            .service("app", SHARED)
            .service("web", SHARED)
            .running("app.1", "b");
    assertThat(scene.why("web.1"))
        .contains("volume shared has data on b (app.1); here it is empty");
  }

  @Test
  @DisplayName("is named without users if none is recorded there, and never if it is here, too")
  void users() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.PAUSE, Reach.UP)
            .volumes("b", "shared")
            .service("other")
            .running("other.1", "b")
            .recorded("old.1", "b", 5, "1-x")
            .service("web", SHARED);
    assertThat(scene.why("web.1")).endsWith("; volume shared has data on b; here it is empty");
    assertThat(scene.volumes("a", "shared").why("web.1")).doesNotContain("volume");
  }

  @Test
  @DisplayName("does not place all replicas of a service on one host")
  void replicas() {
    Scene scene =
        Scene.withHosts("a", "b")
            .volumes("a", "shared")
            .service("app", SHARED + "," + TWO)
            .running("app.1", "a");
    assertThat(scene.actions()).contains("record app.2 on b");
    assertThat(scene.why("app.2")).doesNotContain("empty");
  }
}
