package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A plan is made again only if something changes that it depends on. */
@DisplayName("The plan of a service depends")
class ReadsTest {

  private static final String GLOBAL = "\"deploy\":{\"mode\":\"global\"}";

  @Test
  @DisplayName("on nothing but its own keys and containers while its jobs run as desired")
  void nothing() {
    Scene scene = Scene.withHosts("a", "b").service("web").running("web.1", "a");
    assertThat(scene.reads("web")).isEqualTo(ServicePlan.NOTHING.reads());
  }

  @Nested
  @DisplayName("on hosts:")
  class Hosts {

    @Test
    @DisplayName("on all of them if a job needs one")
    void all() {
      Scene scene = Scene.withHosts("a", "b").service("web");
      assertThat(scene.reads("web").fleet()).isTrue();
      assertThat(scene.reads("web").places()).isTrue();
    }

    @Test
    @DisplayName("on the one that a job is pinned to, and on no other")
    void pinned() {
      ServicePlan.Reads reads =
          Scene.withHosts("a", "b").service("web").pin("web", "b").reads("web");
      assertThat(reads.hosts()).containsExactly("b");
      assertThat(reads.fleet()).isFalse();
      assertThat(reads.places()).isTrue();
    }

    @Test
    @DisplayName("on the one that a job was asked to move to")
    void asked() {
      String move = "\"x-dowding\":{\"restart\":{\"web.1\":{\"up_to\":5,\"host\":\"b\"}}}";
      Scene scene = Scene.withHosts("a", "b").service("web", 11, move).running("web.1", "a");
      assertThat(scene.reads("web").hosts()).containsExactly("b");
    }

    @Test
    @DisplayName("on its own, if a changed definition needs room there")
    void room() {
      Scene scene = Scene.withHosts("a", "b").service("web").runningOld("web.1", "a");
      assertThat(scene.reads("web").hosts()).containsExactly("a");
    }

    @Test
    @DisplayName("on the one that the agent pinned a job to, until it is recorded there")
    void autoPin() {
      String data = "\"volumes\":[\"data:/data\"]";
      Scene scene = Scene.withHosts("a", "b").service("db", data).pin("db.1", "b # auto: data");
      assertThat(scene.reads("db").hosts()).containsExactly("b");
      assertThat(scene.running("db.1", "b").reads("db").hosts()).isEmpty();
      assertThat(scene.running("db.1", "a").reads("db").hosts()).containsExactly("b");
      scene.host("b", Availability.GONE, Reach.DOWN);
      assertThat(scene.reads("db").hosts()).containsExactly("b");
    }

    @Test
    @DisplayName("on the setting of each of them if it is global")
    void words() {
      assertThat(Scene.withHosts("a").service("log", GLOBAL).reads("log").words()).isTrue();
      assertThat(Scene.withHosts("a").service("web").reads("web").words()).isFalse();
    }

    @Test
    @DisplayName("on those that had reached their limit of calls")
    void starved() {
      Scene scene = Scene.withHosts("a");
      for (int n = 0; n < 9; n++) {
        scene.service("s" + n).recorded("s" + n + ".1", "a");
      }
      assertThat(scene.actions()).hasSize(8);
      assertThat(scene.reads("s7").starvedOn()).isEmpty();
      assertThat(scene.reads("s8").starvedOn()).containsExactly("a");
      // It is planned again when a call ends, so nothing else has to be awaited.
      assertThat(scene.reads("s7").unfinished()).isTrue();
      assertThat(scene.reads("s8").unfinished()).isFalse();
    }

    @Test
    @DisplayName("on one that had another call, if a tag is to be looked up through it")
    void notIdle() {
      String[] follow = {"\"image\":\"demo:1\"", "\"x-dowding\":{\"follow\":\"15m\"}"};
      Scene scene = Scene.withHosts("a");
      for (String name : new String[] {"one", "two"}) {
        scene.service(name, follow).pinnedTo(name, "sha256:" + "1".repeat(64));
        scene.running(name + ".1", "a");
      }
      assertThat(scene.reads("one").starvedOn()).isEmpty();
      assertThat(scene.reads("two").starvedOn()).containsExactly("a");
    }
  }

  @Nested
  @DisplayName("on other services:")
  class Services {

    @Test
    @DisplayName("on those that it waits for, and all that they wait for")
    void dependencies() {
      Scene scene =
          Scene.withHosts("a")
              .service("app", "\"depends_on\":[\"db\"]")
              .service("db", "\"depends_on\":[\"disk\"]");
      assertThat(scene.reads("app").services()).contains("db", "disk").doesNotContain("web");
    }

