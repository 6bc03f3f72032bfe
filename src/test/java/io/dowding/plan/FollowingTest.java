package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A tag that is followed")
class FollowingTest {

  private static final String TAG = "\"image\":\"demo:1\"";
  private static final String FOLLOW = "\"x-dowding\":{\"follow\":\"15m\"}";
  private static final String DIGEST = "sha256:" + "1".repeat(64);
  private static final String LOOK_UP = "look up demo:1 on a";

  /** A running job whose tag meant this digest when it was first pulled. */
  private static Scene running(String... fields) {
    return Scene.withHosts("a")
        .service("web", fields)
        .pinnedTo("web", DIGEST)
        .running("web.1", "a");
  }

  @Test
  @DisplayName("is looked up through a host of its service")
  void due() {
    assertThat(running(TAG, FOLLOW).actions()).containsExactly(LOOK_UP);
    assertThat(running(TAG).actions()).isEmpty();
  }

  @Test
  @DisplayName("is looked up again only after the interval")
  void interval() {
    assertThat(
            running(TAG, FOLLOW).remember("web", m -> m.later(Scene.NOW.plusMillis(1))).actions())
        .isEmpty();
    assertThat(running(TAG, FOLLOW).remember("web", m -> m.later(Scene.NOW)).actions())
        .containsExactly(LOOK_UP);
  }

  @Test
  @DisplayName("is looked up at once if the interval became shorter than the rest of the last one")
  void shorter() {
    assertThat(
            running(TAG, FOLLOW)
                .remember("web", m -> m.later(Scene.NOW.plus(Duration.ofHours(1))))
                .actions())
        .containsExactly(LOOK_UP);
  }

  @Test
  @DisplayName("is looked up only while its host has no other call: a registry may hang")
  void busy() {
    Scene two =
        running(TAG, FOLLOW)
            .service("other", TAG, FOLLOW)
            .pinnedTo("other", DIGEST)
            .running("other.1", "a");
    assertThat(two.actions()).containsExactly(LOOK_UP);
  }

  @Test
  @DisplayName("is looked up some time after a new leader's start, to spread the looks")
  void spread() {
    Scene scene = running(TAG, FOLLOW).stopsFrom(Scene.NOW);
    assertThat(scene.actions()).isEmpty();
    assertThat(running(TAG, FOLLOW).stopsFrom(Scene.NOW.minus(Duration.ofMinutes(5))).actions())
        .containsExactly(LOOK_UP);
  }

  @Test
  @DisplayName("is not looked up before its first digest is known")
  void first() {
    assertThat(Scene.withHosts("a").service("web", TAG, FOLLOW).running("web.1", "a").actions())
        .isEmpty();
  }

  @Test
  @DisplayName("that cannot be looked up is noted in the status, and its jobs stay as they are")
  void unknown() {
    Scene scene =
        running(TAG, FOLLOW)
            .remember("web", m -> m.failed("web", Fault.HOST, "a", "no route", Scene.NOW));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.rollout("web").notes())
        .containsExactly("cannot check the tag demo:1: no route");
  }

  @Test
  @DisplayName("does not exist if the image is named by digest")
  void immutable() {
    assertThat(Scene.withHosts("a").service("web", FOLLOW).running("web.1", "a").actions())
        .isEmpty();
  }
}
