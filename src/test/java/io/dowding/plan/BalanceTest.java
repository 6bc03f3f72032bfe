package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rebalancing")
class BalanceTest {

  private static Scene crowded(int jobs, String... fields) {
    Scene scene = Scene.withHosts("a", "b");
    for (int number = 1; number <= jobs; number++) {
      scene.service("s" + number, fields).running("s" + number + ".1", "a");
    }
    return scene;
  }

  private static List<String> moves(Scene scene) {
    return Balance.of(scene.situation(), 10).stream()
        .map(move -> move.job() + ": " + move.from() + " -> " + move.to())
        .toList();
  }

  @Test
  @DisplayName("moves jobs until no move evens out the load")
  void moves() {
    assertThat(moves(crowded(4))).containsExactly("s1.1: a -> b", "s2.1: a -> b");
    assertThat(moves(crowded(1))).isEmpty();
  }

  @Test
  @DisplayName("stops after as many moves as are asked for, each with its reason")
  void most() {
    assertThat(Balance.of(crowded(6).situation(), 1))
        .singleElement()
        .satisfies(
            move -> {
              assertThat(move.why()).isEqualTo("load 0 there, 6 here");
              assertThat(move.incarnation()).isEqualTo(5);
            });
    assertThat(Balance.of(crowded(6).situation(), 0)).isEmpty();
  }

  @Test
  @DisplayName("moves what narrows the difference most; a job without weight changes nothing")
  void weight() {
    String half = "\"x-dowding\":{\"weight\":0.5}";
    Scene scene = crowded(2).service("zoo", half).running("zoo.1", "a");
    assertThat(moves(scene)).containsExactly("zoo.1: a -> b", "s1.1: a -> b");
    assertThat(Balance.of(scene.situation(), 2).getLast().why())
        .isEqualTo("load 0.5 there, 2 here");
    String none = "\"x-dowding\":{\"weight\":0}";
    assertThat(moves(crowded(1).service("zoo", none).running("zoo.1", "a"))).isEmpty();
  }

  @Test
  @DisplayName("prefers the first of equal hosts, and no host that does not fit")
  void hosts() {
    Scene scene = Scene.withHosts("a", "b", "c").host("d", Availability.PAUSE, Reach.UP);
    for (int number = 1; number <= 4; number++) {
      scene.service("s" + number).running("s" + number + ".1", "a");
    }
    assertThat(moves(scene)).containsExactly("s1.1: a -> b", "s2.1: a -> c");
  }

  @Test
  @DisplayName("leaves jobs that are global, packed, to be replaced, lost or not running")
  void others() {
    String packed = "\"x-dowding\":{\"strategy\":\"binpack\"}";
    assertThat(moves(crowded(4, packed))).isEmpty();
    Scene global = Scene.withHosts("a", "b");
    Scene old = Scene.withHosts("a", "b");
    Scene absent = Scene.withHosts("a", "b");
    Scene lost = Scene.withHosts("b", "c", "d").host("a", Availability.ACTIVE, Reach.DOWN);
    for (int n = 1; n <= 4; n++) {
      String name = "s" + n;
      global.service(name, "\"deploy\":{\"mode\":\"global\"}").running(name + ".a", "a");
      old.service(name).runningOld(name + ".1", "a");
      absent.service(name).recorded(name + ".1", "a");
      lost.service(name).running(name + ".1", "a");
    }
    for (Scene scene : List.of(global, old, absent, lost)) {
      assertThat(moves(scene)).isEmpty();
    }
    Scene deleted = Scene.withHosts("a", "b").recorded("x.1", "a", 5, "1-x");
    assertThat(moves(deleted.recorded("y.1", "a", 5, "1-x"))).isEmpty();
  }

  @Test
  @DisplayName("leaves jobs with data or a pin where they are")
  void stay() {
    assertThat(moves(crowded(4, "\"volumes\":[\"data:/data\"]"))).isEmpty();
    assertThat(moves(crowded(3).pin("s1", "a").pin("s2", "a").pin("s3", "a"))).isEmpty();
  }

  @Test
  @DisplayName("does not put replicas together for it")
  void replicas() {
    Scene scene =
        crowded(3)
            .service("web", "\"deploy\":{\"replicas\":2}")
            .running("web.1", "a")
            .running("web.2", "b");
    assertThat(moves(scene)).containsExactly("s1.1: a -> b");
  }

  @Test
  @DisplayName("is done by the update rules, once, and only to a host that fits")
  void asked() {
    String move = "\"x-dowding\":{\"restart\":{\"web.1\":{\"up_to\":5,\"host\":\"b\"}}}";
    Scene scene = Scene.withHosts("a", "b").service("web", 11, move).running("web.1", "a");
    assertThat(scene.actions()).containsExactly("pull for web.1 on b");
    assertThat(scene.reason("web.1")).startsWith("pulling the new image");
    Scene moved =
        Scene.withHosts("a", "b")
            .service("web", 11, move)
            .recorded("web.1", "a", 6, Scene.read("web", 10).specHash());
    assertThat(moved.actions()).containsExactly("create web.1 on a");
    Scene full =
        Scene.withHosts("a", "b")
            .service("web", 11, move, "\"ports\":[\"80:80\"]")
            .running("web.1", "a")
            .stranger("b", "nginx", 80);
    assertThat(full.actions()).isEmpty();
    assertThat(full.reason("web.1"))
        .isEqualTo("does not move to b as asked: port 80 is taken by nginx");
  }
}
