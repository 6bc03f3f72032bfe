package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A restart that a person asked for")
class RestartTest {

  private static final String IMAGE_IS_THERE = Scene.IMAGE;

  private static Scene scene(String restart) {
    Scene scene =
        Scene.withHosts("a", "b")
            .service(
                "web",
                11,
                "\"deploy\":{\"replicas\":2}",
                "\"x-dowding\":{\"restart\":{" + restart + "}}")
            .running("web.1", "a")
            .running("web.2", "b");
    for (String job : new String[] {"web.1", "web.2"}) {
      scene.remember(
          job,
          memory ->
              memory.image(
                  job.equals("web.1") ? "a" : "b",
                  JobMemory.image(scene.hash("web"), IMAGE_IS_THERE),
                  true));
    }
    return scene;
  }

  @Test
  @DisplayName("replaces one job after the other, where it is")
  void service() {
    Scene scene = scene("\"web\":5");
    assertThat(scene.actions()).containsExactly("record web.1 on a");
    assertThat(scene.why("web.1")).isEqualTo("a restart was asked for");
    assertThat(scene.reason("web.2"))
        .isEqualTo("waiting for the other jobs: a restart was asked for");
  }

  @Test
  @DisplayName("of a job replaces that one only")
  void job() {
    assertThat(scene("\"web.2\":5").actions()).containsExactly("record web.2 on b");
  }

  @Test
  @DisplayName("is over once the containers are newer")
  void over() {
    assertThat(scene("\"web\":4").actions()).isEmpty();
  }

  @Test
  @DisplayName("replaces a job once, even if its number comes from a cluster that was further")
  void once() {
    Scene scene = scene("\"web.1\":999999");
    assertThat(scene.actions()).containsExactly("record web.1 on a");
    scene.service("web", 10, "\"x-dowding\":{\"restart\":{\"web\":999999}}");
    assertThat(scene.actions()).doesNotContain("record web.1 on a");
  }

  @Test
  @DisplayName("does not change what shapes a container")
  void hash() {
    assertThat(scene("\"web\":4").hash("web"))
        .isEqualTo(Scene.withHosts("a").service("web").hash("web"));
  }
}
