package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Hooks;
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
    @DisplayName("only after the delay that follows the last one to become good")
    void delayAfterTheLast() {
      for (String last : new String[] {"web.1", "web.2"}) {
        Scene scene =
            Scene.withHosts("a", "b")
                .service("web", updating(3, "delay=40s"))
                .runningFor(last.equals("web.1") ? 12 : 22, "web.1", "a")
                .runningFor(last.equals("web.2") ? 12 : 22, "web.2", "a")
                .runningOld("web.3", "a");
        assertThat(scene.plan().wake()).as(last).isEqualTo(Scene.NOW.plusSeconds(30));
      }
    }

    @Test
    @DisplayName("without counting the delay from a job that has completed")
    void delayAfterCompleted() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("web", updating(3, "delay=40s"))
              .runningFor(12, "web.1", "a")
              .recorded("web.2", "a")
              .remember("web.2", _ -> JobMemory.recalled(0, null, "", "", 5, "", Scene.NOW))
              .runningOld("web.3", "a");
      assertThat(scene.rollout("web").count().good()).isEqualTo(2);
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(30));
    }

    @Test
    @DisplayName(
        "and the delay does not matter while another one is under way, or once all are new")
    void noDelay() {
      Scene busy =
          Scene.withHosts("a", "b")
              .service("web", updating(3, "delay=40s", "monitor=20s"))
              .running("web.1", "a")
              .recorded("web.2", "a")
              .runningOld("web.3", "a");
      assertThat(busy.actions()).containsExactly("create web.2 on a");
      assertThat(busy.plan().wake()).isNull();
      Scene all =
          Scene.withHosts("a").service("web", updating(1, "delay=40s")).running("web.1", "a");
      assertThat(all.plan().wake()).isNull();
    }

    @Test
    @DisplayName("only after the previous one ran well for the monitor period")
    void monitor() {
      assertThat(begun("monitor=60s").actions()).isEmpty();
      assertThat(begun("monitor=60s").plan().wake()).isEqualTo(Scene.NOW.plusSeconds(30));
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
  @DisplayName("A new job has failed")
  class Causes {

    private final Scene scene =
        Scene.withHosts("a", "b").service("web", updating(2)).runningOld("web.2", "b");

    private String why() {
      return scene.rollout("web").why();
    }

    @Test
    @DisplayName("if it is unhealthy")
    void unhealthy() {
      scene.health("web.1", "a", Container.State.RUNNING, "unhealthy");
      assertThat(why()).isEqualTo("web.1: unhealthy");
    }

    @Test
    @DisplayName("if it exited, even before that exit was counted, and not while it is still young")
    void exited() {
      scene.ended("web.1", "a", 3);
      assertThat(why()).isEqualTo("web.1: exited with 3");
      Scene young = begun("monitor=60s");
      assertThat(young.rollout("web").count()).isEqualTo(new RolloutView.Count(3, 1, 0, 0));
      assertThat(young.rollout("web").why()).isEmpty();
    }

    @Test
    @DisplayName("if it could not be created or started three times")
    void neverStarted() {
      scene.recorded("web.1", "a");
      fail(2);
      assertThat(why()).isEmpty();
      assertThat(scene.rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
      fail(1);
      assertThat(why()).isEqualTo("web.1: no such device");
      scene.container("web.1", "a", 5, Container.State.CREATED);
      assertThat(why()).isEqualTo("web.1: no such device");
    }

    @Test
    @DisplayName("if it runs, but its post_start commands failed")
    void postStart() {
      scene.health("web.1", "a", Container.State.RUNNING, "starting");
      fail(1);
      assertThat(why()).isEmpty();
      scene.label("web.1", Hooks.POST_START);
      assertThat(why()).isEqualTo("web.1: no such device");
      Scene waiting = Scene.withHosts("a").service("web").running("web.1", "a");
      waiting.label("web.1", Hooks.POST_START).remember("web.1", _ -> JobMemory.NONE);
      assertThat(waiting.rollout("web").count().failed()).isZero();
    }

    @Test
    @DisplayName("if Docker restarted it, even while it runs, unless it has been good since")
    void restarted() {
      scene.health("web.1", "a", Container.State.RUNNING, "starting").restarted("web.1", 1);
      assertThat(why()).isEqualTo("web.1: exited, and Docker restarted it");
      Scene good =
          Scene.withHosts("a", "b")
              .service("web", updating(2))
              .running("web.1", "a")
              .restarted("web.1", 1)
              .runningOld("web.2", "b");
      assertThat(good.rollout("web").why()).isEmpty();
    }

    private void fail(int times) {
      for (int n = 0; n < times; n++) {
        scene.remember(
            "web.1", m -> m.failed("web.1", Fault.SPEC, "a", "no such device", Scene.LONG_AGO));
      }
    }
  }

  @Nested
  @DisplayName("The progress")
  class Progress {

    @Test
    @DisplayName("counts the jobs that are old, as they should be, good, and failed")
    void counts() {
      assertThat(begun().rollout("web").count()).isEqualTo(new RolloutView.Count(3, 1, 1, 0));
      assertThat(failing().rollout("web").count()).isEqualTo(new RolloutView.Count(3, 1, 0, 1));
    }

    @Test
    @DisplayName("is good once every job is, and under way before")
    void states() {
      assertThat(begun().rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
      Scene all =
          Scene.withHosts("a")
              .service("web", updating(2))
              .running("web.1", "a")
              .running("web.2", "a");
      assertThat(all.rollout("web").state()).isEqualTo(RolloutView.State.GOOD);
      Scene young =
          Scene.withHosts("a").service("web", updating(1, "monitor=60s")).running("web.1", "a");
      assertThat(young.rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
    }

    @Test
    @DisplayName("is not good while no job could be placed")
    void nowhere() {
      Scene scene = new Scene().host("a", Availability.PAUSE, Reach.UP).service("web");
      assertThat(scene.rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
      assertThat(scene.rollout("web").count()).isEqualTo(new RolloutView.Count(0, 1, 0, 0));
    }

    @Test
    @DisplayName("is not paused if there is nothing left to replace")
    void nothingLeft() {
      Scene scene = Scene.withHosts("a").service("web", updating(1)).crashed("web.1", "a");
      assertThat(scene.rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
      assertThat(scene.rollout("web").count().failed()).isEqualTo(1);
    }

    @Test
    @DisplayName("does not wait for a job that a person paused")
    void paused() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("web", updating(2))
              .recorded("web.1", "a")
              .container("web.1", "a", 5, Container.State.PAUSED)
              .runningOld("web.2", "b");
      assertThat(pulls(scene)).containsExactly("pull for web.2 on b");
    }

    @Test
    @DisplayName("begins with the jobs that do not run, because that interrupts nothing")
    void deadFirst() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("web", updating(2))
              .runningOld("web.1", "a")
              .recorded("web.2", "b", 5, "1-old");
      assertThat(scene.actions()).containsExactly("record web.2 on b");
      assertThat(scene.reason("web.1"))
          .isEqualTo("waiting for the other jobs: the definition changed");
    }
  }

  @Nested
  @DisplayName("With start-first")
  class StartFirst {

    private static long replaces(Scene scene) {
      return scene.plan().actions().stream()
          .filter(Action.Allocate.class::isInstance)
          .flatMap(action -> ((Action.Allocate) action).changes().stream())
          .findFirst()
          .orElseThrow()
          .record()
          .replaces();
    }

    /** An image that is there for the present definition, and no other obstacle. */
    private static Scene ready(Scene scene) {
      return scene.remember(
          "web.1", m -> m.image("a", JobMemory.image(scene.hash("web"), Scene.IMAGE), true));
    }

    @Test
    @DisplayName("the record names the container that serves meanwhile; with stop-first none")
    void names() {
      for (String order : List.of("start-first", "stop-first")) {
        Scene scene =
            Scene.withHosts("a")
                .service("web", updating(1, "order=" + order))
                .runningOld("web.1", "a");
        assertThat(replaces(ready(scene))).as(order).isEqualTo(order.equals(FIRST_WORD) ? 5 : 0);
      }
    }

    @Test
    @DisplayName("a second change replaces the new container if it is good, else still the old one")
    void twice() {
      Scene young =
          replacing(FIRST, "monitor=40s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(replaces(changed(young, "monitor=40s"))).isEqualTo(5);
      Scene good =
          replacing(FIRST, "monitor=20s").container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(replaces(changed(good, "monitor=20s"))).isEqualTo(7);
    }

    private static Scene changed(Scene scene, String monitor) {
      return ready(scene.service("web", 11, updating(1, FIRST, monitor), "\"user\":\"2\""));
    }

    @Test
    @DisplayName(
        "a second change replaces the new container once it is good, though the old one still stops")
    void twiceBeside() {
      Scene both =
          replacing(FIRST, "monitor=20s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING)
              .remember("web.1", m -> m.stopping("id-web.1.5", Scene.NOW.plusSeconds(3)));
      assertThat(replaces(changed(both, "monitor=20s"))).isEqualTo(7);
    }

    @Test
    @DisplayName("a change without a good container replaces the newest that serves")
    void newest() {
      Scene scene =
          replacing(FIRST)
              .container("web.1", "a", 3, Container.State.RUNNING)
              .container("web.1", "a", 4, Container.State.RUNNING)
              .container("web.1", "a", 2, Container.State.RUNNING);
      assertThat(replaces(changed(scene, "monitor=20s"))).isEqualTo(4);
    }

    @Test
    @DisplayName("of several old containers the replaced one serves, or else the newest")
    void whichServes() {
      Scene named =
          replacing(FIRST, "monitor=40s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 6, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(named.actions()).containsExactly("TERM id-web.1.6 on a");
      Scene others =
          replacing(FIRST, "monitor=40s")
              .container("web.1", "a", 3, Container.State.RUNNING)
              .container("web.1", "a", 4, Container.State.RUNNING)
              .container("web.1", "a", 2, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(others.actions()).containsExactly("TERM id-web.1.3 on a");
    }

    @Test
    @DisplayName("a port without a fixed number is no obstacle")
    void anyPort() {
      Scene scene =
          Scene.withHosts("a")
              .service("web", updating(1, FIRST), "\"ports\":[\"80\"]")
              .runningOld("web.1", "a");
      assertThat(replaces(ready(scene))).isEqualTo(5);
      assertThat(scene.rollout("web").notes()).isEmpty();
    }

    @Test
    @DisplayName("the job counts as good only once the old container is gone")
    void untilGone() {
      Scene both =
          replacing(FIRST, "monitor=20s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(both.rollout("web").count().good()).isZero();
      assertThat(both.rollout("web").served()).isEmpty();
      Scene alone =
          replacing(FIRST, "monitor=20s").container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(alone.rollout("web").count().good()).isEqualTo(1);
    }

    @Test
    @DisplayName("the old container serves the job until the new one is good")
    void served() {
      Scene young =
          replacing(FIRST, "monitor=40s")
              .container("web.1", "a", 5, Container.State.RUNNING)
              .container("web.1", "a", 7, Container.State.RUNNING);
      assertThat(young.rollout("web").served()).containsExactly("web.1");
    }

    private static final String FIRST_WORD = "start-first";
    private static final String FIRST = "order=" + FIRST_WORD;

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
