package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("Services of a project that share a network")
class GroupsTest {

  private static final String DATA = "\"volumes\":[\"data:/data\"]";
  private static final String ON_B =
      "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == b\"]}}";

  /** A service of the project shop; what begins with a comma is for its x-dowding. */
  private static Scene with(Scene scene, String name, String... fields) {
    Predicate<String> isExtra = field -> field.startsWith(",");
    String extras = Stream.of(fields).filter(isExtra).collect(Collectors.joining());
    Stream<String> ofShop =
        Stream.of(
            "\"networks\":[\"shop_default\"]",
            "\"x-dowding\":{\"project\":\"shop\"" + extras + "}");
    Stream<String> others = Stream.of(fields).filter(isExtra.negate());
    return scene.service(name, Stream.concat(ofShop, others).toArray(String[]::new));
  }

  private static Scene two(String... hosts) {
    return with(with(Scene.withHosts(hosts), "db"), "web");
  }

  private static Scene lost(Scene scene, String name) {
    return scene.host(name, Availability.ACTIVE, Reach.DOWN);
  }

  @Nested
  @DisplayName("when they are new")
  class New {

    @Test
    @DisplayName("go to one host, and say with whom")
    void together() {
      Scene scene = two("a", "b", "c").stranger("a", "nginx", 80);
      assertThat(scene.actions()).containsExactly("record db.1 on b", "record web.1 on b");
      assertThat(scene.why("db.1")).isEqualTo("the best host that fits all of its group: load 0");
      assertThat(scene.why("web.1")).isEqualTo("together with db");
    }

    @Test
    @DisplayName("take all their replicas along")
    void replicas() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      with(scene, "web", "\"deploy\":{\"replicas\":2}");
      assertThat(scene.actions())
          .containsExactly("record db.1 on a", "record web.1 on a", "record web.2 on a");
    }

    @Test
    @DisplayName("go where the last of them fits as well")
    void allFit() {
      Scene scene = with(Scene.withHosts("a", "b", "c"), "db");
      with(scene, "web", "\"ports\":[\"80:80\"]").stranger("a", "nginx", 80);
      with(scene, "zoo", ON_B);
      assertThat(scene.actions())
          .containsExactly("record db.1 on b", "record web.1 on b", "record zoo.1 on b");
    }

    @Test
    @DisplayName("go where the data of one of them is")
    void data() {
      Scene scene = with(Scene.withHosts("a", "b"), "db", DATA);
      with(scene, "app").volumes("b", "data");
      assertThat(scene.actions()).containsExactly("record app.1 on b", "record db.1 on b");
    }

