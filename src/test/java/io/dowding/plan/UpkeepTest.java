package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container.State;
import io.dowding.model.Ownership;
import io.dowding.model.Reach;
import java.time.Duration;
import java.util.Objects;
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
      assertThat(scene.view("web.1").settled()).isTrue();
      assertThat(scene.reason("web.1"))
          .isEqualTo("paused with docker pause; docker unpause resumes it");
    }

    @Test
    @DisplayName("is removed if it is dead, and awaited while it is being removed")
    void ending() {
      Scene dead = recorded(State.DEAD);
      assertThat(dead.actions()).containsExactly("remove id-web.1.5 on a");
      assertThat(dead.reason("web.1")).isEqualTo("Docker reports it as dead");
      assertThat(dead.view("web.1").settled()).isFalse();
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
  @DisplayName("that cannot be created is tried again, and the status says why it failed before")
  void retries() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    assertThat(scene.reason("web.1")).isEmpty();
    scene.failed("web.1", 1, "a", "no such device");
    assertThat(scene.actions()).containsExactly("create web.1 on a");
    assertThat(scene.reason("web.1")).isEqualTo("retrying after: no such device");
  }

  @Nested
  @DisplayName("that has ended")
  class Ended {

    private static Scene once(int exitCode) {
      return Scene.withHosts("a")
          .service("web", "\"restart\":\"no\"")
          .ended("web.1", "a", exitCode);
    }

    @Test
    @DisplayName("has completed if its policy does not restart it, and says how if it failed")
    void completed() {
      assertThat(once(0).actions()).isEmpty();
      assertThat(once(0).state("web.1")).isEqualTo(JobView.State.COMPLETED);
      assertThat(once(0).reason("web.1")).isEmpty();
      assertThat(once(0).view("web.1").settled()).isTrue();
      assertThat(once(3).state("web.1")).isEqualTo(JobView.State.COMPLETED);
      assertThat(once(3).reason("web.1")).isEqualTo("exited with 3; not restarted");
    }

    @Test
    @DisplayName("is not created again once it has completed, even if it was removed")
    void removed() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      scene.remember("web.1", _ -> JobMemory.recalled(0, null, "", "", 5, "", Scene.NOW));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.COMPLETED);
      assertThat(scene.reason("web.1")).isEqualTo("completed; its container was removed");
    }
  }

  @Nested
  @DisplayName("that was created, but not started,")
  class Created {

    @Test
    @DisplayName("shows the progress of its start, or that an earlier one failed")
    void progress() {
      assertThat(recorded(State.CREATED).reason("web.1")).isEmpty();
      assertThat(recorded(State.CREATED).failed("web.1", 1, "a", "bad").reason("web.1")).isEmpty();
      assertThat(recorded(State.CREATED).failed("web.1", 2, "a", "bad").reason("web.1"))
          .isEqualTo("created, not started yet");
      Scene copying = recorded(State.CREATED).failed("web.1", 2, "a", "bad");
      assertThat(copying.progress("web.1", "copying files").reason("web.1"))
          .isEqualTo("copying files");
    }

    @Test
    @DisplayName("for an earlier definition is replaced if it still needs files, else started")
    void files() {
      Scene old =
          Scene.withHosts("a")
              .service("web")
              .recorded("web.1", "a", 5, "1-old")
              .container("web.1", "a", 5, State.CREATED)
              .host("a", Availability.PAUSE, Reach.UP);
      // Held: its definition changed, and it is pinned to a host that cannot take it.
      old.pin("web.1", "x");
      assertThat(old.actions()).containsExactly("start id-web.1.5 on a");
      old.label("web.1", Ownership.FILES);
      assertThat(old.actions()).containsExactly("remove id-web.1.5 on a");
      assertThat(old.reason("web.1")).isEqualTo("its definition changed before it was started");
      assertThat(old.plan().actions().getFirst().reason())
          .isEqualTo("created for an earlier definition");
      Scene current = recorded(State.CREATED).label("web.1", Ownership.FILES);
      assertThat(current.actions()).containsExactly("start id-web.1.5 on a");
    }
  }

  @Nested
  @DisplayName("that is unhealthy")
  class Unhealthy {

    private static Scene unhealthy(String word) {
      return Scene.withHosts("a")
          .service("web", "\"x-dowding\":{\"unhealthy\":\"" + word + "\"}")
          .health("web.1", "a", State.RUNNING, "unhealthy");
    }

    @Test
    @DisplayName("says what happens to it, and is stopped only if it still is when looked at again")
    void says() {
      assertThat(unhealthy("restart").reason("web.1")).isEqualTo("unhealthy; restarting it");
      assertThat(unhealthy("replace").reason("web.1")).isEqualTo("unhealthy; replacing it");
      for (String word : new String[] {"restart", "replace"}) {
        assertThat(unhealthy(word).state("web.1")).isEqualTo(JobView.State.UNHEALTHY);
        assertThat(unhealthy(word).plan().actions())
            .singleElement()
            .extracting(action -> ((Action.Signal) action).basis().condition())
            .isEqualTo(Action.Basis.Condition.UNHEALTHY);
      }
    }

    @Test
    @DisplayName("waits for its next try, as after any failure")
    void waits() {
      Scene scene = unhealthy("restart").remember("web.1", m -> m.later(Scene.NOW.plusSeconds(9)));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(9));
      assertThat(scene.view("web.1").nextTry()).isEqualTo(Scene.NOW.plusSeconds(9));
    }
  }

  @Nested
  @DisplayName("that does not exist, while an older one serves,")
  class Serving {

    private static Scene scene() {
      return Scene.withHosts("a", "b").service("web").recorded("web.1", "a", 21, hash());
    }

    private static String hash() {
      return Scene.read("web", 10).specHash();
    }

    @Test
    @DisplayName("is awaited: of several older ones the newest serves on, and the others stop")
    void newest() {
      Scene scene =
          scene()
              .container("web.1", "a", 3, State.RUNNING)
              .container("web.1", "a", 5, State.RUNNING)
              .container("web.1", "a", 4, State.RUNNING)
              .container("web.1", "b", 9, State.RUNNING);
      assertThat(scene.actions()).containsExactly("TERM id-web.1.3 on a");
      JobView view = scene.view("web.1");
      assertThat(view.state()).isEqualTo(JobView.State.REPLACING);
      assertThat(view.reason()).isEqualTo("stopping the previous container");
      assertThat(Objects.requireNonNull(view.container()).name()).isEqualTo("web.1.5");
    }

    @Test
    @DisplayName("is not awaited by one that has been asked to stop: that one is stopped first")
    void stopping() {
      Scene scene = scene().container("web.1", "a", 5, State.RUNNING);
      scene.remember("web.1", m -> m.stopping("id-web.1.5", Scene.NOW));
      assertThat(scene.actions()).containsExactly("KILL id-web.1.5 on a");
    }

    @Test
    @DisplayName(
        "is not created for an earlier definition; the status says why the other one stays")
    void earlier() {
      Scene scene =
          Scene.withHosts("a")
              .service("web")
              .recorded("web.1", "a", 21, "1-old")
              .container("web.1", "a", 5, State.RUNNING)
              .pin("web.1", "x");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1"))
          .isEqualTo(
              "pinned to x by pins/web.1, but x is not in the inventory: add it, or change the"
                  + " pin");
    }
  }

  @Nested
  @DisplayName("that replaces one which still serves")
  class Beside {

    private static Scene scene(State state) {
      return Scene.withHosts("a")
          .service("web", "\"deploy\":{\"update_config\":{\"order\":\"start-first\"}}")
          .recordedAfter("web.1", "a", 5)
          .container("web.1", "a", 5, State.RUNNING)
          .container("web.1", "a", 7, state);
    }

    private static final String SERVES = "the previous container serves until this one is good";

    @Test
    @DisplayName("has that in its status, after what is wrong with itself")
    void both() {
      assertThat(scene(State.CREATED).reason("web.1")).isEqualTo(SERVES);
      assertThat(scene(State.CREATED).view("web.1").settled()).isFalse();
      assertThat(scene(State.DEAD).reason("web.1"))
          .isEqualTo("Docker reports it as dead; " + SERVES);
    }
  }

  @Test
  @DisplayName("that runs counts as up two seconds later, without waiting for an event")
  void settles() {
    String monitor = "\"deploy\":{\"update_config\":{\"monitor\":\"60s\"}}";
    Scene young = Scene.withHosts("a").service("web", monitor).runningFor(1, "web.1", "a");
    assertThat(young.state("web.1")).isEqualTo(JobView.State.STARTING);
    assertThat(young.wake("web")).isEqualTo(Scene.NOW.plusSeconds(1));
    Scene settled = Scene.withHosts("a").service("web").runningFor(2, "web.1", "a");
    assertThat(settled.state("web.1")).isEqualTo(JobView.State.RUNNING);
    assertThat(settled.plan().wake()).isNull();
  }

  @Test
  @DisplayName("that lost a network shows when it is reconnected next; one that did not shows none")
  void reconnects() {
    Scene scene = Scene.withHosts("a").service("web").running("web.1", "a");
    scene.remember("web.1", m -> m.connected("no room", Scene.NOW));
    assertThat(scene.view("web.1").nextTry()).isNull();
    scene.disconnected("web.1", "back");
    assertThat(scene.view("web.1").nextTry()).isEqualTo(Scene.NOW.plusSeconds(1));
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
