package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container.State;
import io.dowding.model.EngineInfo;
import io.dowding.model.Reach;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("A job that is to be replaced")
class ReplacingTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";
  private static final String DATA = "\"volumes\":[\"data:/data\"]";
  private static final String NEVER = "\"x-dowding\":{\"reschedule\":\"never\"}";

  @Nested
  @DisplayName("has a status:")
  class Status {

    @Test
    @DisplayName("a new one is starting on its host, with the reason for the choice")
    void isNew() {
      JobView view = Scene.withHosts("a").service("web").view("web.1");
      assertThat(view.state()).isEqualTo(JobView.State.STARTING);
      assertThat(view.host()).isEqualTo("a");
      assertThat(view.reason()).isEqualTo("best fit: 0 jobs of this service, load 0");
      assertThat(view.current()).isFalse();
    }

    @Test
    @DisplayName("one whose new record is being written is replacing, and shows what still runs")
    void record() {
      Scene scene = Scene.withHosts("a").service("web").runningOld("web.1", "a");
      JobView view = scene.hasImage("web.1", "a").view("web.1");
      assertThat(view.state()).isEqualTo(JobView.State.REPLACING);
      assertThat(view.container()).isEqualTo(scene.container("web.1"));
      assertThat(view.reason()).isEqualTo("the definition changed");
    }

    @Test
    @DisplayName("one whose call is under way gets no new record")
    void busy() {
      Scene scene = Scene.withHosts("a").service("web").runningOld("web.1", "a");
      scene.hasImage("web.1", "a").busy("web.1");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).isEqualTo("the definition changed");
    }

    @Test
    @DisplayName("one that only gets another digest of its tag says which")
    void digest() {
      String tag = "\"image\":\"demo:1\"";
      Scene scene = Scene.withHosts("a").service("web", tag);
      scene.pinnedTo("web", "sha256:" + "2".repeat(64));
      String before = scene.hash("web") + "@sha256:" + "1".repeat(64);
      scene.recorded("web.1", "a", 5, before).container("web.1", "a", 5, State.RUNNING);
      assertThat(scene.reason("web.1")).startsWith("pulling the new image");
      Action.Pull pull = (Action.Pull) scene.plan().actions().getFirst();
      assertThat(pull.reason()).isEqualTo("its image changes to sha256:222222222222");
    }

    @Test
    @DisplayName("one whose new digest is not written yet waits for that")
    void recording() {
      Scene scene = Scene.withHosts("a").service("web", "\"image\":\"demo:1\"");
      scene.runningOld("web.1", "a").recording("web");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).isEqualTo("recording the digest of its tag");
    }

    @Test
    @DisplayName("one that is recreated after its dependency says so")
    void renewed() {
      Scene scene =
          Scene.withHosts("a")
              .service("app", "\"depends_on\":{\"db\":{\"restart\":true}}")
              .running("app.1", "a")
              .service("db")
              .recorded("db.1", "a", 7, Scene.read("db", 10).specHash())
              .container("db.1", "a", 7, State.RUNNING);
      assertThat(scene.hasImage("app.1", "a").why("app.1")).isEqualTo("db was recreated");
      scene.service("app", "\"user\":\"2\"", "\"depends_on\":{\"db\":{\"restart\":true}}");
      assertThat(scene.hasImage("app.1", "a").why("app.1")).isEqualTo("the definition changed");
    }
  }

  @Nested
  @DisplayName("on a host that cannot be used")
  class Unusable {

    @Test
    @DisplayName("stays as it is, and the next one is replaced")
    void next() {
      Scene scene =
          Scene.withHosts("a")
              .host("b", Availability.ACTIVE, Reach.DOWN)
              .service("web", TWO, NEVER)
              .runningOld("web.1", "b")
              .runningOld("web.2", "a");
      assertThat(scene.actions()).containsExactly("pull for web.2 on a");
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.UNREACHABLE);
    }

    @Test
    @DisplayName("is not adopted without a record: it is placed elsewhere")
    void notAdopted() {
      Scene scene =
          Scene.withHosts("a", "c", "d")
              .host("b", Availability.ACTIVE, Reach.DOWN)
              .service("web")
              .container("web.1", "b", 5, State.RUNNING);
      assertThat(scene.actions()).containsExactly("record web.1 on a");
    }
  }

  @Nested
  @DisplayName("whose first replacement was overtaken by another definition")
  class Overtaken {

    private Scene scene(State replacement) {
      return Scene.withHosts("a")
          .service("web")
          .recorded("web.1", "a", 7, "1-first")
          .container("web.1", "a", 5, State.RUNNING)
          .container("web.1", "a", 7, replacement);
    }

    @Test
    @DisplayName("keeps the container that serves until the second one can replace it")
    void serves() {
      Scene scene = scene(State.EXITED);
      assertThat(scene.actions()).containsExactly("pull for web.1 on a");
      JobView view = scene.view("web.1");
      assertThat(view.state()).isEqualTo(JobView.State.REPLACING);
      assertThat(view.reason()).isEqualTo("pulling the new image before replacing it");
      assertThat(Objects.requireNonNull(view.container()).name()).isEqualTo("web.1.5");
      assertThat(scene.hasImage("web.1", "a").actions()).containsExactly("record web.1 on a");
    }

    @Test
    @DisplayName("loses the older one if the first replacement runs")
    void both() {
      assertThat(scene(State.RUNNING).actions()).containsExactly("TERM id-web.1.5 on a");
    }
  }

  @Nested
  @DisplayName("and whose new place was taken in the meantime")
  class Taken {

    private static final String FOUR_GIB =
        "\"deploy\":{\"replicas\":5,\"update_config\":{\"parallelism\":4},\"resources\":{\"reservations\":{\"memory\":\"4g\"}}}";

    private static final EngineInfo GIB_8 =
        new EngineInfo(
            "id", "29", "1.52", 4, 8L << 30, "linux", "amd64", Set.of(), Set.of(), Set.of(),
            Set.of());

    @Test
    @DisplayName("stays as recorded, says what it lacks, and does not hold up the others")
    void stays() {
      String big = "\"deploy\":{\"resources\":{\"reservations\":{\"memory\":\"8g\"}}}";
      Scene scene = Scene.withHosts("a", "b", "c").service("web", FOUR_GIB);
      for (String host : new String[] {"a", "b", "c"}) {
        scene.engine(host, GIB_8);
      }
      // Two jobs fit on b; a has no room, and c just enough for those that run there.
      scene.service("big", big).running("big.1", "a");
      for (int n = 1; n <= 3; n++) {
        scene.recorded("web." + n, "a", n, "1-old");
      }
      scene.runningOld("web.4", "c").runningOld("web.5", "c");
      assertThat(scene.actions())
          .containsExactly(
              "record web.1 on b",
              "record web.2 on b",
              "pull for web.4 on c",
              "pull for web.5 on c");
      JobView third = scene.view("web.3");
      assertThat(third.host()).isEqualTo("a");
      assertThat(third.state()).isEqualTo(JobView.State.STARTING);
      assertThat(third.reason()).startsWith("a: 0 GiB of 8 GiB free, 4 GiB asked");
    }
  }

  @Nested
  @DisplayName("after its name was found to be in use")
  class NameTaken {

    @Test
    @DisplayName("gets another incarnation, and with it another name")
    void another() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      scene.remember("web.1", m -> m.nameTaken(5));
      assertThat(scene.actions()).containsExactly("record web.1 on a");
      scene.remember("web.1", m -> m.later(Scene.NOW.plusSeconds(1)));
      assertThat(scene.actions()).isEmpty();
    }

    @Test
    @DisplayName("waits for that name if its definition says so")
    void fixed() {
      Scene scene = Scene.withHosts("a").service("web", "\"container_name\":\"mine\"");
      scene.recorded("web.1", "a").remember("web.1", m -> m.nameTaken(5));
      assertThat(scene.actions()).containsExactly("create web.1 on a");
    }
  }

  @Nested
  @DisplayName("and the agent's pin to its data:")
  class Pins {

    private static final String AUTO_B = "b # auto: volume data";

    private static Scene moved() {
      return Scene.withHosts("a")
          .host("b", Availability.GONE, Reach.DOWN)
          .service("db", DATA)
          .running("db.1", "a")
          .pin("db.1", AUTO_B);
    }

    @Test
    @DisplayName("follows a job whose host is gone")
    void follows() {
      assertThat(moved().actions()).containsExactly("pin db.1 to a");
      assertThat(moved().pin("db.1", "a # auto: volume data").actions()).isEmpty();
    }

    @Test
    @DisplayName("stays while a person's pin moved the job, which returns to its data later")
    void stays() {
      assertThat(moved().pin("db", "a").actions()).isEmpty();
      assertThat(moved().service("db", DATA, "\"x-dowding\":{\"pin\":\"a\"}").actions()).isEmpty();
    }

    @Test
    @DisplayName("is not written for a host that cannot be used")
    void unusable() {
      Scene scene = Scene.withHosts("b", "c", "d").host("a", Availability.ACTIVE, Reach.DOWN);
      assertThat(scene.service("db", DATA).running("db.1", "a").actions()).isEmpty();
    }
  }

  @Nested
  @DisplayName("by a bug of the planner")
  class Bug {

    @Test
    @DisplayName("is reported by its status, and no other service is affected")
    void service() {
      Scene scene = Scene.withHosts("a").service("db").service("web").bug("db.1");
      assertThat(scene.actions()).containsExactly("record web.1 on a");
      assertThat(scene.state("db.1")).isEqualTo(JobView.State.PENDING);
      assertThat(scene.reason("db.1"))
          .isEqualTo("internal error, please report it: java.lang.IllegalStateException: a bug");
    }

    @Test
    @DisplayName("is reported for the job that is to be removed, and no other is affected")
    void job() {
      Scene scene =
          Scene.withHosts("a")
              .recorded("old.2", "a", 5, "1-x")
              .recorded("old.3", "a", 5, "1-x")
              .bug("old.2");
      assertThat(scene.actions()).containsExactly("forget old.3 on a");
      assertThat(scene.reason("old.2")).startsWith("internal error");
    }
  }
}
