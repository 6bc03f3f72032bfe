package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A changed service")
class ChangedServiceTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";

  private final Scene scene =
      Scene.withHosts("a", "b")
          .service("web", TWO)
          .runningOld("web.1", "a")
          .runningOld("web.2", "b");

  @Test
  @DisplayName("pulls the image before anything is stopped")
  void imageFirst() {
    assertThat(scene.actions()).containsExactly("pull for web.1 on a");
  }

  @Test
  @DisplayName("is replaced one job at a time: first the record")
  void oneRecord() {
    String hash = scene.hash("web");
    scene.remember("web.1", m -> m.image("a", JobMemory.image(hash, Scene.IMAGE), true));
    assertThat(scene.actions()).containsExactly("record web.1 on a");
  }

  @Test
  @DisplayName("then stops the old container, and touches no other job")
  void stopsOld() {
    String hash = scene.hash("web");
    scene.recorded("web.1", "a", 21, hash);
    scene.remember("web.1", m -> m.image("a", JobMemory.image(hash, Scene.IMAGE), true));
    assertThat(scene.actions()).containsExactly("TERM id-web.1.5 on a");
    assertThat(scene.reason("web.2")).contains("waiting for the other jobs");
  }

  @Test
  @DisplayName("keeps the old container until the new image is present")
  void foundAgain() {
    scene.recorded("web.1", "a", 21, scene.hash("web"));
    assertThat(scene.actions()).containsExactly("pull for web.1 on a");
    assertThat(scene.reason("web.1")).isEqualTo("pulling the new image before replacing it");
  }

  @Test
  @DisplayName("keeps it also where the image cannot be pulled, and does not go elsewhere")
  void cannotPull() {
    scene.recorded("web.1", "a", 21, scene.hash("web"));
    for (int n = 0; n < 3; n++) {
      scene.remember("web.1", m -> m.failed("web.1", Fault.HOST, "a", "no registry", Scene.NOW));
    }
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.REPLACING);
  }

  @Test
  @DisplayName("keeps it while its new place cannot take it")
  void heldMeanwhile() {
    scene.host("c", Availability.ACTIVE, Reach.DOWN).pin("web.1", "c");
    scene.recorded("web.1", "a", 21, scene.hash("web"));
    assertThat(scene.actions()).doesNotContain("TERM id-web.1.5 on a");
  }

  @Test
  @DisplayName("keeps only the newest of several old containers")
  void newest() {
    scene.recorded("web.1", "a", 21, scene.hash("web"));
    scene.container("web.1", "b", 4, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("TERM id-web.1.4 on b");
  }

  @Test
  @DisplayName("is killed after its grace period")
  void kills() {
    String hash = scene.hash("web");
    scene.recorded("web.1", "a", 21, hash);
    scene.remember("web.1", m -> m.stopping("id-web.1.5", Scene.NOW));
    assertThat(scene.actions()).containsExactly("KILL id-web.1.5 on a");
    scene.remember("web.1", m -> m.killed("id-web.1.5", Scene.NOW.plusSeconds(2)));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(2));
  }

  @Test
  @DisplayName("leaves the other jobs alone if the new one does not become good")
  void haltsWhereItFails() {
    Scene broken =
        Scene.withHosts("a", "b")
            .service("web", TWO)
            .recorded("web.1", "a")
            .container("web.1", "a", 5, Container.State.EXITED)
            .remember(
                "web.1", m -> m.failed("web.1", Fault.SPEC, "a", "no such command", Scene.NOW))
            .runningOld("web.2", "b");
    assertThat(broken.actions()).isEmpty();
    assertThat(broken.state("web.1")).isEqualTo(JobView.State.BACKOFF);
  }

  @Test
  @DisplayName("that was disconnected from a network is reconnected, and keeps running")
  void disconnected() {
    Scene scene = Scene.withHosts("a").service("web").running("web.1", "a");
    scene.disconnected("web.1", "back");
    assertThat(scene.actions()).containsExactly("connect id-web.1.5 to back");
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.RUNNING);
    assertThat(scene.reason("web.1")).isEqualTo("was disconnected from back; reconnecting it");
  }

  @Test
  @DisplayName("that is disconnected repeatedly is reconnected with growing pauses")
  void disconnectedAgain() {
    Scene scene = Scene.withHosts("a").service("web").running("web.1", "a");
    scene.disconnected("web.1", "back");
    scene.remember("web.1", m -> m.connected("", Scene.NOW.minusMillis(999)));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusMillis(1));
    scene.remember("web.1", m -> m.connected("no room", Scene.NOW.minusSeconds(2)));
    assertThat(scene.actions()).containsExactly("connect id-web.1.5 to back");
    assertThat(scene.reason("web.1")).endsWith("; the last try failed: no room");
  }

  @Test
  @DisplayName(
      "that was disconnected is left alone while paused, and reconnected at the next start")
  void disconnectedAndNotRunning() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    scene.container("web.1", "a", 5, Container.State.PAUSED).disconnected("web.1", "back");
    assertThat(scene.actions()).isEmpty();
    Scene exited = Scene.withHosts("a").service("web").crashed("web.1", "a");
    exited.disconnected("web.1", "back");
    assertThat(exited.plan().actions())
        .singleElement()
        .satisfies(start -> assertThat(((Action.Start) start).networks()).containsOnlyKeys("back"));
  }

  @Test
  @DisplayName("is recreated if the network it ran in is gone")
  void networkGone() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    scene.container("web.1", "a", 5, Container.State.EXITED);
    scene.remember("web.1", m -> m.lacksNetwork("id-web.1.5"));
    assertThat(scene.actions()).containsExactly("remove id-web.1.5 on a");
    scene.remember("web.1", m -> m.lacksNetwork("id-web.1.4"));
    assertThat(scene.actions()).containsExactly("start id-web.1.5 on a");
  }

  @Test
  @DisplayName("on an unreachable host stays as it is")
  void unreachable() {
    Scene lost =
        new Scene()
            .host("a", Availability.ACTIVE, Reach.UNKNOWN)
            .service("web")
            .runningOld("web.1", "a");
    assertThat(lost.actions()).isEmpty();
  }
}