    @Test
    @DisplayName("fit nowhere where one of them does not, and each host names it")
    void nowhere() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      scene.host("c", Availability.DRAIN, Reach.UP).stranger("a", "nginx", 80);
      with(scene, "web", "\"ports\":[\"80:80\"]");
      with(scene, "zoo", "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == a\"]}}");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1"))
          .isEqualTo(
              "no host fits: a: web.1: port 80 is taken by nginx; b: zoo.1: node.hostname == a does"
                  + " not hold; c: drained");
    }

    @Test
    @DisplayName("cannot be on one host where two of them want the same port")
    void samePort() {
      Scene scene = with(Scene.withHosts("a"), "db", "\"ports\":[\"80:80\"]");
      with(scene, "web", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1"))
          .isEqualTo("no host fits: a: web.1: port 80 is taken by db.1");
    }

    @Test
    @DisplayName("find their place free although another service comes in between")
    void reserved() {
      Scene scene = with(Scene.withHosts("a"), "db");
      scene.service("mid", "\"ports\":[\"80:80\"]");
      with(scene, "web", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on a");
      assertThat(scene.reason("mid.1")).contains("port 80 is taken by web.1");
    }

    @Test
    @DisplayName("follow the first one that was placed, also while they waited for it")
    void waits() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      with(scene, "web", "\"depends_on\":{\"db\":{}}").running("db.1", "b");
      assertThat(scene.actions()).contains("record web.1 on b");
      assertThat(scene.why("web.1")).isEqualTo("together with db");
    }

    @Test
    @DisplayName("bring a side-car to where it fits too")
    void sideCar() {
      Scene scene = two("a", "b").stranger("a", "nginx", 80);
      scene.service(
          "car",
          "\"network_mode\":\"service:web\"",
          "\"x-dowding\":{\"project\":\"shop\"}",
          "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == a\"]}}");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on a");
    }
  }

  @Nested
  @DisplayName("of which one is not to be with the others")
  class Apart {

    @Test
    @DisplayName("because it says so, are spread as before")
    void saysSo() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      with(scene, "web", ",\"together\":false");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on b");
    }

    @Test
    @DisplayName("because its replicas cannot share a host, leave it to itself")
    void cannot() {
      Scene scene = two("a", "b");
      with(scene, "x", ",\"exclusive\":true", "\"deploy\":{\"replicas\":2}");
      assertThat(scene.actions())
          .containsExactly(
              "record db.1 on a", "record web.1 on a", "record x.1 on b", "record x.2 on a");
    }

    @Test
    @DisplayName("because it is of another project or in no network of its own, do not wait for it")
    void others() {
      Scene scene = two("a", "b");
      scene.service(
          "other", "\"networks\":[\"shop_default\"]", "\"x-dowding\":{\"project\":\"shop2\"}");
      scene.service("ext", "\"networks\":[\"proxy\"]", "\"x-dowding\":{\"project\":\"shop\"}");
      assertThat(scene.actions())
          .containsExactly(
              "record db.1 on a", "record ext.1 on b", "record other.1 on b", "record web.1 on a");
    }
  }

  @Nested
  @DisplayName("where one of them is pinned")
  class Pinned {

    @Test
    @DisplayName("follow it")
    void follow() {
      Scene scene = two("a", "b").pin("web", "b");
      assertThat(scene.actions()).containsExactly("record web.1 on b", "record db.1 on b");
      assertThat(scene.why("db.1")).isEqualTo("together with web");
    }

    @Test
    @DisplayName("follow it when they run elsewhere")
    void move() {
      Scene scene = two("a", "b").running("db.1", "a").running("web.1", "a").pin("web", "b");
      assertThat(scene.actions()).contains("pull for db.1 on b", "pull for web.1 on b");
    }

    @Test
    @DisplayName("follow a person's pin before the agent's, and the first where there are two")
    void order() {
      Scene scene = with(with(Scene.withHosts("a", "b", "c"), "cache", DATA), "db");
      with(scene, "web").pin("cache.1", "a # auto: volume data").pin("web", "b").pin("db", "c");
      with(scene, "x");
      assertThat(scene.actions())
          .containsExactly(
              "record cache.1 on a", "record db.1 on c", "record web.1 on b", "record x.1 on c");
      assertThat(scene.why("x.1")).isEqualTo("together with db");
    }

    @Test
    @DisplayName("say so where another is pinned elsewhere")
    void apart() {
      Scene scene = two("a", "b").running("db.1", "a").running("web.1", "b");
      scene.pin("db", "a").pin("web", "b");
      assertThat(scene.reason("web.1"))
          .isEqualTo(
              "apart from db, which is pinned to a by pins/db: names do not resolve from one host"
                  + " to another");
      assertThat(scene.reason("db.1")).isEmpty();
    }

    @Test
    @DisplayName("stay with it while its host is lost, and say how they come away")
    void lostAnchor() {
      Scene scene = with(with(Scene.withHosts("a", "b"), "db", DATA), "web");
      lost(scene.running("db.1", "a").running("web.1", "a"), "a");
      scene.pin("db.1", "a # auto: volume data");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1"))
          .endsWith(
              "held: together with db, which is pinned to a, where its data is; to move them,"
                  + " write hosts/a = gone, or pin db to another host");
    }

    @Test
    @DisplayName("stay with it when its host is drained")
    void drainedAnchor() {
      Scene scene = with(with(Scene.withHosts("b"), "db", DATA), "web");
      scene.host("a", Availability.DRAIN, Reach.UP);
      scene.running("db.1", "a").running("web.1", "a").pin("db.1", "a # auto: volume data");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).startsWith("held: together with db, ");
    }

    @Test
    @DisplayName("leave together once its host is gone")
    void goneAnchor() {
      Scene scene = with(with(Scene.withHosts("b", "c"), "db", DATA), "web");
      scene.host("a", Availability.GONE, Reach.DOWN);
      scene.running("db.1", "a").running("web.1", "a").pin("db.1", "a # auto: volume data");
      assertThat(scene.actions()).contains("record db.1 on b", "record web.1 on b");
    }

    @Test
    @DisplayName("wait where they do not fit beside it")
    void noRoom() {
      Scene scene = two("a", "b").stranger("a", "nginx", 80).pin("db", "a");
      with(scene, "x", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on a");
      assertThat(scene.reason("x.1"))
          .isEqualTo(
              "together with db on a, but a: port 80 is taken by nginx; make room there, or give it"
                  + " x-dowding.together: false");
    }
  }

  @Nested
  @DisplayName("that run")
  class Running {

    private Scene running(Scene scene, String host) {
      return scene.running("db.1", host).running("web.1", host);
    }

    @Test
    @DisplayName("do not move for a better place")
    void stay() {
      assertThat(running(two("a", "b").stranger("a", "nginx", 80), "a").actions()).isEmpty();
    }

    @Test
    @DisplayName("are not moved for a new one that does not fit")
    void newMember() {
      Scene scene = running(two("a", "b").stranger("a", "nginx", 80), "a");
      with(scene, "x", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("x.1")).startsWith("together with db on a, but a: port 80 is taken");
    }

    @Test
    @DisplayName("are not moved for a new one that may not be there")
    void newConstraint() {
      Scene scene = with(running(two("a", "b"), "a"), "x", ON_B);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("x.1")).startsWith("together with db on a, but a: node.hostname ==");
    }

    @Test
    @DisplayName("leave a lost host without a new one that has data nowhere or fits nowhere")
    void newData() {
      Scene scene = lost(running(two("a", "b", "c"), "a"), "a");
      with(
          scene,
          "x",
          DATA,
          "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == z\"]}}");
      assertThat(scene.actions()).containsExactly("record db.1 on b", "record web.1 on b");
      assertThat(scene.reason("x.1")).startsWith("together with db on b, but b: node.hostname ==");
    }

    @Test
    @DisplayName("run apart where their host is lost and the host of the others has no room")
    void apart() {
      Scene scene =
          with(two("a", "b", "c"), "x", "\"ports\":[\"80:80\"]").stranger("a", "nginx", 80);
      lost(scene.running("db.1", "a").running("web.1", "a").running("x.1", "b"), "b");
      assertThat(scene.actions()).containsExactly("record x.1 on c");
      assertThat(scene.why("x.1"))
          .isEqualTo(
              "b is down; apart from the others: db is on a, but a: port 80 is taken by nginx");
    }

    @Test
    @DisplayName("take room on the host that they leave until they are recorded on another")
    void countTwice() {
      Scene scene = running(two("a", "b").stranger("b", "one", 81).stranger("b", "two", 82), "a");
      with(scene, "web", ON_B).running("web.1", "a").service("zoo");
      assertThat(scene.actions())
          .containsExactly("record zoo.1 on a", "pull for db.1 on b", "pull for web.1 on b");
      assertThat(scene.why("zoo.1")).endsWith("load 2");
    }

    @Test
    @DisplayName("leave a drained host for one that fits all")
    void drained() {
      Scene scene = two("b", "c").host("a", Availability.DRAIN, Reach.UP);
      running(scene.stranger("b", "nginx", 80), "a");
      with(scene, "x", "\"ports\":[\"80:80\"]").running("x.1", "a");
      assertThat(scene.actions())
          .containsExactly("pull for db.1 on c", "pull for web.1 on c", "pull for x.1 on c");
      assertThat(scene.reason("web.1")).contains("pulling the new image before replacing it");
    }

    @Test
    @DisplayName("follow the first one that left")
    void follow() {
      Scene scene = two("b", "c").host("a", Availability.DRAIN, Reach.UP);
      scene.running("db.1", "c").running("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for web.1 on c");
    }

    @Test
    @DisplayName("stay on a drained host that is the only one that fits all, and say why")
    void drainedNowhere() {
      Scene scene = two("b").host("a", Availability.DRAIN, Reach.UP);
      running(scene.stranger("b", "nginx", 80), "a");
      with(scene, "x", "\"ports\":[\"80:80\"]").running("x.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1"))
          .isEqualTo("a is drained; no host fits: a: drained; b: x.1: port 80 is taken by nginx");
    }

    @Test
    @DisplayName("leave a host that is down, all at once")
    void down() {
      Scene scene = lost(running(two("a", "b", "c"), "a"), "a");
      assertThat(scene.actions()).containsExactly("record db.1 on b", "record web.1 on b");
      assertThat(scene.why("db.1")).startsWith("a is down; the best host");
      assertThat(scene.why("web.1")).isEqualTo("a is down; together with db");
    }

    @Test
    @DisplayName("are as patient as the most patient of them")
    void patience() {
      Scene scene = lost(running(two("a", "b"), "a"), "a");
      with(scene, "web", ",\"reschedule\":\"5m\"").running("web.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1")).endsWith("it moves once its host has been silent for 5 min");
      with(scene, "x", ",\"pin\":\"none\"", DATA).running("x.1", "a");
      assertThat(scene.reason("db.1"))
          .endsWith(
              "held: x does not leave a, where its data is; to move all that is together with it,"
                  + " write hosts/a = gone, or pin it to another host");
    }

    @Test
    @DisplayName("leave together where a constraint of one of them holds no more")
    void constraint() {
      Scene scene = running(two("a", "b"), "a");
      with(scene, "web", ON_B).running("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for db.1 on b", "pull for web.1 on b");
    }

    @Test
    @DisplayName("come together on the host of most of them")
    void split() {
      Scene scene = with(two("a", "b"), "x");
      scene.running("db.1", "a").running("web.1", "b").running("x.1", "b");
      assertThat(scene.actions()).containsExactly("pull for db.1 on b");
    }

    @Test
    @DisplayName("are not left by one that can do without them")
    void stopped() {
      Scene scene = running(two("a", "b"), "a");
      with(scene, "x", ",\"state\":\"stopped\"", "\"ports\":[\"80:80\"]");
      assertThat(scene.stranger("a", "nginx", 80).actions()).isEmpty();
    }
  }

  @Nested
  @DisplayName("of which one cannot be made on its host")
  class Avoided {

    private Scene failing(Scene scene, String job) {
      for (int i = 0; i < Settings.TRIES_ON_ONE_HOST; i++) {
        scene.remember(job, m -> m.failed(job, Fault.HOST, "a", "no disk", Scene.NOW));
      }
      return scene;
    }

    @Test
    @DisplayName("leave it together if none of them ever ran there")
    void neverRan() {
      Scene scene = failing(two("a", "b").recorded("db.1", "a").recorded("web.1", "a"), "db.1");
      assertThat(scene.actions()).contains("record db.1 on b", "record web.1 on b");
    }

    @Test
    @DisplayName("stay if another one runs there")
    void ran() {
      Scene scene = failing(two("a", "b").recorded("db.1", "a").running("web.1", "a"), "db.1");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1")).contains("no disk");
    }
  }
}
