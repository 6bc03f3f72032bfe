package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A failed job")
class FailedJobTest {

  @Test
  @DisplayName("waits for its next retry")
  void waits() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "bad", Scene.NOW));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isAfter(Scene.NOW).isBefore(Scene.NOW.plusSeconds(2));
  }

  @Test
  @DisplayName("is tried elsewhere after three failures caused by its host")
  void elsewhere() {
    Scene scene = Scene.withHosts("a", "b").service("web").recorded("web.1", "a");
    for (int n = 0; n < 3; n++) {
      scene.remember("web.1", m -> m.failed("web.1", Fault.HOST, "a", "disk full", Scene.NOW));
    }
    assertThat(scene.actions()).containsExactly("record web.1 on b");
  }

  @Test
  @DisplayName("waits at least for the configured delay")
  void delay() {
    Scene scene =
        Scene.withHosts("a")
            .service("web", "\"deploy\":{\"restart_policy\":{\"delay\":\"90s\"}}")
            .crashed("web.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(90));
  }

  @Test
  @DisplayName("stays stopped after max_attempts, even after exit code 0")
  void attempts() {
    String twice = "\"deploy\":{\"restart_policy\":{\"condition\":\"any\",\"max_attempts\":2}}";
    Scene scene = Scene.withHosts("a").service("web", twice).ended("web.1", "a", 0);
    for (int failures = 1; failures <= 2; failures++) {
      scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "ended", Scene.LONG_AGO));
      assertThat(scene.actions()).as("after " + failures).containsExactly("start id-web.1.5 on a");
    }
    scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "ended", Scene.LONG_AGO));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.COMPLETED);
  }

  @Test
  @DisplayName("is handed back to Docker after it ran for the window of the policy")
  void window() {
    String policy = "\"deploy\":{\"restart_policy\":{\"delay\":\"1s\",\"window\":\"20s\"}}";
    Scene scene = Scene.withHosts("a").service("web", policy).running("web.1", "a");
    assertThat(scene.actions()).containsExactly("restart policy of id-web.1.5");
    Scene longer = Scene.withHosts("a").service("web", policy.replace("20s", "40s"));
    assertThat(longer.running("web.1", "a").actions()).isEmpty();
  }

  @Test
  @DisplayName("is placed again when the last host that it avoids may be tried again")
  void everywhere() {
    Scene scene = Scene.withHosts("a").service("web");
    for (int n = 0; n < 3; n++) {
      scene.remember("web.1", m -> m.failed("web.1", Fault.HOST, "a", "disk full", Scene.NOW));
    }
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).isEqualTo("no host fits: a: failed there: disk full");
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(300));
  }

  @Test
  @DisplayName("pulls a missing image")
  void image() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    String hash = scene.hash("web");
    scene.remember("web.1", m -> m.image("a", JobMemory.image(hash, Scene.IMAGE), false));
    assertThat(scene.actions()).containsExactly("pull for web.1 on a");
  }
}
