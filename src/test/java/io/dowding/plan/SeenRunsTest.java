package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container;
import io.dowding.model.Container.State;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Hooks;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("What is remembered of a job's container")
class SeenRunsTest {

  private static final Instant NOW = Scene.NOW;
  private static final RestartPolicy ALWAYS = RestartPolicy.DEFAULT;
  private static final RestartPolicy ON_FAILURE =
      new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 0);

  /** A container of which one thing after the other can be said. */
  private record Told(Container is) {
    static Told that(State state) {
      return new Told(
          new Container(
              "id",
              "web.1.5",
              "demo",
              Map.of(),
              false,
              state,
              0,
              false,
              "",
              null,
              0,
              NOW.minusSeconds(30),
              null,
              RestartPolicy.Kind.UNLESS_STOPPED,
              "TERM",
              ContainerSpec.DEFAULT_STOP_GRACE,
              List.of()));
    }

    /** One that ran for a second until this moment. */
    static Told exited(int code, Instant at) {
      return that(State.EXITED).with(code, "", null, 0, false, at.minusSeconds(1), at);
    }

    private Told with(
        int code,
        String error,
        @Nullable String health,
        int restarts,
        boolean oomKilled,
        @Nullable Instant started,
        @Nullable Instant finished) {
      return new Told(
          new Container(
              is.id(),
              is.name(),
              is.image(),
              is.labels(),
              false,
              is.state(),
              code,
              oomKilled,
              error,
              health,
              restarts,
              started,
              finished,
              is.restart(),
              is.stopSignal(),
              is.stopGrace(),
              List.of()));
    }

    Told started(Instant at) {
      return with(is.exitCode(), is.error(), is.health(), 0, false, at, is.finishedAt());
    }

    Told health(String health) {
      return with(is.exitCode(), is.error(), health, 0, false, is.startedAt(), is.finishedAt());
    }

    Told error(String error) {
      return with(is.exitCode(), error, is.health(), 0, false, is.startedAt(), is.finishedAt());
    }

    Told outOfMemory() {
      return with(is.exitCode(), "", is.health(), 0, true, is.startedAt(), is.finishedAt());
    }

    Told restarted(int times) {
      return with(is.exitCode(), "", is.health(), times, false, is.startedAt(), is.finishedAt());
    }

    Told withPostStart() {
      return new Told(is.withLabels(Map.of(Hooks.POST_START, "[{}]"), false));
    }
  }

  private static JobMemory saw(JobMemory memory, Told told) {
    return saw(memory, told, ALWAYS);
  }

  private static JobMemory saw(JobMemory memory, Told told, RestartPolicy restart) {
    return memory.saw("web.1", 5, told.is(), restart, NOW);
  }

  @Nested
  @DisplayName("An exit")
  class Exit {

    @Test
    @DisplayName("is counted once, and restarted immediately the first time")
    void once() {
      JobMemory memory = saw(JobMemory.NONE, Told.exited(3, NOW));
      assertThat(memory.failures()).isEqualTo(1);
      assertThat(memory.exits()).isEqualTo(1);
      assertThat(memory.nextTry()).isEqualTo(NOW);
      assertThat(memory.lastError()).isEqualTo("exited with 3");
      assertThat(saw(memory, Told.exited(3, NOW))).isSameAs(memory);
      JobMemory twice = saw(memory, Told.exited(3, NOW.plusSeconds(2)));
      assertThat(twice.failures()).isEqualTo(2);
      assertThat(twice.exits()).isEqualTo(2);
      assertThat(twice.nextTry()).isBetween(NOW.plusMillis(1000), NOW.plusMillis(1100));
    }

    @Test
    @DisplayName("is not counted again by the next agent, which reads the last one from the status")
    void recalled() {
      JobMemory before = saw(JobMemory.NONE, Told.exited(3, NOW));
      JobMemory after =
          JobMemory.recalled(
              1, NOW.plusSeconds(9), "exited with 3", before.countedExit(), 5, "", NOW);
      assertThat(saw(after, Told.exited(3, NOW))).isSameAs(after);
      assertThat(after.lastError()).isEqualTo("exited with 3");
      assertThat(after.completed()).isEqualTo(5);
      assertThat(after.nextTry()).isEqualTo(NOW);
    }

    @Test
    @DisplayName("after a run as long as the window is the first one again")
    void stable() {
      JobMemory memory = saw(JobMemory.NONE, Told.exited(1, NOW));
      memory = saw(memory, Told.exited(1, NOW.plusSeconds(1)));
      Instant end = NOW.plus(Duration.ofMinutes(10));
      JobMemory long_ = saw(memory, Told.exited(1, end).started(NOW));
      assertThat(long_.failures()).isEqualTo(1);
      assertThat(long_.exits()).isEqualTo(1);
      JobMemory shorter = saw(memory, Told.exited(1, end).started(NOW.plusMillis(1)));
      assertThat(shorter.failures()).isEqualTo(3);
      assertThat(shorter.exits()).isEqualTo(3);
    }

    @Test
    @DisplayName("comes after the restarts that Docker made")
    void byDocker() {
      JobMemory memory = saw(JobMemory.NONE, Told.exited(1, NOW).restarted(4));
      assertThat(memory.failures()).isEqualTo(5);
      RestartPolicy twice = new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 2);
      assertThat(saw(JobMemory.NONE, Told.exited(1, NOW).restarted(2), twice).completed())
          .isEqualTo(5);
      assertThat(saw(JobMemory.NONE, Told.exited(1, NOW).restarted(1), twice).completed()).isZero();
    }

    @Test
    @DisplayName("has the engine's error as its cause, or that memory ran out")
    void causes() {
      assertThat(saw(JobMemory.NONE, Told.exited(137, NOW).outOfMemory()).lastError())
          .isEqualTo("exited with 137 (out of memory)");
      assertThat(saw(JobMemory.NONE, Told.exited(127, NOW).error("no such file")).lastError())
          .isEqualTo("no such file");
    }

    @Test
    @DisplayName("of a container that was stopped because it was unhealthy says so")
    void unhealthy() {
      Told sick = Told.exited(143, NOW).health("unhealthy");
      assertThat(saw(JobMemory.NONE.stopping("id", NOW), sick).lastError())
          .isEqualTo("was unhealthy; dowding restarted it");
      assertThat(saw(JobMemory.NONE, sick).lastError()).isEqualTo("exited with 143");
      assertThat(saw(JobMemory.NONE.stopping("id", NOW), Told.exited(143, NOW)).lastError())
          .isEqualTo("exited with 143");
    }

    @Test
    @DisplayName("completes a job whose policy restarts it only after a failure")
    void completed() {
      assertThat(saw(JobMemory.NONE, Told.exited(0, NOW), ON_FAILURE).completed()).isEqualTo(5);
      assertThat(saw(JobMemory.NONE, Told.exited(1, NOW), ON_FAILURE).completed()).isZero();
      assertThat(saw(JobMemory.NONE, Told.exited(0, NOW)).completed()).isZero();
    }

    @Test
    @DisplayName("waits for the delay of the policy, or longer if its pause is longer")
    void delay() {
      RestartPolicy slow =
          new RestartPolicy(
              RestartPolicy.Kind.ALWAYS, 0, Duration.ofSeconds(9), Duration.ofMinutes(1));
      JobMemory memory = saw(JobMemory.NONE, Told.exited(1, NOW), slow);
      assertThat(memory.nextTry()).isEqualTo(NOW.plusSeconds(9));
      for (int n = 1; n <= 5; n++) {
        memory = saw(memory, Told.exited(1, NOW.plusSeconds(n)), slow);
      }
      assertThat(memory.nextTry()).isAfterOrEqualTo(NOW.plusSeconds(16));
    }

    @Test
    @DisplayName("ends the run")
    void endsRun() {
      JobMemory memory = saw(JobMemory.NONE, Told.that(State.RUNNING));
      JobMemory ended = saw(memory, Told.exited(1, NOW));
      assertThat(ended.runningSince()).isNull();
      assertThat(ended.wellSince()).isNull();
      JobMemory again = ended.saw("web.1", 5, Told.that(State.RUNNING).is(), ALWAYS, LATER);
      assertThat(again.runningSince()).isEqualTo(LATER);
    }
  }

  private static final Instant LATER = NOW.plusSeconds(5);

  @Nested
  @DisplayName("A run")
  class Run {

    @Test
    @DisplayName("is timed from when it was first seen, and is well from then on")
    void timed() {
      JobMemory memory = saw(JobMemory.NONE, Told.that(State.RUNNING));
      assertThat(memory.runningSince()).isEqualTo(NOW);
      assertThat(memory.wellSince()).isEqualTo(NOW);
      assertThat(memory.saw("web.1", 5, Told.that(State.RUNNING).is(), ALWAYS, LATER))
          .isSameAs(memory);
    }

    @Test
    @DisplayName("is another one once its container was started again")
    void another() {
      JobMemory memory = saw(JobMemory.NONE, Told.that(State.RUNNING));
      Told restarted = Told.that(State.RUNNING).started(NOW);
      JobMemory again = memory.saw("web.1", 5, restarted.is(), ALWAYS, LATER);
      assertThat(again.runningSince()).isEqualTo(LATER);
      assertThat(again.wellSince()).isEqualTo(LATER);
    }

    @Test
    @DisplayName("forgets the stop, the image and the end of what came before")
    void forgets() {
      JobMemory before =
          saw(JobMemory.NONE, Told.exited(0, NOW), ON_FAILURE)
              .stopping("id", NOW)
              .preStopped("id")
              .image("a", "x", true);
      JobMemory memory = saw(before, Told.that(State.RUNNING));
      assertThat(memory.completed()).isZero();
      assertThat(memory.killAt("id")).isNull();
      assertThat(memory.isPreStopped("id")).isFalse();
      assertThat(memory.hasImage("a", "x")).isFalse();
    }

    @Test
    @DisplayName("is not well while it is paused, restarting, unhealthy or not healthy yet")
    void unwell() {
      JobMemory memory = saw(JobMemory.NONE, Told.that(State.RUNNING));
      for (State state : List.of(State.PAUSED, State.RESTARTING, State.REMOVING, State.CREATED)) {
        assertThat(saw(memory, Told.that(state)).wellSince()).as(state.word()).isNull();
      }
      for (String health : List.of("unhealthy", "starting")) {
        Told sick = Told.that(State.RUNNING).health(health);
        assertThat(saw(memory, sick).wellSince()).as(health).isNull();
        assertThat(saw(JobMemory.NONE, sick).wellSince()).as(health).isNull();
      }
      assertThat(saw(JobMemory.NONE, Told.that(State.PAUSED)).runningSince()).isEqualTo(NOW);
    }

    @Test
    @DisplayName("is well again from when it is healthy again, without starting over")
    void wellAgain() {
      JobMemory sick = saw(JobMemory.NONE, Told.that(State.RUNNING).health("unhealthy"));
      Told healthy = Told.that(State.RUNNING).health("healthy");
      JobMemory memory = sick.saw("web.1", 5, healthy.is(), ALWAYS, LATER);
      assertThat(memory.runningSince()).isEqualTo(NOW);
      assertThat(memory.wellSince()).isEqualTo(LATER);
    }

    @Test
    @DisplayName("is not well before its post_start commands have run, which they do once per run")
    void postStart() {
      Told hooked = Told.that(State.RUNNING).withPostStart();
      JobMemory memory = saw(JobMemory.NONE, hooked);
      assertThat(memory.wellSince()).isNull();
      assertThat(memory.awaitsPostStart(hooked.is())).isTrue();
      JobMemory ran = memory.postStarted(hooked.is());
      assertThat(ran.awaitsPostStart(hooked.is())).isFalse();
      assertThat(saw(ran, hooked).wellSince()).isEqualTo(NOW);
      Told next = hooked.started(NOW);
      assertThat(ran.awaitsPostStart(next.is())).isTrue();
      JobMemory recalled = JobMemory.recalled(0, null, "", "", 0, ran.postStarted(), NOW);
      assertThat(recalled.awaitsPostStart(hooked.is())).isFalse();
    }

    @Test
    @DisplayName("shows that the start without an answer was carried out")
    void lostStart() {
      JobMemory lost = JobMemory.NONE.failed("web.1", Fault.LOST, "a", "no answer", NOW);
      JobMemory memory = saw(lost, Told.that(State.RUNNING));
      assertThat(memory.failures()).isZero();
      assertThat(memory.lastError()).isEmpty();
      assertThat(memory.mayTryAt(NOW)).isTrue();
      assertThat(memory.troubleOn()).isNull();
      JobMemory refused = JobMemory.NONE.failed("web.1", Fault.SPEC, "a", "bad", NOW);
      assertThat(saw(refused, Told.that(State.RUNNING)).failures()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("a container that was created tells nothing of earlier failures")
  void created() {
    JobMemory failed = JobMemory.NONE.failed("web.1", Fault.SPEC, "a", "bad", NOW);
    assertThat(saw(failed, Told.that(State.CREATED)).failures()).isEqualTo(1);
    JobMemory twice = failed.failed("web.1", Fault.LOST, "a", "no answer", NOW).awaitingContainer();
    JobMemory seen = saw(twice, Told.that(State.CREATED));
    assertThat(seen.failures()).isEqualTo(1);
    assertThat(seen.lastError()).isEqualTo("no answer");
    assertThat(saw(seen, Told.that(State.CREATED)).failures()).isEqualTo(1);
  }
}
