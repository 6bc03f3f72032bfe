package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A renamed container")
class RenamedContainerTest {

  private final Scene scene =
      Scene.withHosts("a", "b").service("web").running("web.1", "a").renamed("web.1", "mine");

  @Test
  @DisplayName(
      "still belongs to its job: no second container is created, and the status says what to do")
  void noSecond() {
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.HELD);
    assertThat(scene.reason("web.1")).contains("docker rename mine web.1.5 on a");
  }

  @Test
  @DisplayName("is not moved, replaced or removed")
  void leftAlone() {
    assertThat(scene.host("a", Availability.DRAIN, Reach.UP).actions()).isEmpty();
    assertThat(scene.service("web", "\"command\":[\"other\"]").actions()).isEmpty();
    assertThat(scene.service("web", "\"deploy\":{\"replicas\":0}").actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("docker rename mine web.1.5");
  }
}
