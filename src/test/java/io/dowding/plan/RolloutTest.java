package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RolloutTest {

  private static String updating(int replicas, String... config) {
    return "\"deploy\":{\"replicas\":"
        + replicas
        + ",\"update_config\":{"
        + Stream.of(config)
            .map(pair -> pair.replaceFirst("(\\w+)=(.*)", "\"$1\":\"$2\""))
            .collect(Collectors.joining(","))
        + "}}";
  }

  private static List<String> pulls(Scene scene) {
    return scene.actions().stream().filter(line -> line.startsWith("pull")).toList();
  }

  /** Four jobs, of which the first has the current definition. */
  private static Scene begun(String... config) {
    return Scene.withHosts("a", "b")
        .service("web", updating(4, config))
        .running("web.1", "a")
        .runningOld("web.2", "b")
        .runningOld("web.3", "a")
        .runningOld("web.4", "b");
  }

  /** The same, but the first job keeps crashing. */
  private static Scene failing(String... config) {
    return Scene.withHosts("a", "b")
        .service("web", updating(4, config))
        .crashed("web.1", "a")
        .runningOld("web.2", "b")
        .runningOld("web.3", "a")
        .runningOld("web.4", "b");
  }

  @Nested
  @DisplayName("Jobs are replaced")
  class Pace {

    @Test
    @DisplayName("one after another, once the previous one is good")
    void oneByOne() {
      assertThat(pulls(begun())).containsExactly("pull for web.2 on b");
    }

    @Test
    @DisplayName("as many at a time as parallelism allows")
    void parallel() {
      assertThat(pulls(begun("parallelism=2")))
          .containsExactly("pull for web.2 on b", "pull for web.3 on a");
    }

    @Test
    @DisplayName("all at once if parallelism is 0")
    void allAtOnce() {
      assertThat(pulls(begun("parallelism=0"))).hasSize(3);
    }

    @Test
    @DisplayName("only after the delay, and then without waiting for an event")
    void delay() {
      Scene scene = begun("delay=40s");
      assertThat(scene.actions()).isEmpty();
      // It has run for 30 s, and has been good for 28 s.
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(12));
      assertThat(pulls(begun("delay=20s"))).hasSize(1);
    }

    @Test
    @DisplayName("only after the previous one ran well for the monitor period")
    void monitor() {
      assertThat(begun("monitor=60s").actions()).isEmpty();
      assertThat(pulls(begun("monitor=29s"))).hasSize(1);
    }

    @Test
    @DisplayName("only after the health check could have failed, and the status says so")
    void healthWindow() {
      Scene scene =
          Scene.withHosts("a")
              .service(
                  "web",
                  updating(2, "monitor=5s"),
                  "\"healthcheck\":{\"test\":\"x\",\"interval\":\"20s\",\"retries\":2}")
              .health("web.1", "a", Container.State.RUNNING, "healthy")
              .runningOld("web.2", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.rollout("web").notes())
          .containsExactly("monitor: 40s, the window of the health check");
    }

    @Test
    @DisplayName("only after the previous one was inspected again")
    void unheard() {
      Scene scene = begun("monitor=29s").silentFor("a", Duration.ofSeconds(5));
      assertThat(scene.actions()).containsExactly("look at id-web.1.5");
    }

    @Test
    @DisplayName("even if the host of another job is down")
    void hostDown() {
      Scene scene =
          Scene.withHosts("a")
              .host("b", Availability.ACTIVE, Reach.DOWN)
              .service("web", updating(3), "\"x-dowding\":{\"reschedule\":\"never\"}")
              .running("web.1", "b")
              .runningOld("web.2", "a")
              .runningOld("web.3", "a");
      assertThat(pulls(scene)).containsExactly("pull for web.2 on a");
    }

    @Test
    @DisplayName("but not while the host of another job has just become unreachable")
    void hostUnknown() {
      Scene scene =
          Scene.withHosts("a")
              .host("b", Availability.ACTIVE, Reach.UNKNOWN)
              .service("web", updating(3))
              .running("web.1", "b")
              .runningOld("web.2", "a")
              .runningOld("web.3", "a");
      assertThat(pulls(scene)).isEmpty();
    }
  }

  @Nested
  @DisplayName("When a new job fails")
  class Failing {

    @Test
    @DisplayName("the update pauses, and the others stay as they are")
    void pauses() {
      Scene scene = failing();
      assertThat(pulls(scene)).isEmpty();
      RolloutView view = scene.rollout("web");
      assertThat(view.state()).isEqualTo(RolloutView.State.PAUSED);
      assertThat(view.why()).isEqualTo("web.1: exited with 1");
    }

    @Test
    @DisplayName("the update continues if failure_action is continue")
    void continues() {
      assertThat(pulls(failing("failure_action=continue"))).containsExactly("pull for web.2 on b");
    }

    @Test
    @DisplayName("the update continues up to the allowed failure ratio")
    void ratio() {
      assertThat(pulls(failing("max_failure_ratio=0.25"))).containsExactly("pull for web.2 on b");
      assertThat(pulls(failing("max_failure_ratio=0.24"))).isEmpty();
    }

    @Test
    @DisplayName("the update is rolled back if failure_action is rollback")
    void rollsBack() {
      Scene scene = failing("failure_action=rollback");
      assertThat(pulls(scene)).isEmpty();
      assertThat(scene.rollout("web").state()).isEqualTo(RolloutView.State.FAILED);
    }

    @Test
    @DisplayName("but was good before, the update has not failed; the next one waits")
    void proven() {
      Scene scene =
          failing("failure_action=rollback").remember("web.1", memory -> memory.proven(5));
      assertThat(pulls(scene)).isEmpty();
      assertThat(scene.rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
    }
  }

  @Nested
  @DisplayName("With start-first")
  class StartFirst {

    private static final String FIRST = "order=start-first";

    private Scene replacing(String... config) {
      return Scene.withHosts("a")
          .service("web", updating(1, config))
          .recordedAfter("web.1", "a", 5);
    }

    @Test
    @DisplayName("the new container is created while the old one serves")
    void createsBeside() {
      Scene scene = replacing(FIRST).container("web.1", "a", 5, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("create web.1 on a");
    }

    @Test
    @DisplayName("the old container is stopped only once the new one is good")
    void stopsWhenGood() {
      Scene good =
          replacing(FIRST, "monitor=20s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(good.actions()).containsExactly("TERM id-web.1.5 on a");
      Scene young =
          replacing(FIRST, "monitor=40s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(young.actions()).isEmpty();
      assertThat(young.reason("web.1")).contains("serves until this one is good");
    }

    @Test
    @DisplayName("an old container that does not serve is removed")
    void deadOldOne() {
      Scene scene = replacing(FIRST).container("web.1", "a", 5, Container.State.EXITED);
      assertThat(scene.actions()).containsExactly("remove id-web.1.5 on a");
    }

    @Test
    @DisplayName("a fixed port, name or data cause stop-first instead, and the status says so")
    void impossible() {
      Scene ports =
          Scene.withHosts("a").service("web", updating(1, FIRST), "\"ports\":[\"80:80\"]");
      Scene name =
          Scene.withHosts("a").service("web", updating(1, FIRST), "\"container_name\":\"mine\"");
      Scene data =
          Scene.withHosts("a").service("web", updating(1, FIRST), "\"volumes\":[\"d:/d\"]");
      assertThat(Stream.of(ports, name, data).map(scene -> scene.rollout("web").notes().getFirst()))
          .containsExactly(
              "order: stop-first, because a published port is fixed",
              "order: stop-first, because container_name is fixed",
              "order: stop-first, because both would write the same data");
    }
  }
}
