package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An image with a tag")
class TaggedImageTest {

  private static final String TAG = "\"image\":\"demo:1\"";

  private Scene scene(String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    all.add(TAG);
    return Scene.withHosts("a").service("web", all.toArray(String[]::new)).recorded("web.1", "a");
  }

  private static Scene has(Scene scene) {
    String image = JobMemory.image(scene.hash("web"), "demo:1");
    return scene.remember("web.1", m -> m.image("a", image, true));
  }

  @Test
  @DisplayName("is inspected first, to find its digest")
  void first() {
    assertThat(scene().actions()).containsExactly("pull for web.1 on a");
    assertThat(has(scene()).actions()).containsExactly("create web.1 on a");
  }

  @Test
  @DisplayName("is used only once its digest is written")
  void recorded() {
    Scene waiting = has(scene()).recording("web");
    assertThat(waiting.actions()).isEmpty();
    assertThat(waiting.reason("web.1")).isEqualTo("recording the digest of its tag");
  }

  @Test
  @DisplayName("is not inspected if pin_digest is off, or if it must already exist")
  void notWanted() {
    assertThat(scene("\"x-dowding\":{\"pin_digest\":false}").actions())
        .containsExactly("create web.1 on a");
    assertThat(scene("\"pull_policy\":\"never\"").actions()).containsExactly("create web.1 on a");
    assertThat(scene("\"pull_policy\":\"daily\"", "\"x-dowding\":{\"pin_digest\":false}").actions())
        .containsExactly("pull for web.1 on a");
  }

  @Test
  @DisplayName("that is being pulled shows the progress")
  void progress() {
    Scene scene = scene().progress("web.1", "pulling the image: 1.0 of 9.0 MiB");
    assertThat(scene.reason("web.1")).isEqualTo("pulling the image: 1.0 of 9.0 MiB");
  }
}
