package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container;
import io.dowding.model.Hooks;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("post_start and pre_stop")
class HookTest {

  private static Scene scene(String label) {
    return Scene.withHosts("a").service("web").running("web.1", "a").label("web.1", label);
  }

  @Test
  @DisplayName("post_start runs before the job counts as up, once per run")
  void postStart() {
    Scene scene = scene(Hooks.POST_START);
    assertThat(scene.actions()).containsExactly("dowding.post_start in id-web.1.5");
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.STARTING);
    Container run = scene.container("web.1");
    assertThat(scene.remember("web.1", m -> m.postStarted(run)).actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.RUNNING);
  }

  @Test
  @DisplayName("a failed post_start is retried later")
  void fails() {
    Scene scene = scene(Hooks.POST_START);
    scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "exited with 1", Scene.NOW));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.BACKOFF);
    assertThat(scene.reason("web.1")).isEqualTo("exited with 1");
  }

  @Test
  @DisplayName("pre_stop runs before the signal, even for a container of an earlier definition")
  void preStop() {
    Scene scene = scene(Hooks.PRE_STOP).service("web", "\"deploy\":{\"replicas\":0}");
    assertThat(scene.actions()).containsExactly("dowding.pre_stop in id-web.1.5");
    scene.remember("web.1", m -> m.preStopped("id-web.1.5"));
    assertThat(scene.actions()).containsExactly("TERM id-web.1.5 on a");
  }
}
