package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container.State;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The recorded container of a job")
class UpkeepTest {

  private static Scene recorded(State state) {
    return Scene.withHosts("a")
        .service("web")
        .recorded("web.1", "a")
        .container("web.1", "a", 5, state);
  }

  @Nested
  @DisplayName("in each of Docker's states")
  class States {

    @Test
    @DisplayName("is left alone while a person has paused it, and the status says how to resume")
    void paused() {
      Scene scene = recorded(State.PAUSED);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.PAUSED);
      assertThat(scene.reason("web.1"))
          .isEqualTo("paused with docker pause; docker unpause resumes it");
    }

    @Test
    @DisplayName("is removed if it is dead, and awaited while it is being removed")
    void ending() {
      Scene dead = recorded(State.DEAD);
      assertThat(dead.actions()).containsExactly("remove id-web.1.5 on a");
      assertThat(dead.reason("web.1")).isEqualTo("Docker reports it as dead");
      Scene removing = recorded(State.REMOVING);
      assertThat(removing.actions()).isEmpty();
      assertThat(removing.reason("web.1")).isEqualTo("it is being removed");
    }

    @Test
    @DisplayName("is in back-off while Docker restarts it")
    void restarting() {
      Scene scene = recorded(State.RESTARTING);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.BACKOFF);
      assertThat(scene.reason("web.1")).isEqualTo("exited with 0; Docker restarts it");
    }

    @Test
    @DisplayName("counts as up once it is healthy, not while its health check starts")
    void health() {
      Scene starting =
          Scene.withHosts("a").service("web").health("web.1", "a", State.RUNNING, "starting");
      assertThat(starting.state("web.1")).isEqualTo(JobView.State.STARTING);
      assertThat(starting.view("web.1").settled()).isFalse();
      Scene healthy =
          Scene.withHosts("a").service("web").health("web.1", "a", State.RUNNING, "healthy");
      assertThat(healthy.state("web.1")).isEqualTo(JobView.State.RUNNING);
      assertThat(healthy.view("web.1").settled()).isTrue();
    }
  }

  @Nested
  @DisplayName("that crashes again and again")
  class Crashes {

    private static final String TAKEN = "restart policy of id-web.1.5";

    @Test
    @DisplayName("is restarted by Docker three times, then by dowding, running or not")
    void takenOver() {
      for (State state : new State[] {State.RUNNING, State.RESTARTING}) {
        assertThat(recorded(state).restarted("web.1", 2).actions()).as("2 %s", state).isEmpty();
        assertThat(recorded(state).restarted("web.1", 3).actions())
            .as("3 %s", state)
            .containsExactly(TAKEN);
      }
    }

    @Test
    @DisplayName("is restarted by dowding from the first time on if the policy has a delay")
    void delay() {
      Scene scene =
          Scene.withHosts("a")
              .service(
                  "web",
                  "\"deploy\":{\"restart_policy\":{\"condition\":\"on-failure\",\"delay\":\"9s\"}}")
              .recorded("web.1", "a")
              .container("web.1", "a", 5, State.RUNNING);
      // Docker must not restart such a container, so its policy already says so.
      assertThat(scene.restarted("web.1", 1).actions()).isEmpty();
    }

    @Test
    @DisplayName("is not taken over again before the last try's pause is over")
    void pause() {
      Scene scene =
          recorded(State.RUNNING)
              .restarted("web.1", 3)
              .remember("web.1", m -> m.later(Scene.NOW.plusSeconds(1)));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(1));
    }

    @Test
    @DisplayName("is left to Docker once it has run for the policy's window")
    void stable() {
      String window = "\"deploy\":{\"restart_policy\":{\"window\":\"%ds\"}}";
      assertThat(running(window.formatted(30)).restarted("web.1", 3).actions()).isEmpty();
      assertThat(running(window.formatted(31)).restarted("web.1", 3).actions())
          .containsExactly(TAKEN);
    }

    @Test
    @DisplayName("is looked at again when its failures can be forgotten")
    void wakes() {
      Scene scene = running("\"deploy\":{\"restart_policy\":{\"window\":\"40s\"}}");
      assertThat(scene.plan().wake()).isNull();
      scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "bad", Scene.LONG_AGO));
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(10));
    }

    private static Scene running(String fields) {
      return Scene.withHosts("a").service("web", fields).running("web.1", "a");
    }
  }

  @Test
  @DisplayName("that was asked to stop is stopped, and started again afterwards")
  void stopping() {
    Scene scene =
        recorded(State.RUNNING)
            .remember("web.1", m -> m.stopping("id-web.1.5", Scene.NOW.plusSeconds(3)));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(3));
    assertThat(scene.reason("web.1")).isEqualTo("stopping it; it is started again then");
    scene.remember("web.1", m -> m.killed("id-web.1.5", Scene.NOW));
    assertThat(scene.actions()).containsExactly("KILL id-web.1.5 on a");
  }

  @Test
  @DisplayName("on a host that left the inventory is not touched, and the status names the host")
  void noHost() {
    Scene scene = Scene.withHosts("a").service("web", "\"x-dowding\":{\"reschedule\":\"never\"}");
    scene.recorded("web.1", "gone");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).startsWith("gone: is not in the inventory");
  }

  @Test
  @DisplayName("that failed is tried again when its pause is over, and not before")
  void backoff() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "bad", Scene.NOW));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.BACKOFF);
    assertThat(scene.plan().wake())
        .isBetween(Scene.NOW.plusSeconds(1), Scene.NOW.plus(Duration.ofMillis(1100)));
    assertThat(scene.reason("web.1")).isEqualTo("bad");
  }
}
