package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A job that runs as desired")
class SettledJobTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";
  private static final String DATA = "\"volumes\":[\"data:/data\"]";

  @Test
  @DisplayName("is left alone, even if another host is better now")
  void sticky() {
    Scene scene =
        Scene.withHosts("a", "b").service("web", TWO).running("web.1", "a").running("web.2", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isNull();
  }

  @Test
  @DisplayName("is left alone on a host that is paused")
  void paused() {
    Scene scene = new Scene().host("a", Availability.PAUSE, Reach.UP).service("web");
    assertThat(scene.running("web.1", "a").actions()).isEmpty();
  }

  @Test
  @DisplayName("with local data gets a pin from the agent")
  void pinned() {
    Scene scene = Scene.withHosts("a").service("db", DATA).running("db.1", "a");
    assertThat(scene.actions()).containsExactly("pin db.1 to a");
  }

  @Test
  @DisplayName("with local data is not pinned before its container is created")
  void notPinnedYet() {
    Scene scene = Scene.withHosts("a").service("db", DATA).recorded("db.1", "a");
    assertThat(scene.actions()).containsExactly("create db.1 on a");
  }
}
