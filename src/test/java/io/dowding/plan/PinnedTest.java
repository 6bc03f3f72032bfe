package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A pin")
class PinnedTest {

  private static final String DATA = "\"volumes\":[\"data:/data\"]";

  @Test
  @DisplayName("takes precedence over load, and pinned jobs are placed first")
  void first() {
    Scene scene =
        Scene.withHosts("a", "b")
            .service("any", "\"ports\":[\"80:80\"]")
            .service("web", "\"ports\":[\"80:80\"]")
            .pin("web", "a");
    assertThat(scene.actions()).containsExactly("record web.1 on a", "record any.1 on b");
  }

  @Test
  @DisplayName("of a job overrides its service's, and a user's overrides the agent's")
  void order() {
    Scene scene = Scene.withHosts("a", "b", "c").service("db", DATA);
    assertThat(scene.pin("db", "b").pin("db.1", "c").actions()).containsExactly("record db.1 on c");
    assertThat(scene.pin("db.1", "c # auto: volume data").actions())
        .containsExactly("record db.1 on b");
  }

  @Test
  @DisplayName("that moves a job away from its data says so in the record")
  void leavesData() {
    Scene scene = Scene.withHosts("a", "b").service("db", DATA).recorded("db.1", "a");
    scene.pin("db.1", "b");
    assertThat(scene.plan().actions())
        .first()
        .isInstanceOfSatisfying(
            Action.Allocate.class,
            allocate ->
                assertThat(allocate.changes().getFirst().record().reason())
                    .isEqualTo("pinned to b by pins/db.1; its volume data stays behind on a"));
  }

  @Test
  @DisplayName("to a host that has not been listed yet does not start a second container")
  void notListed() {
    Scene scene = Scene.withHosts("a").unusable("b", "not listed yet").service("web");
    scene.recorded("web.1", "a").container("web.1", "b", 4, Container.State.RUNNING);
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).isEqualTo("stopping the previous container");
  }

  @Test
  @DisplayName("to an unknown host leaves a running job where it is, and says so")
  void unknownHost() {
    Scene scene = Scene.withHosts("a").service("web").running("web.1", "a").pin("web", "x");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("x is not in the inventory");
  }

  @Test
  @DisplayName("to a job waits until that job is placed, then follows it")
  void toJob() {
    Scene waiting = Scene.withHosts("a", "b").service("app").pin("app", "job:db");
    assertThat(waiting.actions()).isEmpty();
    assertThat(waiting.reason("app.1"))
        .isEqualTo("waiting for db (pins/app), which is not placed yet");
    Scene placed = Scene.withHosts("a", "b").service("app").pin("app", "job:db");
    placed.service("db").running("db.1", "b");
    assertThat(placed.actions()).containsExactly("record app.1 on b");
  }

  @Test
  @DisplayName("that is invalid prevents placement, and the reason names the key and the problem")
  void unreadable() {
    for (String key : new String[] {"db", "db.1"}) {
      Scene scene = Scene.withHosts("a", "b").service("db", DATA).unreadablePin(key, "no pin");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1")).isEqualTo("pins/" + key + ": no pin; or delete the key");
    }
  }

  @Test
  @DisplayName("that is invalid leaves a running job where it is, and is not overwritten")
  void unreadableWhileRunning() {
    Scene scene =
        Scene.withHosts("a", "b")
            .service("db", DATA)
            .running("db.1", "a")
            .unreadablePin("db.1", "no pin");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("db.1")).contains("pins/db.1: no pin");
  }

  @Test
  @DisplayName("that is part of a loop moves nothing, and is reported")
  void loop() {
    Scene scene =
        Scene.withHosts("a", "b")
            .service("x")
            .service("y")
            .running("x.1", "a")
            .running("y.1", "b")
            .pin("x", "job:y")
            .pin("y", "job:x");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("x.1")).contains("pin loop: x.1 → y → x");
  }
}
