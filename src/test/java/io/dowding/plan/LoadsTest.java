package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Allocation;
import io.dowding.model.Container.State;
import io.dowding.model.EngineInfo;
import io.dowding.model.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The load of a host")
class LoadsTest {

  private static final String PORT = "\"ports\":[\"80:80\"]";

  /** The reason that this host gives to a new service with a fixed port. */
  private static String why(Scene scene) {
    return scene.service("zoo", PORT).reason("zoo.1");
  }

  @Nested
  @DisplayName("contains the ports")
  class Ports {

    @Test
    @DisplayName("of recorded jobs, before their containers exist")
    void recorded() {
      assertThat(why(Scene.withHosts("a").service("web", PORT).recorded("web.1", "a")))
          .isEqualTo("no host fits: a: port 80 is taken by web.1");
    }

    @Test
    @DisplayName("of the recorded definition only: of an earlier one they are not known")
    void earlier() {
      Scene scene = Scene.withHosts("a").service("web", PORT, "\"x-dowding\":{\"pin\":\"a\"}");
      scene.recorded("web.1", "a", 5, "1-old").busy("web.1");
      assertThat(why(scene)).startsWith("best fit");
    }

    @Test
    @DisplayName("of unmanaged containers")
    void unmanaged() {
      assertThat(why(Scene.withHosts("a").stranger("a", "nginx", 80)))
          .isEqualTo("no host fits: a: port 80 is taken by nginx");
    }
  }

  @Nested
  @DisplayName("counts")
  class Counts {

    @Test
    @DisplayName("unmanaged containers that run, not those that have ended")
    void unmanaged() {
      Scene scene = Scene.withHosts("a").stranger("a", "nginx", 81);
      assertThat(why(scene)).endsWith("load 1");
      assertThat(why(Scene.withHosts("a").strangerEnded("a", "old", 81))).endsWith("load 0");
    }

    @Test
    @DisplayName("a recorded job once, with or without its container")
    void once() {
      Scene scene = Scene.withHosts("a").service("web", "\"x-dowding\":{\"weight\":2}");
      assertThat(why(scene.recorded("web.1", "a"))).endsWith("load 2");
      assertThat(why(scene.container("web.1", "a", 5, State.RUNNING))).endsWith("load 2");
    }

    @Test
    @DisplayName("a job of a service that is not known as one")
    void unknown() {
      Scene scene = Scene.withHosts("a", "b").recorded("old.1", "a", 5, "1-x").busy("old.1");
      assertThat(scene.service("web").actions()).containsExactly("record web.1 on b");
    }
  }

  @Test
  @DisplayName("changes by itself when a library's record no longer counts")
  void nextChange() {
    Instant now = Scene.NOW;
    Allocation first = library("auth.x", now.minusSeconds(500));
    Allocation second = library("auth.y", now.minusSeconds(400));
    Allocation past = library("auth.z", now.minusSeconds(600));
    Allocation job = new Allocation("web.1", "a", "web", "1-x", 10, 5, now, "because", 6);
    assertThat(Loads.nextChange(List.of(), now)).isNull();
    assertThat(Loads.nextChange(List.of(job, past), now)).isNull();
    assertThat(Loads.nextChange(List.of(second, job, first, past), now))
        .isEqualTo(now.plusSeconds(100));
    assertThat(Loads.nextChange(List.of(first, second), now)).isEqualTo(now.plusSeconds(100));
  }

  private static Allocation library(String job, Instant since) {
    return new Allocation(job, "a", "", "", 0, 5, since, "because", 6);
  }

  @Test
  @DisplayName("has what the host offers to jobs, and what they reserve of it")
  void room() {
    EngineInfo engine =
        new EngineInfo(
            "id", "29", "1.52", 4, 8L << 30, "linux", "amd64", Set.of(), Set.of(), Set.of(),
            Set.of());
    String memory = "\"deploy\":{\"resources\":{\"reservations\":{\"memory\":\"1g\"}}}";
    Scene scene = Scene.withHosts("a").engine("a", engine).reserve(new Resources(0, 2L << 30));
    Loads loads = scene.service("web", memory).recorded("web.1", "a").situation().loads();
    assertThat(loads.room("a"))
        .isEqualTo(
            new Loads.Room(new Resources(4_000_000_000L, 6L << 30), new Resources(0, 1L << 30)));
    assertThat(loads.room("unknown")).isNull();
  }
}