    @Test
    @DisplayName("on the one that it is pinned to, and all further ones of that chain")
    void pins() {
      Scene scene =
          Scene.withHosts("a")
              .service("app")
              .pin("app", "job:web")
              .service("web")
              .pin("web", "job:cache")
              .service("cache")
              .pin("cache", "job:db")
              .service("db", "\"x-dowding\":{\"parent\":\"disk\"}");
      assertThat(scene.reads("app").services()).contains("web", "cache", "db", "disk");
    }

    @Test
    @DisplayName("on those whose volumes it uses, and all that they use in turn")
    void volumes() {
      Scene scene =
          Scene.withHosts("a")
              .service("far")
              .service("near", "\"volumes_from\":[\"far\"]")
              .service("app", "\"volumes_from\":[\"near\"]")
              .pin("app", "a")
              .running("near.1", "a")
              .recorded("app.1", "a");
      assertThat(scene.reads("app").services()).contains("near", "far");
    }

    @Test
    @DisplayName("on those whose namespaces it uses")
    void namespaces() {
      Scene scene =
          Scene.withHosts("a")
              .service("vpn")
              .service("app", "\"network_mode\":\"service:vpn\"")
              .pin("app", "a")
              .running("vpn.1", "a")
              .recorded("app.1", "a");
      assertThat(scene.reads("app").services()).contains("vpn");
    }

    private static Scene shop(Scene scene, String name, String... fields) {
      String[] all = Arrays.copyOf(fields, fields.length + 2);
      all[fields.length] = "\"networks\":[\"shop_default\"]";
      all[fields.length + 1] = "\"x-dowding\":{\"project\":\"shop\"}";
      return scene.service(name, all);
    }

    @Test
    @DisplayName("on those that it is placed together with, and on their project")
    void project() {
      Scene scene = shop(shop(Scene.withHosts("a", "b"), "db"), "web");
      for (String name : new String[] {"db", "web"}) {
        ServicePlan.Reads reads = scene.reads(name);
        assertThat(reads.projects()).as(name).containsExactly("shop");
        assertThat(reads.services()).as(name).contains("db", "web");
        assertThat(reads.fleet()).as(name).isTrue();
        assertThat(reads.places()).as(name).isTrue();
      }
    }

    @Test
    @DisplayName("on the place that was found for all of them, before they are recorded there")
    void placedTogether() {
      Scene scene = shop(shop(Scene.withHosts("b"), "db"), "web");
      scene.host("a", Availability.DRAIN, Reach.UP).running("db.1", "a").running("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for db.1 on b", "pull for web.1 on b");
      assertThat(scene.reads("db").places()).isTrue();
      assertThat(scene.reads("web").places()).isTrue();
    }

    @Test
    @DisplayName("on the pins of those that it is placed together with")
    void pinsOfGroup() {
      Scene scene = shop(shop(Scene.withHosts("a", "b"), "db"), "web").service("disk");
      scene.pin("db", "job:disk").running("db.1", "a").running("web.1", "a");
      assertThat(scene.reads("web").services()).contains("disk");
    }

    @Test
    @DisplayName("on the host of those that it is placed together with")
    void hostOfGroup() {
      Scene scene = shop(shop(Scene.withHosts("a", "b"), "db"), "web").running("db.1", "b");
      assertThat(scene.reads("web").hosts()).containsExactly("b");
      assertThat(scene.reads("web").fleet()).isTrue();
    }

    @Test
    @DisplayName("on all hosts if it has to leave those that it is placed together with")
    void aloneAfterAll() {
      Scene scene = shop(Scene.withHosts("c", "d"), "db");
      shop(scene, "web", "\"ports\":[\"80:80\"]").stranger("c", "nginx", 80);
      scene.host("a", Availability.ACTIVE, Reach.DOWN).stranger("d", "nginx", 80);
      scene.running("db.1", "a").running("web.1", "a");
      assertThat(scene.reads("web").fleet()).isTrue();
    }

    @Test
    @DisplayName("and is due when one that decides for it is due")
    void wake() {
      Scene scene =
          shop(shop(Scene.withHosts("b", "c", "d"), "db"), "web")
              .host("a", Availability.ACTIVE, Reach.UNKNOWN)
              .running("db.1", "a")
              .running("web.1", "a");
      assertThat(scene.wake("web")).isEqualTo(Scene.NOW.plusSeconds(40));
      assertThat(scene.wake("db")).isEqualTo(Scene.NOW.plusSeconds(40));
    }
  }

