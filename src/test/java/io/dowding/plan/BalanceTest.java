package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

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
