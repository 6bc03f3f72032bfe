package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.model.Together;
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

  /** Adds a service of the project shop. Fields that start with a comma go into x-dowding. */
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
  @DisplayName("that are new")
  class New {

    @Test
    @DisplayName("go to one host, and their records name the first one")
    void together() {
      Scene scene = two("a", "b", "c").stranger("a", "nginx", 80);
      assertThat(scene.actions()).containsExactly("record db.1 on b", "record web.1 on b");
      assertThat(scene.why("db.1")).isEqualTo("the best host that fits all of its group: load 0");
      assertThat(scene.why("web.1")).isEqualTo("together with db");
    }

    @Test
    @DisplayName("are placed with all their replicas")
    void replicas() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      with(scene, "web", "\"deploy\":{\"replicas\":2}");
      assertThat(scene.actions())
          .containsExactly("record db.1 on a", "record web.1 on a", "record web.2 on a");
    }

    @Test
    @DisplayName("go to a host that fits all of them")
    void allFit() {
      Scene scene = with(Scene.withHosts("a", "b", "c"), "db");
      with(scene, "web", "\"ports\":[\"80:80\"]").stranger("a", "nginx", 80);
      with(scene, "zoo", ON_B);
      assertThat(scene.actions())
          .containsExactly("record db.1 on b", "record web.1 on b", "record zoo.1 on b");
    }

    @Test
    @DisplayName("go to the data of one of them")
    void data() {
      Scene scene = with(Scene.withHosts("a", "b"), "db", DATA);
      with(scene, "app").volumes("b", "data");
      assertThat(scene.actions()).containsExactly("record app.1 on b", "record db.1 on b");
    }

    @Test
    @DisplayName("do not fit a host that does not fit one of them, and the reason names that one")
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
    @DisplayName("cannot share a host if two of them need the same port")
    void samePort() {
      Scene scene = with(Scene.withHosts("a"), "db", "\"ports\":[\"80:80\"]");
      with(scene, "web", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1"))
          .isEqualTo("no host fits: a: web.1: port 80 is taken by db.1");
    }

    @Test
    @DisplayName("reserve their places before other services are placed")
    void reserved() {
      Scene scene = with(Scene.withHosts("a"), "db");
      scene.service("mid", "\"ports\":[\"80:80\"]");
      with(scene, "web", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on a");
      assertThat(scene.reason("mid.1")).contains("port 80 is taken by web.1");
    }

    @Test
    @DisplayName("follow the first one that was placed, even if they waited for it")
    void waits() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      with(scene, "web", "\"depends_on\":{\"db\":{}}").running("db.1", "b");
      assertThat(scene.actions()).contains("record web.1 on b");
      assertThat(scene.why("web.1")).isEqualTo("together with db");
    }

    @Test
    @DisplayName("go to a host that also fits a side-car")
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
  @DisplayName("of which one is placed apart")
  class Apart {

    @Test
    @DisplayName("because of together: false, are spread over hosts")
    void saysSo() {
      Scene scene = with(Scene.withHosts("a", "b"), "db");
      with(scene, "web", ",\"together\":false");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on b");
    }

    @Test
    @DisplayName("because its replicas cannot share a host, are placed without it")
    void cannot() {
      Scene scene = two("a", "b");
      with(scene, "x", ",\"exclusive\":true", "\"deploy\":{\"replicas\":2}");
      assertThat(scene.actions())
          .containsExactly(
              "record db.1 on a", "record web.1 on a", "record x.1 on b", "record x.2 on a");
    }

    @Test
    @DisplayName(
        "because it has another project or no network of the project, are placed without it")
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

  @Test
  @DisplayName("are placed by themselves if they are more than 500, and the status says so")
  void tooMany() {
    Scene scene = Scene.withHosts("a", "b");
    for (int n = 0; n <= Together.MOST; n++) {
      with(scene, "s" + n);
    }
    assertThat(scene.actions()).contains("record s0.1 on a", "record s1.1 on b");
    assertThat(scene.rollout("s0").notes())
        .containsExactly(
            "501 services share networks, too many for one host (the most is 500): each is placed by"
                + " itself, and their names do not resolve from one host to another");
  }

  @Nested
  @DisplayName("of which one is pinned")
  class Pinned {

    @Test
    @DisplayName("go to its host")
    void follow() {
      Scene scene = two("a", "b").pin("web", "b");
      assertThat(scene.actions()).containsExactly("record web.1 on b", "record db.1 on b");
      assertThat(scene.why("db.1")).isEqualTo("together with web");
    }

    @Test
    @DisplayName("move to its host")
    void move() {
      Scene scene = two("a", "b").running("db.1", "a").running("web.1", "a").pin("web", "b");
      assertThat(scene.actions()).contains("pull for db.1 on b", "pull for web.1 on b");
    }

    @Test
    @DisplayName("follow a user's pin before the agent's, and the first one of two")
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
    @DisplayName("say so if two are pinned to different hosts")
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
    @DisplayName("stay while its host is lost, and say how to move them")
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
    @DisplayName("stay while its host is drained")
    void drainedAnchor() {
      Scene scene = with(with(Scene.withHosts("b"), "db", DATA), "web");
      scene.host("a", Availability.DRAIN, Reach.UP);
      scene.running("db.1", "a").running("web.1", "a").pin("db.1", "a # auto: volume data");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).startsWith("held: together with db, ");
    }

    @Test
    @DisplayName("stay without a word while nothing is wrong with its host")
    void fineAnchor() {
      Scene scene = two("a", "b").running("db.1", "a").running("web.1", "a").pin("db", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).isEmpty();
    }

    @Test
    @DisplayName("stay although a constraint of another one no longer holds, and say which")
    void brokenConstraint() {
      Scene scene = with(with(Scene.withHosts("a", "b"), "db"), "web", ON_B).pin("db", "a");
      scene.running("db.1", "a").running("web.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1"))
          .isEqualTo(
              "held: node.hostname == b does not hold on a; together with db, which is pinned to a"
                  + " by pins/db; to move them, pin db to another host");
    }

    @Test
    @DisplayName("stay without a word if its host left the inventory")
    void unknownAnchor() {
      Scene scene = two("b").running("web.1", "b").pin("db", "x").recorded("web.1", "x");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).startsWith("x: is not in the inventory");
    }

    @Test
    @DisplayName("move together once its host is gone")
    void goneAnchor() {
      Scene scene = with(with(Scene.withHosts("b", "c"), "db", DATA), "web");
      scene.host("a", Availability.GONE, Reach.DOWN);
      scene.running("db.1", "a").running("web.1", "a").pin("db.1", "a # auto: volume data");
      assertThat(scene.actions()).contains("record db.1 on b", "record web.1 on b");
    }

    @Test
    @DisplayName("wait if they do not fit on its host")
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
    @DisplayName("do not move to a better host")
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
    @DisplayName("are not moved for a new one that must not run there")
    void newConstraint() {
      Scene scene = with(running(two("a", "b"), "a"), "x", ON_B);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("x.1")).startsWith("together with db on a, but a: node.hostname ==");
    }

    @Test
    @DisplayName("leave a lost host even if a new one fits nowhere")
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
    @DisplayName("run apart if a host is lost and the host of the others has no room")
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
    @DisplayName("count on the old host until they are recorded on another")
    void countTwice() {
      Scene scene = running(two("a", "b").stranger("b", "one", 81).stranger("b", "two", 82), "a");
      with(scene, "web", ON_B).running("web.1", "a").service("zoo");
      assertThat(scene.actions())
          .containsExactly("record zoo.1 on a", "pull for db.1 on b", "pull for web.1 on b");
      assertThat(scene.why("zoo.1")).endsWith("load 2");
    }

    @Test
    @DisplayName("leave a drained host for one that fits all of them")
    void drained() {
      Scene scene = two("b", "c").host("a", Availability.DRAIN, Reach.UP);
      running(scene.stranger("b", "nginx", 80), "a");
      with(scene, "x", "\"ports\":[\"80:80\"]").running("x.1", "a");
      assertThat(scene.actions())
          .containsExactly("pull for db.1 on c", "pull for web.1 on c", "pull for x.1 on c");
      assertThat(scene.reason("web.1")).contains("pulling the new image before replacing it");
    }

    @Test
    @DisplayName("follow the first one that moved")
    void follow() {
      Scene scene = two("b", "c").host("a", Availability.DRAIN, Reach.UP);
      scene.running("db.1", "c").running("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for web.1 on c");
    }

    @Test
    @DisplayName("stay on a drained host if no other host fits all of them, and say why")
    void drainedNowhere() {
      Scene scene = two("b").host("a", Availability.DRAIN, Reach.UP);
      running(scene.stranger("b", "nginx", 80), "a");
      with(scene, "x", "\"ports\":[\"80:80\"]").running("x.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1"))
          .isEqualTo("a is drained; no host fits: a: drained; b: x.1: port 80 is taken by nginx");
    }

    @Test
    @DisplayName("move together if their host is down")
    void down() {
      Scene scene = lost(running(two("a", "b", "c"), "a"), "a");
      assertThat(scene.actions()).containsExactly("record db.1 on b", "record web.1 on b");
      assertThat(scene.why("db.1")).startsWith("a is down; the best host");
      assertThat(scene.why("web.1")).isEqualTo("a is down; together with db");
    }

    @Test
    @DisplayName("wait for a lost host as long as the most patient of them")
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
    @DisplayName("move together if a constraint of one of them no longer holds")
    void constraint() {
      Scene scene = running(two("a", "b"), "a");
      with(scene, "web", ON_B).running("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for db.1 on b", "pull for web.1 on b");
      assertThat(scene.hasImage("db.1", "b").why("db.1"))
          .startsWith("web.1: node.hostname == b does not hold on a; the best host");
    }

    @Test
    @DisplayName("move to the host that has most of them")
    void split() {
      Scene scene = with(two("a", "b"), "x");
      scene.running("db.1", "a").running("web.1", "b").running("x.1", "b");
      assertThat(scene.actions()).containsExactly("pull for db.1 on b");
    }

    @Test
    @DisplayName("move to the first host by name if two have as many of them")
    void even() {
      Scene scene = two("a", "b").running("db.1", "b").running("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for db.1 on a");
    }

    @Test
    @DisplayName("do not wait for a host that has not answered when they leave another one")
    void doNotWait() {
      Scene scene = two("b").host("a", Availability.DRAIN, Reach.UP).awaited("c", 4);
      assertThat(running(scene, "a").actions())
          .containsExactly("pull for db.1 on b", "pull for web.1 on b");
    }

    @Test
    @DisplayName("take in new ones, whose records name the service that is there")
    void joined() {
      Scene scene = with(Scene.withHosts("a", "b").stranger("a", "nginx", 80), "db");
      with(scene, "web", "\"deploy\":{\"replicas\":3}");
      scene.running("web.1", "a").running("web.2", "a");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.3 on a");
      assertThat(scene.why("db.1")).isEqualTo("together with web");
      assertThat(scene.why("web.3")).isEqualTo("together with web.1");
    }

    @Test
    @DisplayName("are not affected by a stopped one that does not fit")
    void stopped() {
      Scene scene = running(two("a", "b"), "a");
      with(scene, "x", ",\"state\":\"stopped\"", "\"ports\":[\"80:80\"]");
      assertThat(scene.stranger("a", "nginx", 80).actions()).isEmpty();
    }
  }

  @Nested
  @DisplayName("of which one cannot be created on its host")
  class Avoided {

    private Scene failing(Scene scene, String job) {
      for (int i = 0; i < Settings.TRIES_ON_ONE_HOST; i++) {
        scene.remember(job, m -> m.failed(job, Fault.HOST, "a", "no disk", Scene.NOW));
      }
      return scene;
    }

    @Test
    @DisplayName("move together if none of them ever ran there")
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