  @Nested
  @DisplayName("on its turn:")
  class Turns {

    private final Scene scene =
        Scene.withHosts("a")
            .service("app", "\"deploy\":{\"replicas\":100}")
            .service("more")
            .service("pinned")
            .pin("pinned", "a");

    @Test
    @DisplayName("of those that need a place, pinned ones come first, the others by name")
    void tries() {
      assertThat(scene.reads("app").tries()).isEqualTo(new Turn(false, "app"));
      assertThat(scene.reads("pinned").tries()).isEqualTo(new Turn(true, "pinned"));
      assertThat(new Turn(true, "pinned")).isLessThan(new Turn(false, "app"));
      assertThat(new Turn(false, "app")).isLessThan(new Turn(false, "more"));
      assertThat(scene.service("web").running("web.1", "a").reads("web").tries()).isNull();
    }

    @Test
    @DisplayName("one waits if as many jobs as can be recorded at once come before it")
    void waits() {
      assertThat(scene.reads("more").waits()).isEqualTo(new Turn(false, "more"));
      assertThat(scene.reads("more").tries()).isNull();
      assertThat(scene.reads("pinned").waits()).isNull();
      assertThat(scene.plan().full()).isEqualTo(new Turn(false, "app"));
      assertThat(Scene.withHosts("a").service("web").plan().full()).isNull();
    }
  }

  @Nested
  @DisplayName("on things that no event reports:")
  class Unfinished {

    @Test
    @DisplayName("on a container that has to be looked at again")
    void looks() {
      Scene scene =
          Scene.withHosts("a")
              .service("web", "\"deploy\":{\"replicas\":2,\"update_config\":{\"monitor\":\"29s\"}}")
              .running("web.1", "a")
              .runningOld("web.2", "a");
      assertThat(scene.reads("web").looks()).isFalse();
      assertThat(scene.silentFor("a", Duration.ofSeconds(5)).reads("web").looks()).isTrue();
    }

    @Test
    @DisplayName("on the age of the cluster if a container without a record may be newer than etcd")
    void age() {
      Scene job = Scene.withHosts("a").service("web");
      job.container("web.1", "a", 999, Container.State.RUNNING);
      assertThat(job.actions()).isEmpty();
      assertThat(job.reads("web").unfinished()).isTrue();
      Scene orphan = Scene.withHosts("a").container("x.1", "a", 999, Container.State.RUNNING);
      assertThat(orphan.actions()).isEmpty();
      assertThat(orphan.reads("x").unfinished()).isTrue();
    }

    @Test
    @DisplayName("on what was just decided, until it is done")
    void decided() {
      assertThat(Scene.withHosts("a").service("web").reads("web").unfinished()).isTrue();
      Scene forgets = Scene.withHosts("a").recorded("web.1", "a", 5, "1-x");
      assertThat(forgets.reads("web").unfinished()).isTrue();
      String data = "\"volumes\":[\"data:/data\"]";
      Scene pins = Scene.withHosts("a").service("db", data).running("db.1", "a");
      assertThat(pins.reads("db").unfinished()).isTrue();
    }
  }

  @Nested
  @DisplayName("and if only some services are planned,")
  class Some {

    private static Plan plan(Scene scene, String... names) {
      SortedSet<String> some = new TreeSet<>(List.of(names));
      return Planner.plan(scene.situation(), new Scope.Of(some));
    }

    @Test
    @DisplayName("those have the same plan as in a plan of everything, and the others none")
    void same() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("app")
              .service("web")
              .runningOld("web.1", "b")
              .recorded("old.1", "a", 5, "1-x")
              .container("old.1", "a", 5, Container.State.RUNNING)
              .container("orphan.1", "b", 5, Container.State.RUNNING);
      Plan all = scene.plan();
      for (String name : new String[] {"app", "web", "old", "orphan"}) {
        assertThat(plan(scene, name).services())
            .as(name)
            .containsOnlyKeys(name)
            .containsEntry(name, all.services().get(name));
        assertThat(plan(scene, name).actions()).as(name).hasSize(1);
        assertThat(all.actions()).as(name).containsAll(plan(scene, name).actions());
      }
      assertThat(plan(scene, "gone").services().get("gone")).isEqualTo(ServicePlan.NOTHING);
      assertThat(plan(scene, "gone").actions()).isEmpty();
    }
  }
}
