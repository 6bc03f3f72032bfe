package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import java.time.Duration;
import java.util.stream.IntStream;
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
  @DisplayName("is not looked up before its first pull")
  void first() {
    assertThat(Scene.withHosts("a").service("web", TAG, FOLLOW).actions())
        .isNotEmpty()
        .noneMatch(LOOK_UP::equals);
  }

  @Test
  @DisplayName("is looked up if its jobs run but its digest was forgotten, as after a wipe of etcd")
  void forgotten() {
    assertThat(Scene.withHosts("a").service("web", TAG, FOLLOW).running("web.1", "a").actions())
        .containsExactly(LOOK_UP);
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

  @Test
  @DisplayName("is looked up through another host each time")
  void turns() {
    Duration interval = Duration.ofMinutes(17);
    assertThat(IntStream.range(0, 3).mapToObj(n -> lookedUp(interval.multipliedBy(n), 0)))
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  @DisplayName("is looked up through another host after each failure")
  void failures() {
    assertThat(IntStream.range(0, 3).mapToObj(n -> lookedUp(Duration.ZERO, n)))
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  /** The host through which the tag is looked up after failures, when that was due a while ago. */
  private static String lookedUp(Duration ago, int failures) {
    return ((Action.Resolve) following(ago, failures).plan().actions().getFirst()).host();
  }

  private static Scene following(Duration ago, int failures) {
    Scene scene = Scene.withHosts("a", "b", "c");
    String follow = "\"x-dowding\":{\"follow\":\"17m\"}";
    scene.service("web", TAG, follow, "\"deploy\":{\"replicas\":3}").pinnedTo("web", DIGEST);
    scene.running("web.1", "a").running("web.2", "b").running("web.3", "c");
    scene.failed("web", failures, "a", "bad");
    return scene.remember("web", memory -> memory.later(Scene.NOW.minus(ago)));
  }

  @Test
  @DisplayName("is looked up through no host that cannot be used, and for no job without one")
  void usable() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.ACTIVE, Reach.DOWN)
            .service(
                "web",
                TAG,
                "\"x-dowding\":{\"follow\":\"15m\",\"reschedule\":\"never\"}",
                "\"deploy\":{\"replicas\":3,\"placement\":{\"max_replicas_per_node\":1}}")
            .pinnedTo("web", DIGEST)
            .running("web.1", "a")
            .running("web.2", "b");
    for (int failures = 0; failures < 3; failures++) {
      assertThat(scene.failed("web", failures, "a", "bad").actions()).containsExactly(LOOK_UP);
    }
    Scene lost =
        new Scene()
            .host("b", Availability.ACTIVE, Reach.DOWN)
            .service("web", TAG, FOLLOW)
            .pinnedTo("web", DIGEST)
            .running("web.1", "b");
    assertThat(lost.actions()).isEmpty();
  }

  @Test
  @DisplayName("wakes the planner when it is due, and needs no note while that works")
  void wakes() {
    Scene scene = running(TAG, FOLLOW).remember("web", m -> m.later(Scene.NOW.plusMillis(1)));
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusMillis(1));
    assertThat(scene.rollout("web").notes()).isEmpty();
  }
}
