package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A drained host")
class DrainedHostTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";

  @Test
  @DisplayName("loses one job of a service at a time")
  void oneAtATime() {
    Scene scene =
        Scene.withHosts("b", "c")
            .host("a", Availability.DRAIN, Reach.UP)
            .service("web", TWO)
            .running("web.1", "a")
            .running("web.2", "a");
    assertThat(scene.actions()).containsExactly("pull for web.1 on b");
  }

  @Test
  @DisplayName("keeps jobs that fit on no other host, and says why")
  void nowhereElse() {
    Scene scene = new Scene().host("a", Availability.DRAIN, Reach.UP).service("web");
    scene.running("web.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("a is drained; no host fits");
  }
}
