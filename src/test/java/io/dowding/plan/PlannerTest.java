package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.EngineInfo;
import io.dowding.model.Hooks;
import io.dowding.model.Policy;
import io.dowding.model.Reach;
import io.dowding.model.Resources;
import io.dowding.model.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";
  private static final String DATA = "\"volumes\":[\"data:/data\"]";

  @Nested
  @DisplayName("A new service")
  class New {

    @Test
    @DisplayName("is recorded first, spread by jobs of the service, then load, then name")
    void recordsFirst() {
      Scene scene = Scene.withHosts("a", "b", "c").stranger("a", "nginx", 80);
      scene.service("web", "\"deploy\":{\"replicas\":4}");
      assertThat(scene.actions())
          .containsExactly(
              "record web.1 on b", "record web.2 on c", "record web.3 on a", "record web.4 on b");
    }

    @Test
    @DisplayName("is created once its record is known")
    void createsAfterRecord() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      assertThat(scene.actions()).containsExactly("create web.1 on a");
    }

    @Test
    @DisplayName("waits while a transaction of allocations is running")
    void waitsForTransaction() {
      assertThat(Scene.withHosts("a").service("web").allocating().actions()).isEmpty();
    }

    @Test
    @DisplayName("that fits on no host is pending with every host's reason")
    void pending() {
      Scene scene =
          Scene.withHosts("a")
              .host("b", Availability.DRAIN, Reach.UP)
              .host("c", Availability.ACTIVE, Reach.UNKNOWN)
              .stranger("a", "nginx", 80)
              .service("web", "\"ports\":[\"80:80\"]");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.PENDING);
      assertThat(scene.reason("web.1"))
          .isEqualTo(
              "no host fits: a: port 80 is taken by nginx; b: drained; c: unreachable since"
                  + " 2026-01-01T00:00:40Z");
    }

    @Test
    @DisplayName("starts a container that was only created")
    void startsCreated() {
      Scene scene =
          Scene.withHosts("a")
              .service("web")
              .recorded("web.1", "a")
              .container("web.1", "a", 5, Container.State.CREATED);
      assertThat(scene.actions()).containsExactly("start id-web.1.5 on a");
    }

    @Test
    @DisplayName("adopts a container of its own that has no record")
    void adopts() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("web")
              .container("web.1", "b", 5, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("record web.1 on b");
    }

    @Test
    @DisplayName("adopts the newest of several, up to the newest that etcd knows")
    void adoptsNewest() {
      Scene scene = Scene.withHosts("a", "b", "c").service("web");
      scene.container("web.1", "a", 4, Container.State.RUNNING);
      scene.container("web.1", "b", 20, Container.State.RUNNING);
      scene.container("web.1", "c", 5, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("record web.1 on b");
      assertThat(scene.why("web.1")).isEqualTo("adopted: found without a record");
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.REPLACING);
      assertThat(scene.reason("web.1")).isEqualTo("is being adopted");
    }

    @Test
    @DisplayName("adopts a container newer than its record only if the recorded one is missing")
    void outlived() {
      Scene scene = Scene.withHosts("a", "b").service("web").recorded("web.1", "a");
      scene.container("web.1", "b", 7, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("record web.1 on b");
      scene.container("web.1", "a", 5, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("TERM id-web.1.7 on b");
    }

    @Test
    @DisplayName("leaves a container alone that is newer than etcd")
    void etcdWentBack() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("web")
              .container("web.1", "b", 999, Container.State.RUNNING)
              .container("gone.1", "b", 998, Container.State.RUNNING);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).contains("restored from a backup");
    }
  }

  @Nested
  @DisplayName("An image with a tag")
  class Tagged {

    private static final String TAG = "\"image\":\"demo:1\"";

    private Scene scene(String... fields) {
      List<String> all = new ArrayList<>(List.of(fields));
      all.add(TAG);
      return Scene.withHosts("a").service("web", all.toArray(String[]::new)).recorded("web.1", "a");
    }

    private static Scene has(Scene scene) {
      String image = JobMemory.image(scene.hash("web"), "demo:1");
      return scene.remember("web.1", m -> m.image("a", image, true));
    }

    @Test
    @DisplayName("is inspected first, to find its digest")
    void first() {
      assertThat(scene().actions()).containsExactly("pull for web.1 on a");
      assertThat(has(scene()).actions()).containsExactly("create web.1 on a");
    }

    @Test
    @DisplayName("is used only once its digest is written")
    void recorded() {
      Scene waiting = has(scene()).recording("web");
      assertThat(waiting.actions()).isEmpty();
      assertThat(waiting.reason("web.1")).isEqualTo("recording the digest of its tag");
    }

    @Test
    @DisplayName("is not inspected if pin_digest is off, or if it must already exist")
    void notWanted() {
      assertThat(scene("\"x-dowding\":{\"pin_digest\":false}").actions())
          .containsExactly("create web.1 on a");
      assertThat(scene("\"pull_policy\":\"never\"").actions()).containsExactly("create web.1 on a");
      assertThat(
              scene("\"pull_policy\":\"daily\"", "\"x-dowding\":{\"pin_digest\":false}").actions())
          .containsExactly("pull for web.1 on a");
    }

    @Test
    @DisplayName("that is being pulled shows the progress")
    void progress() {
      Scene scene = scene().progress("web.1", "pulling the image: 1.0 of 9.0 MiB");
      assertThat(scene.reason("web.1")).isEqualTo("pulling the image: 1.0 of 9.0 MiB");
    }
  }

  @Nested
  @DisplayName("A job that runs as desired")
  class Settled {

    @Test
    @DisplayName("is left alone, even if another host is better now")
    void sticky() {
      Scene scene =
          Scene.withHosts("a", "b").service("web", TWO).running("web.1", "a").running("web.2", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isNull();
    }

    @Test
    @DisplayName("is left alone on a host that is paused")
    void paused() {
      Scene scene = new Scene().host("a", Availability.PAUSE, Reach.UP).service("web");
      assertThat(scene.running("web.1", "a").actions()).isEmpty();
    }

    @Test
    @DisplayName("with local data gets a pin from the agent")
    void pinned() {
      Scene scene = Scene.withHosts("a").service("db", DATA).running("db.1", "a");
      assertThat(scene.actions()).containsExactly("pin db.1 to a");
    }

    @Test
    @DisplayName("with local data is not pinned before its container is created")
    void notPinnedYet() {
      Scene scene = Scene.withHosts("a").service("db", DATA).recorded("db.1", "a");
      assertThat(scene.actions()).containsExactly("create db.1 on a");
    }
  }

  @Nested
  @DisplayName("After a start, while a host has not answered yet,")
  class Awaiting {

    @Test
    @DisplayName("a new job waits for it, and says so")
    void newJob() {
      Scene scene = Scene.withHosts("a").awaited("b", 4).service("web", TWO);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.2"))
          .isEqualTo(
              "waiting for b to answer, for at most 10 s, so that jobs do not crowd onto the other"
                  + " hosts");
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(6));
    }

    @Test
    @DisplayName("a job waits for all such hosts, but not for those that take no jobs")
    void several() {
      Scene scene = Scene.withHosts("a").awaited("b", 4).awaited("c", 5).awaited("d", 6);
      assertThat(scene.service("web").reason("web.1")).startsWith("waiting for b and 2 more to");
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(4));
      Scene paused = Scene.withHosts("a").host("b", Availability.PAUSE, Reach.UNKNOWN, 4);
      assertThat(paused.service("web").actions()).containsExactly("record web.1 on a");
    }

    @Test
    @DisplayName("services that are placed together wait, too")
    void together() {
      Scene scene = Scene.withHosts("a").awaited("b", 4);
      for (String name : List.of("shop-db", "shop-web")) {
        scene.service(
            name, "\"networks\":[\"shop_default\"]", "\"x-dowding\":{\"project\":\"shop\"}");
      }
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("shop-db.1")).contains("waiting for b to answer");
    }

    @Test
    @DisplayName("a job waits for no host that it could not go to, or that it is not pinned to")
    void others() {
      Scene scene = Scene.withHosts("a").awaited("b", 4).pin("db", "a").service("db");
      scene.service("web", "\"deploy\":{\"placement\":{\"constraints\":[\"node.tags == tag-a\"]}}");
      assertThat(scene.actions()).containsExactly("record db.1 on a", "record web.1 on a");
    }

    @Test
    @DisplayName("a recorded job goes on")
    void recorded() {
      Scene scene = Scene.withHosts("a").awaited("b", 4).service("web").recorded("web.1", "a");
      assertThat(scene.actions()).containsExactly("create web.1 on a");
    }

    @Test
    @DisplayName("no job waits once the host has had its time")
    void afterwards() {
      Scene scene = Scene.withHosts("a").awaited("b", 10).service("web");
      assertThat(scene.actions()).containsExactly("record web.1 on a");
    }
  }

  @Nested
  @DisplayName("A changed service")
  class Changed {

    private final Scene scene =
        Scene.withHosts("a", "b")
            .service("web", TWO)
            .runningOld("web.1", "a")
            .runningOld("web.2", "b");

    @Test
    @DisplayName("pulls the image before anything is stopped")
    void imageFirst() {
      assertThat(scene.actions()).containsExactly("pull for web.1 on a");
    }

    @Test
    @DisplayName("is replaced one job at a time: first the record")
    void oneRecord() {
      String hash = scene.hash("web");
      scene.remember("web.1", m -> m.image("a", JobMemory.image(hash, Scene.IMAGE), true));
      assertThat(scene.actions()).containsExactly("record web.1 on a");
    }

    @Test
    @DisplayName("then stops the old container, and touches no other job")
    void stopsOld() {
      String hash = scene.hash("web");
      scene.recorded("web.1", "a", 21, hash);
      scene.remember("web.1", m -> m.image("a", JobMemory.image(hash, Scene.IMAGE), true));
      assertThat(scene.actions()).containsExactly("TERM id-web.1.5 on a");
      assertThat(scene.reason("web.2")).contains("waiting for the other jobs");
    }

    @Test
    @DisplayName("keeps the old container until the new image is present")
    void foundAgain() {
      scene.recorded("web.1", "a", 21, scene.hash("web"));
      assertThat(scene.actions()).containsExactly("pull for web.1 on a");
      assertThat(scene.reason("web.1")).isEqualTo("pulling the new image before replacing it");
    }

    @Test
    @DisplayName("keeps it also where the image cannot be pulled, and does not go elsewhere")
    void cannotPull() {
      scene.recorded("web.1", "a", 21, scene.hash("web"));
      for (int n = 0; n < 3; n++) {
        scene.remember("web.1", m -> m.failed("web.1", Fault.HOST, "a", "no registry", Scene.NOW));
      }
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.REPLACING);
    }

    @Test
    @DisplayName("keeps it while its new place cannot take it")
    void heldMeanwhile() {
      scene.host("c", Availability.ACTIVE, Reach.DOWN).pin("web.1", "c");
      scene.recorded("web.1", "a", 21, scene.hash("web"));
      assertThat(scene.actions()).doesNotContain("TERM id-web.1.5 on a");
    }

    @Test
    @DisplayName("keeps only the newest of several old containers")
    void newest() {
      scene.recorded("web.1", "a", 21, scene.hash("web"));
      scene.container("web.1", "b", 4, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("TERM id-web.1.4 on b");
    }

    @Test
    @DisplayName("is killed after its grace period")
    void kills() {
      String hash = scene.hash("web");
      scene.recorded("web.1", "a", 21, hash);
      scene.remember("web.1", m -> m.stopping("id-web.1.5", Scene.NOW));
      assertThat(scene.actions()).containsExactly("KILL id-web.1.5 on a");
      scene.remember("web.1", m -> m.killed("id-web.1.5", Scene.NOW.plusSeconds(2)));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(2));
    }

    @Test
    @DisplayName("leaves the other jobs alone if the new one does not become good")
    void haltsWhereItFails() {
      Scene broken =
          Scene.withHosts("a", "b")
              .service("web", TWO)
              .recorded("web.1", "a")
              .container("web.1", "a", 5, Container.State.EXITED)
              .remember(
                  "web.1", m -> m.failed("web.1", Fault.SPEC, "a", "no such command", Scene.NOW))
              .runningOld("web.2", "b");
      assertThat(broken.actions()).isEmpty();
      assertThat(broken.state("web.1")).isEqualTo(JobView.State.BACKOFF);
    }

    @Test
    @DisplayName("that was disconnected from a network is reconnected, and keeps running")
    void disconnected() {
      Scene scene = Scene.withHosts("a").service("web").running("web.1", "a");
      scene.disconnected("web.1", "back");
      assertThat(scene.actions()).containsExactly("connect id-web.1.5 to back");
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.RUNNING);
      assertThat(scene.reason("web.1")).isEqualTo("was disconnected from back; reconnecting it");
    }

    @Test
    @DisplayName("that is disconnected repeatedly is reconnected with growing pauses")
    void disconnectedAgain() {
      Scene scene = Scene.withHosts("a").service("web").running("web.1", "a");
      scene.disconnected("web.1", "back");
      scene.remember("web.1", m -> m.connected("", Scene.NOW.minusMillis(999)));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusMillis(1));
      scene.remember("web.1", m -> m.connected("no room", Scene.NOW.minusSeconds(2)));
      assertThat(scene.actions()).containsExactly("connect id-web.1.5 to back");
      assertThat(scene.reason("web.1")).endsWith("; the last try failed: no room");
    }

    @Test
    @DisplayName(
        "that was disconnected is left alone while paused, and reconnected at the next start")
    void disconnectedAndNotRunning() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      scene.container("web.1", "a", 5, Container.State.PAUSED).disconnected("web.1", "back");
      assertThat(scene.actions()).isEmpty();
      Scene exited = Scene.withHosts("a").service("web").crashed("web.1", "a");
      exited.disconnected("web.1", "back");
      assertThat(exited.plan().actions())
          .singleElement()
          .satisfies(
              start -> assertThat(((Action.Start) start).networks()).containsOnlyKeys("back"));
    }

    @Test
    @DisplayName("is recreated if the network it ran in is gone")
    void networkGone() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      scene.container("web.1", "a", 5, Container.State.EXITED);
      scene.remember("web.1", m -> m.lacksNetwork("id-web.1.5"));
      assertThat(scene.actions()).containsExactly("remove id-web.1.5 on a");
      scene.remember("web.1", m -> m.lacksNetwork("id-web.1.4"));
      assertThat(scene.actions()).containsExactly("start id-web.1.5 on a");
    }

    @Test
    @DisplayName("on an unreachable host stays as it is")
    void unreachable() {
      Scene lost =
          new Scene()
              .host("a", Availability.ACTIVE, Reach.UNKNOWN)
              .service("web")
              .runningOld("web.1", "a");
      assertThat(lost.actions()).isEmpty();
    }
  }

  @Nested
  @DisplayName("A job that is no longer wanted")
  class Unwanted {

    @Test
    @DisplayName("is stopped, then removed, and its record is deleted last")
    void inOrder() {
      Scene running = Scene.withHosts("a").service("web").running("web.1", "a");
      running.service("web", "\"deploy\":{\"replicas\":0}");
      assertThat(running.actions()).containsExactly("TERM id-web.1.5 on a");
      Scene exited = Scene.withHosts("a").service("web").recorded("web.1", "a");
      exited.container("web.1", "a", 5, Container.State.EXITED);
      exited.service("web", "\"deploy\":{\"replicas\":0}");
      assertThat(exited.actions()).containsExactly("remove id-web.1.5 on a");
      Scene removed = Scene.withHosts("a").service("web").recorded("web.1", "a");
      removed.service("web", "\"deploy\":{\"replicas\":0}");
      assertThat(removed.actions()).containsExactly("forget web.1 on a");
    }

    @Test
    @DisplayName("is stopped only while the keys behind the decision are unchanged")
    void basis() {
      String fields = "\"configs\":[\"site\"],\"secrets\":[\"gone\"],\"deploy\":{\"replicas\":0}";
      Scene scene = Scene.withHosts("a").content("configs/site", 7).content("configs/other", 9);
      scene.service("web").running("web.1", "a").service("web", fields);
      assertThat(scene.plan().actions())
          .singleElement()
          .extracting(action -> ((Action.Signal) action).basis())
          .isEqualTo(
              new Action.Basis(
                  Scene.CLUSTER,
                  "web",
                  10,
                  Map.of("configs/site", 7L, "secrets/gone", 0L),
                  "web.1",
                  6,
                  Action.Basis.Condition.ANY));
    }

    @Test
    @DisplayName("stays recorded while its host is lost, and is forgotten once the host is gone")
    void tombstone() {
      Scene lost = new Scene().host("a", Availability.ACTIVE, Reach.DOWN);
      lost.recorded("web.1", "a", 5, "1-x");
      assertThat(lost.actions()).isEmpty();
      Scene gone = new Scene().host("a", Availability.GONE, Reach.DOWN);
      gone.recorded("web.1", "a", 5, "1-x");
      assertThat(gone.actions()).containsExactly("forget web.1 on a");
    }

    @Test
    @DisplayName("is left alone if its service's key was never valid")
    void untouchable() {
      Scene scene = Scene.withHosts("a").recorded("web.1", "a", 5, "1-x").unusableService("web");
      scene.container("web.1", "a", 5, Container.State.RUNNING);
      assertThat(scene.actions()).isEmpty();
    }

    @Test
    @DisplayName("is removed as an orphan")
    void orphan() {
      Scene scene = Scene.withHosts("a").container("x.1", "a", 5, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("TERM id-x.1.5 on a");
    }

    @Test
    @DisplayName("stays if its key may have been lost")
    void lostOrphan() {
      Scene scene =
          Scene.withHosts("a").container("x.1", "a", 5, Container.State.RUNNING).lost("x.1");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().spared()).containsExactly("x.1");
    }
  }

  @Nested
  @DisplayName("depends_on")
  class DependsOn {

    private Scene app(String condition) {
      return Scene.withHosts("a")
          .service("db")
          .service("app", "\"depends_on\":{\"db\":{\"condition\":\"service_" + condition + "\"}}");
    }

    private void waits(Scene scene, String reason) {
      assertThat(scene.actions()).noneMatch(action -> action.contains("app"));
      assertThat(scene.view("app.1").reason()).contains(reason);
    }

    private void continues(Scene scene) {
      assertThat(scene.actions()).anyMatch(action -> action.contains("app.1"));
    }

    @Test
    @DisplayName("waits for a service that does not exist, is not placed, or is stopped")
    void notThere() {
      waits(
          Scene.withHosts("a").service("app", "\"depends_on\":[\"db\"]"),
          "waiting for db: no such service");
      waits(app("started"), "waiting for db: it is not placed yet");
      waits(
          Scene.withHosts("a")
              .service("db", "\"x-dowding\":{\"state\":\"stopped\"}")
              .service("app", "\"depends_on\":[\"db\"]"),
          "waiting for db: it is stopped or has no replicas");
    }

    @Test
    @DisplayName("service_started waits until every container has been started")
    void started() {
      waits(app("started").recorded("db.1", "a"), "waiting for db: db.1 is not started");
      continues(app("started").running("db.1", "a"));
    }

    @Test
    @DisplayName("service_healthy waits until containers are healthy, not just running")
    void healthy() {
      waits(app("healthy").running("db.1", "a"), "waiting for db: db.1 is not healthy");
      waits(
          app("healthy").health("db.1", "a", Container.State.RUNNING, "starting"),
          "db.1 is not healthy");
      continues(app("healthy").health("db.1", "a", Container.State.RUNNING, "healthy"));
    }

    @Test
    @DisplayName("service_completed_successfully waits for exit code 0")
    void completed() {
      waits(
          app("completed_successfully").running("db.1", "a"), "db.1 is not completed_successfully");
      waits(app("completed_successfully").ended("db.1", "a", 3), "not completed_successfully");
      continues(app("completed_successfully").ended("db.1", "a", 0));
    }

    @Test
    @DisplayName("waits for every replica, and for one job of a global service; not for pre_start")
    void howMany() {
      Scene replicas = app("started").service("db", TWO).running("db.1", "a");
      waits(replicas, "waiting for db: it is not placed yet");
      continues(replicas.running("db.2", "a"));
      Scene global = app("started").service("db", "\"deploy\":{\"mode\":\"global\"}");
      waits(global, "waiting for db: it is not placed yet");
      continues(global.running("db.a", "a"));
      String step = "\"pre_start\":[{\"command\":\"migrate\"}]";
      Scene prepared = app("started").service("db", step).ended("db.pre_start-0", "a", 0);
      waits(prepared, "waiting for db: it is not placed yet");
    }

    @Test
    @DisplayName("waits for a service that has no replicas")
    void noReplicas() {
      waits(
          app("started").service("db", "\"deploy\":{\"replicas\":0}"),
          "waiting for db: it is stopped or has no replicas");
    }

    @Test
    @DisplayName("required: false does not wait for a missing service")
    void optional() {
      continues(
          Scene.withHosts("a").service("app", "\"depends_on\":{\"db\":{\"required\":false}}"));
    }

    @Test
    @DisplayName("does not stop a running job when a dependency is removed")
    void goneLater() {
      Scene scene =
          Scene.withHosts("a").service("app", "\"depends_on\":[\"db\"]").running("app.1", "a");
      assertThat(scene.actions()).isEmpty();
    }

    @Test
    @DisplayName(
        "with restart: true recreates a job once all jobs of its dependency were recreated")
    void restart() {
      String needs = "\"depends_on\":{\"db\":{\"restart\":true}}";
      Scene renewed =
          Scene.withHosts("a")
              .service("app", needs)
              .running("app.1", "a")
              .service("db")
              .recorded("db.1", "a", 7, Scene.read("db", 10).specHash())
              .container("db.1", "a", 7, Container.State.RUNNING);
      assertThat(renewed.actions()).containsExactly("pull for app.1 on a");
      assertThat(renewed.reason("app.1")).contains("pulling the new image before replacing it");
      Scene halfway =
          Scene.withHosts("a")
              .service("app", needs)
              .running("app.1", "a")
              .service("db", TWO)
              .recorded("db.1", "a", 7, Scene.read("db", 10).specHash())
              .container("db.1", "a", 7, Container.State.RUNNING)
              .runningOld("db.2", "a");
      assertThat(halfway.actions()).doesNotContain("pull for app.1 on a");
      Scene older =
          Scene.withHosts("a")
              .service("app", needs)
              .running("app.1", "a")
              .service("db")
              .running("db.1", "a");
      assertThat(older.actions()).isEmpty();
    }

    @Test
    @DisplayName("with a cycle is reported")
    void round() {
      Scene scene =
          Scene.withHosts("a")
              .service("a1", "\"depends_on\":[\"b1\"]")
              .service("b1", "\"depends_on\":[\"c1\"]")
              .service("c1", "\"depends_on\":[\"a1\",\"c2\"]")
              .service("c2");
      assertThat(scene.view("b1.1").reason()).contains("has a cycle: b1 → c1 → a1 → b1");
    }
  }

  @Nested
  @DisplayName("post_start and pre_stop")
  class Commands {

    private static Scene scene(String label) {
      return Scene.withHosts("a").service("web").running("web.1", "a").label("web.1", label);
    }

    @Test
    @DisplayName("post_start runs before the job counts as up, once per run")
    void postStart() {
      Scene scene = scene(Hooks.POST_START);
      assertThat(scene.actions()).containsExactly("dowding.post_start in id-web.1.5");
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.STARTING);
      Container run = scene.container("web.1");
      assertThat(scene.remember("web.1", m -> m.postStarted(run)).actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.RUNNING);
    }

    @Test
    @DisplayName("a failed post_start is retried later")
    void fails() {
      Scene scene = scene(Hooks.POST_START);
      scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "exited with 1", Scene.NOW));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.BACKOFF);
      assertThat(scene.reason("web.1")).isEqualTo("exited with 1");
    }

    @Test
    @DisplayName("pre_stop runs before the signal, even for a container of an earlier definition")
    void preStop() {
      Scene scene = scene(Hooks.PRE_STOP).service("web", "\"deploy\":{\"replicas\":0}");
      assertThat(scene.actions()).containsExactly("dowding.pre_stop in id-web.1.5");
      scene.remember("web.1", m -> m.preStopped("id-web.1.5"));
      assertThat(scene.actions()).containsExactly("TERM id-web.1.5 on a");
    }
  }

  @Nested
  @DisplayName("volumes_from")
  class VolumesOfOthers {

    private Scene scene(Policy policy) {
      return Scene.withHosts("a", "b")
          .policy(policy)
          .service("data", "\"volumes\":[\"/srv:/srv\"]")
          .service("app", "\"volumes_from\":[\"data:ro\"]");
    }

    private static Policy granting(String services) {
      return new Policy(
          List.of(new Policy.Grant(List.of(services), Map.of(Right.BINDS, List.of("/srv")))),
          List.of());
    }

    @Test
    @DisplayName("places a job on the host of that service")
    void beside() {
      Scene scene = scene(granting("*")).running("data.1", "b");
      assertThat(scene.actions()).contains("record app.1 on b");
      assertThat(scene.recorded("app.1", "b").plan().actions())
          .filteredOn(action -> action instanceof Action.Create)
          .singleElement()
          .extracting(action -> ((Action.Create) action).service().container().volumesFrom())
          .isEqualTo(List.of("id-data.1.5:ro"));
    }

    @Test
    @DisplayName("uses the lowest job on its own host that has a container")
    void which() {
      Scene scene = scene(granting("*"));
      scene.service("data", "\"volumes\":[\"/srv:/srv\"]", "\"deploy\":{\"replicas\":11}");
      scene.recorded("data.1", "b").running("data.3", "a");
      scene.running("data.11", "b").running("data.5", "b").recorded("app.1", "b");
      assertThat(scene.plan().actions())
          .filteredOn(
              action -> action instanceof Action.Create create && create.job().equals("app.1"))
          .singleElement()
          .extracting(action -> ((Action.Create) action).service().container().volumesFrom())
          .isEqualTo(List.of("id-data.5.5:ro"));
    }

    @Test
    @DisplayName("does not use a pre_start step of that service")
    void notAStep() {
      Scene scene = scene(granting("*"));
      String step = "\"pre_start\":[{\"command\":\"migrate\"}]";
      scene.service("data", "\"volumes\":[\"/srv:/srv\"]", step).recorded("data.1", "b");
      scene.running("data.pre_start-0", "b").recorded("app.1", "b");
      assertThat(scene.reason("app.1"))
          .isEqualTo("waiting for a container of data on b, whose volumes it uses");
    }

    @Test
    @DisplayName("waits while its host has no container of that service")
    void waits() {
      Scene scene = scene(granting("*")).recorded("data.1", "b").recorded("app.1", "b");
      assertThat(scene.actions()).doesNotContain("create app.1 on b");
      assertThat(scene.reason("app.1"))
          .isEqualTo("waiting for a container of data on b, whose volumes it uses");
    }

    @Test
    @DisplayName("cannot bypass the policy, not even through a third service")
    void refusedByAThird() {
      Scene scene =
          scene(granting("data"))
              .service("last", "\"volumes_from\":[\"app\"]")
              .running("app.1", "b")
              .recorded("last.1", "b");
      assertThat(scene.reason("last.1"))
          .startsWith("volumes_from app: the bind of /srv needs policy.allow: ");
    }

    @Test
    @DisplayName("cannot bypass the policy")
    void refused() {
      Scene scene = scene(granting("data")).running("data.1", "b").recorded("app.1", "b");
      assertThat(scene.actions()).doesNotContain("create app.1 on b");
      assertThat(scene.reason("app.1"))
          .startsWith("volumes_from data: the bind of /srv needs policy.allow: ")
          .contains("services: app");
    }
  }

  @Nested
  @DisplayName("The namespaces of another service")
  class NamespacesOfOthers {

    private Scene scene(Policy policy) {
      return Scene.withHosts("a", "b")
          .policy(policy)
          .service("vpn", "\"pid\":\"host\"")
          .service("app", "\"network_mode\":\"service:vpn\",\"ipc\":\"service:vpn\"");
    }

    private static Policy granting(String services) {
      return new Policy(
          List.of(
              new Policy.Grant(List.of(services), Map.of(Right.HOST_NAMESPACES, List.of("true")))),
          List.of());
    }

    @Test
    @DisplayName("are those of its container on the same host")
    void beside() {
      Scene scene = scene(granting("*")).running("vpn.1", "b");
      assertThat(scene.actions()).contains("record app.1 on b");
      Action.Create create =
          (Action.Create)
              scene.recorded("app.1", "b").plan().actions().stream()
                  .filter(action -> action instanceof Action.Create)
                  .findFirst()
                  .orElseThrow();
      assertThat(create.service().container().networkMode()).isEqualTo("container:id-vpn.1.5");
      assertThat(create.service().container().engine())
          .containsEntry("HostConfig.IpcMode", "container:id-vpn.1.5");
    }

    @Test
    @DisplayName("delay the job until that container exists")
    void waits() {
      Scene scene = scene(granting("*")).recorded("vpn.1", "b").recorded("app.1", "b");
      assertThat(scene.actions()).doesNotContain("create app.1 on b");
      assertThat(scene.reason("app.1"))
          .isEqualTo("waiting for a container of vpn on b, whose namespace it uses");
    }

    @Test
    @DisplayName("cannot bypass the policy")
    void refused() {
      Scene scene = scene(granting("vpn")).running("vpn.1", "b").recorded("app.1", "b");
      assertThat(scene.actions()).doesNotContain("create app.1 on b");
      assertThat(scene.reason("app.1"))
          .startsWith("service:vpn: ")
          .contains("needs policy.allow: ")
          .contains("services: app");
    }
  }

  @Nested
  @DisplayName("An unhealthy container")
  class Unhealthy {

    private Scene unhealthy(String word, Container.State state) {
      return Scene.withHosts("a")
          .service("web", "\"x-dowding\":{\"unhealthy\":\"" + word + "\"}")
          .health("web.1", "a", state, "unhealthy");
    }

    @Test
    @DisplayName("is restarted")
    void restart() {
      assertThat(unhealthy("restart", Container.State.RUNNING).actions())
          .containsExactly("TERM id-web.1.5 on a");
      assertThat(unhealthy("restart", Container.State.EXITED).actions())
          .containsExactly("start id-web.1.5 on a");
    }

    @Test
    @DisplayName("is replaced if the service asks for it")
    void replace() {
      assertThat(unhealthy("replace", Container.State.RUNNING).actions())
          .containsExactly("TERM id-web.1.5 on a");
      assertThat(unhealthy("replace", Container.State.EXITED).actions())
          .containsExactly("remove id-web.1.5 on a");
    }

    @Test
    @DisplayName("is left alone if the service asks for it")
    void ignore() {
      assertThat(unhealthy("ignore", Container.State.RUNNING).actions()).isEmpty();
    }
  }

  @Nested
  @DisplayName("A pin")
  class Pinned {

    @Test
    @DisplayName("takes precedence over load, and pinned jobs are placed first")
    void first() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("any", "\"ports\":[\"80:80\"]")
              .service("web", "\"ports\":[\"80:80\"]")
              .pin("web", "a");
      assertThat(scene.actions()).containsExactly("record web.1 on a", "record any.1 on b");
    }

    @Test
    @DisplayName("of a job overrides its service's, and a user's overrides the agent's")
    void order() {
      Scene scene = Scene.withHosts("a", "b", "c").service("db", DATA);
      assertThat(scene.pin("db", "b").pin("db.1", "c").actions())
          .containsExactly("record db.1 on c");
      assertThat(scene.pin("db.1", "c # auto: volume data").actions())
          .containsExactly("record db.1 on b");
    }

    @Test
    @DisplayName("that moves a job away from its data says so in the record")
    void leavesData() {
      Scene scene = Scene.withHosts("a", "b").service("db", DATA).recorded("db.1", "a");
      scene.pin("db.1", "b");
      assertThat(scene.plan().actions())
          .first()
          .isInstanceOfSatisfying(
              Action.Allocate.class,
              allocate ->
                  assertThat(allocate.changes().getFirst().record().reason())
                      .isEqualTo("pinned to b by pins/db.1; its volume data stays behind on a"));
    }

    @Test
    @DisplayName("to a host that has not been listed yet does not start a second container")
    void notListed() {
      Scene scene = Scene.withHosts("a").unusable("b", "not listed yet").service("web");
      scene.recorded("web.1", "a").container("web.1", "b", 4, Container.State.RUNNING);
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).isEqualTo("stopping the previous container");
    }

    @Test
    @DisplayName("to an unknown host leaves a running job where it is, and says so")
    void unknownHost() {
      Scene scene = Scene.withHosts("a").service("web").running("web.1", "a").pin("web", "x");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).contains("x is not in the inventory");
    }

    @Test
    @DisplayName("to a job waits until that job is placed, then follows it")
    void toJob() {
      Scene waiting = Scene.withHosts("a", "b").service("app").pin("app", "job:db");
      assertThat(waiting.actions()).isEmpty();
      assertThat(waiting.reason("app.1"))
          .isEqualTo("waiting for db (pins/app), which is not placed yet");
      Scene placed = Scene.withHosts("a", "b").service("app").pin("app", "job:db");
      placed.service("db").running("db.1", "b");
      assertThat(placed.actions()).containsExactly("record app.1 on b");
    }

    @Test
    @DisplayName("that is invalid prevents placement, and the reason names the key and the problem")
    void unreadable() {
      for (String key : new String[] {"db", "db.1"}) {
        Scene scene = Scene.withHosts("a", "b").service("db", DATA).unreadablePin(key, "no pin");
        assertThat(scene.actions()).isEmpty();
        assertThat(scene.reason("db.1")).isEqualTo("pins/" + key + ": no pin; or delete the key");
      }
    }

    @Test
    @DisplayName("that is invalid leaves a running job where it is, and is not overwritten")
    void unreadableWhileRunning() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("db", DATA)
              .running("db.1", "a")
              .unreadablePin("db.1", "no pin");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1")).contains("pins/db.1: no pin");
    }

    @Test
    @DisplayName("that is part of a loop moves nothing, and is reported")
    void loop() {
      Scene scene =
          Scene.withHosts("a", "b")
              .service("x")
              .service("y")
              .running("x.1", "a")
              .running("y.1", "b")
              .pin("x", "job:y")
              .pin("y", "job:x");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("x.1")).contains("pin loop: x.1 → y → x");
    }
  }

  @Nested
  @DisplayName("A lost host")
  class Lost {

    private Scene scene(Reach reach) {
      return Scene.withHosts("b", "c", "d").host("a", Availability.ACTIVE, reach);
    }

    @Test
    @DisplayName("keeps its jobs while it is unknown")
    void unknown() {
      Scene scene = scene(Reach.UNKNOWN).service("web").running("web.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(40));
      assertThat(scene.reason("web.1"))
          .endsWith("; it moves once its host has been silent for 1 min");
      scene.service("web", "\"x-dowding\":{\"reschedule\":\"90s\"}");
      assertThat(scene.reason("web.1")).endsWith("for 90 s");
    }

    @Test
    @DisplayName("loses its movable jobs when it is down")
    void down() {
      Scene scene = scene(Reach.DOWN).service("web").running("web.1", "a");
      assertThat(scene.actions()).containsExactly("record web.1 on b");
      // This interrupts nothing, so it is no step of an update.
      assertThat(scene.rollout("web").count()).isEqualTo(new RolloutView.Count(0, 1, 0, 0));
    }

    @Test
    @DisplayName("keeps jobs with local data, and says how to move them")
    void data() {
      Scene scene = scene(Reach.DOWN).service("db", DATA).running("db.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("db.1"))
          .isEqualTo(
              "a: unreachable since 2025-12-31T23:59:20Z; held: it does not leave a, where its data"
                  + " is; to move it, write hosts/a = gone, or pin it to another host");
    }

    @Test
    @DisplayName("keeps all jobs when most hosts are lost together")
    void most() {
      Scene scene =
          Scene.withHosts("d")
              .host("a", Availability.ACTIVE, Reach.DOWN)
              .host("b", Availability.ACTIVE, Reach.DOWN)
              .host("c", Availability.ACTIVE, Reach.DOWN)
              .service("web")
              .running("web.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).contains("most hosts became unreachable");
    }

    @Test
    @DisplayName("loses surplus containers when it returns, as decided by the records")
    void back() {
      Scene scene = Scene.withHosts("a", "b").service("web").running("web.1", "b");
      scene.container("web.1", "a", 3, Container.State.RUNNING);
      assertThat(scene.actions()).containsExactly("TERM id-web.1.3 on a");
    }

    @Test
    @DisplayName(
        "when it is gone, loses jobs that the agent pinned, but not those that a user pinned")
    void gone() {
      Scene scene =
          Scene.withHosts("b")
              .host("a", Availability.GONE, Reach.DOWN)
              .service("db", DATA)
              .service("web")
              .running("db.1", "a")
              .running("web.1", "a")
              .pin("db.1", "a # auto: volume data")
              .pin("web", "a");
      assertThat(scene.actions()).containsExactly("record db.1 on b");
    }
  }

  @Nested
  @DisplayName("A drained host")
  class Drained {

    @Test
    @DisplayName("loses one job of a service at a time")
    void oneAtATime() {
      Scene scene =
          Scene.withHosts("b", "c")
              .host("a", Availability.DRAIN, Reach.UP)
              .service("web", TWO)
              .running("web.1", "a")
              .running("web.2", "a");
      assertThat(scene.actions()).containsExactly("pull for web.1 on b");
    }

    @Test
    @DisplayName("keeps jobs that fit on no other host, and says why")
    void nowhereElse() {
      Scene scene = new Scene().host("a", Availability.DRAIN, Reach.UP).service("web");
      scene.running("web.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).contains("a is drained; no host fits");
    }
  }

  @Nested
  @DisplayName("A failed job")
  class Failed {

    @Test
    @DisplayName("waits for its next retry")
    void waits() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "bad", Scene.NOW));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isAfter(Scene.NOW).isBefore(Scene.NOW.plusSeconds(2));
    }

    @Test
    @DisplayName("is tried elsewhere after three failures caused by its host")
    void elsewhere() {
      Scene scene = Scene.withHosts("a", "b").service("web").recorded("web.1", "a");
      for (int n = 0; n < 3; n++) {
        scene.remember("web.1", m -> m.failed("web.1", Fault.HOST, "a", "disk full", Scene.NOW));
      }
      assertThat(scene.actions()).containsExactly("record web.1 on b");
    }

    @Test
    @DisplayName("waits at least for the configured delay")
    void delay() {
      Scene scene =
          Scene.withHosts("a")
              .service("web", "\"deploy\":{\"restart_policy\":{\"delay\":\"90s\"}}")
              .crashed("web.1", "a");
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(90));
    }

    @Test
    @DisplayName("stays stopped after max_attempts, even after exit code 0")
    void attempts() {
      String twice = "\"deploy\":{\"restart_policy\":{\"condition\":\"any\",\"max_attempts\":2}}";
      Scene scene = Scene.withHosts("a").service("web", twice).ended("web.1", "a", 0);
      for (int failures = 1; failures <= 2; failures++) {
        scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "ended", Scene.LONG_AGO));
        assertThat(scene.actions())
            .as("after " + failures)
            .containsExactly("start id-web.1.5 on a");
      }
      scene.remember("web.1", m -> m.failed("web.1", Fault.SPEC, "a", "ended", Scene.LONG_AGO));
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.COMPLETED);
    }

    @Test
    @DisplayName("is handed back to Docker after it ran for the window of the policy")
    void window() {
      String policy = "\"deploy\":{\"restart_policy\":{\"delay\":\"1s\",\"window\":\"20s\"}}";
      Scene scene = Scene.withHosts("a").service("web", policy).running("web.1", "a");
      assertThat(scene.actions()).containsExactly("restart policy of id-web.1.5");
      Scene longer = Scene.withHosts("a").service("web", policy.replace("20s", "40s"));
      assertThat(longer.running("web.1", "a").actions()).isEmpty();
    }

    @Test
    @DisplayName("is placed again when the last host that it avoids may be tried again")
    void everywhere() {
      Scene scene = Scene.withHosts("a").service("web");
      for (int n = 0; n < 3; n++) {
        scene.remember("web.1", m -> m.failed("web.1", Fault.HOST, "a", "disk full", Scene.NOW));
      }
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.reason("web.1")).isEqualTo("no host fits: a: failed there: disk full");
      assertThat(scene.plan().wake()).isEqualTo(Scene.NOW.plusSeconds(300));
    }

    @Test
    @DisplayName("pulls a missing image")
    void image() {
      Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
      String hash = scene.hash("web");
      scene.remember("web.1", m -> m.image("a", JobMemory.image(hash, Scene.IMAGE), false));
      assertThat(scene.actions()).containsExactly("pull for web.1 on a");
    }
  }

  @Test
  @DisplayName("the next plan is due at the earliest of all tries")
  void earliest() {
    for (int first = 1; first <= 2; first++) {
      Scene scene = Scene.withHosts("a").service("web", TWO);
      for (int n = 1; n <= 2; n++) {
        int seconds = n == first ? 3 : 5;
        String job = "web." + n;
        scene.recorded(job, "a").remember(job, m -> m.later(Scene.NOW.plusSeconds(seconds)));
      }
      assertThat(scene.wake("web")).isEqualTo(Scene.NOW.plusSeconds(3));
    }
  }

  @Test
  @DisplayName("one action at a time per job, and the same situation gives the same plan")
  void busy() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a").busy("web.1");
    assertThat(scene.actions()).isEmpty();
    Scene twice = Scene.withHosts("a", "b").service("web", TWO);
    assertThat(twice.plan()).isEqualTo(twice.plan());
  }

  @Test
  @DisplayName("a constraint that no longer holds moves a job, and the record says which")
  void broken() {
    String onB = "\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == b\"]}}";
    Scene scene = Scene.withHosts("a", "b").service("web", onB).running("web.1", "a");
    assertThat(scene.hasImage("web.1", "b").why("web.1"))
        .isEqualTo(
            "node.hostname == b does not hold on a; best fit: 0 jobs of this service, load 0");
  }

  @Test
  @DisplayName("this node is probably cut off if at least three hosts and 55 % of all are lost")
  void mostAreLost() {
    assertThat(Planner.mostAreLost(2, 2)).isFalse();
    assertThat(Planner.mostAreLost(3, 3)).isTrue();
    assertThat(Planner.mostAreLost(11, 20)).isTrue();
    assertThat(Planner.mostAreLost(10, 20)).isFalse();
  }

  @Test
  @DisplayName("a library record counts as load, and is left alone")
  void library() {
    Scene scene = Scene.withHosts("a", "b").ofLibrary("auth.x", "a").service("web");
    assertThat(scene.actions()).containsExactly("record web.1 on b");
  }

  @Test
  @DisplayName("a global service runs on every active host, and leaves a drained one")
  void global() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.PAUSE, Reach.UP)
            .host("c", Availability.DRAIN, Reach.UP)
            .service("log", "\"deploy\":{\"mode\":\"global\"}")
            .running("log.c", "c");
    assertThat(scene.actions())
        .containsExactlyInAnyOrder("record log.a on a", "TERM id-log.c.5 on c");
  }

  @Test
  @DisplayName(
      "two surplus containers that ignore the signal are both killed after the grace period")
  void twoIgnoreSignals() {
    Scene scene =
        Scene.withHosts("a", "b", "c")
            .service("web")
            .running("web.1", "a")
            .container("web.1", "b", 3, Container.State.RUNNING)
            .container("web.1", "c", 4, Container.State.RUNNING);
    scene.remember("web.1", m -> m.stopping("id-web.1.3", Scene.NOW.plusSeconds(5)));
    scene.remember("web.1", m -> m.stopping("id-web.1.4", Scene.NOW));
    assertThat(scene.actions()).containsExactly("KILL id-web.1.4 on c");
  }

  @Test
  @DisplayName("a job that is pinned to a host that is down gets no new container elsewhere")
  void pinnedToDown() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.ACTIVE, Reach.DOWN)
            .service("web")
            .pin("web", "b")
            .runningOld("web.1", "a");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("pinned to b");
  }

  @Nested
  @DisplayName("A renamed container")
  class Renamed {

    private final Scene scene =
        Scene.withHosts("a", "b").service("web").running("web.1", "a").renamed("web.1", "mine");

    @Test
    @DisplayName(
        "still belongs to its job: no second container is created, and the status says what to do")
    void noSecond() {
      assertThat(scene.actions()).isEmpty();
      assertThat(scene.state("web.1")).isEqualTo(JobView.State.HELD);
      assertThat(scene.reason("web.1")).contains("docker rename mine web.1.5 on a");
    }

    @Test
    @DisplayName("is not moved, replaced or removed")
    void leftAlone() {
      assertThat(scene.host("a", Availability.DRAIN, Reach.UP).actions()).isEmpty();
      assertThat(scene.service("web", "\"command\":[\"other\"]").actions()).isEmpty();
      assertThat(scene.service("web", "\"deploy\":{\"replicas\":0}").actions()).isEmpty();
      assertThat(scene.reason("web.1")).contains("docker rename mine web.1.5");
    }
  }

  @Test
  @DisplayName("a drained or lost host keeps a pinned job, and its status says how to move it")
  void stuck() {
    Scene drained =
        new Scene().host("a", Availability.DRAIN, Reach.UP).service("web").pin("web", "a");
    assertThat(drained.running("web.1", "a").reason("web.1"))
        .isEqualTo("held: pinned to a by pins/web; to move it, pin it to another host");
    Scene lost =
        new Scene().host("a", Availability.ACTIVE, Reach.DOWN).service("web").pin("web", "a");
    assertThat(lost.running("web.1", "a").reason("web.1")).contains("pin it to another host");
  }

  @Test
  @DisplayName("only as many jobs are placed as can be recorded at once; the others wait")
  void inTurn() {
    Scene scene = Scene.withHosts("a", "b").service("web", "\"deploy\":{\"replicas\":101}");
    assertThat(scene.actions()).hasSize(100).contains("record web.100 on b");
    assertThat(scene.reason("web.101")).isEqualTo("waits for its turn: many jobs are being placed");
  }

  @Nested
  @DisplayName("A reservation")
  class Reserved {

    private static final EngineInfo GIB_8 =
        new EngineInfo(
            "id",
            "29",
            "1.52",
            4,
            8L << 30,
            "linux",
            "amd64",
            Set.of(),
            Set.of(),
            Set.of(),
            Set.of(),
            new TreeMap<>(Map.of("gpu", 2L)));

    private static String reserving(String reservations, String... more) {
      String deploy = "\"deploy\":{" + String.join("", more) + "\"resources\":{\"reservations\":{";
      return deploy + reservations + "}}}";
    }

    private static final String SEVEN_AND_A_HALF = reserving("\"memory\":\"7680m\"");
    private static final String ONE = reserving("\"memory\":\"1g\"");

    private static Scene hosts(String... names) {
      Scene scene = Scene.withHosts(names);
      for (String name : names) {
        scene.engine(name, GIB_8);
      }
      return scene;
    }

    @Test
    @DisplayName("never exceeds the capacity of a host, and the reason has figures")
    void refuses() {
      Scene scene = hosts("host1").service("db", SEVEN_AND_A_HALF).running("db.1", "host1");
      assertThat(scene.service("web", ONE).reason("web.1"))
          .isEqualTo("no host fits: host1: 0.5 GiB of 8 GiB free, 1 GiB asked");
      assertThat(scene.service("web", reserving("\"memory\":\"512m\"")).actions())
          .containsExactly("record web.1 on host1");
      assertThat(scene.service("web", reserving("\"cpus\":\"4.5\"")).reason("web.1"))
          .endsWith("host1: 4 of 4 CPUs free, 4.5 asked");
      assertThat(
              scene
                  .service(
                      "web",
                      reserving(
                          "\"generic_resources\":[{\"discrete_resource_spec\":"
                              + "{\"kind\":\"gpu\",\"value\":3}}]"))
                  .reason("web.1"))
          .endsWith("host1: 2 of 2 gpu free, 3 asked");
    }

    @Test
    @DisplayName("counts for each placed job and for each replica")
    void counts() {
      Scene scene = hosts("a", "b").service("web", reserving("\"cpus\":3", "\"replicas\":3,"));
      assertThat(scene.actions()).containsExactly("record web.1 on a", "record web.2 on b");
      assertThat(scene.reason("web.3"))
          .isEqualTo("no host fits: a: 1 of 4 CPUs free, 3 asked; b: 1 of 4 CPUs free, 3 asked");
    }

    @Test
    @DisplayName("of a device is counted by kind, and not checked if no device is reported")
    void devices() {
      assertThat(hosts("a").service("web", gpus("gpu", 2)).actions())
          .containsExactly("record web.1 on a");
      Scene one = hosts("a").service("db", gpus("gpu", 1)).running("db.1", "a");
      assertThat(one.service("web", gpus("gpu", 1)).actions()).containsExactly("record web.1 on a");
      assertThat(one.service("web", gpus("gpu", 2)).reason("web.1"))
          .endsWith("a: 1 of 2 gpu free, 2 asked");
      assertThat(one.service("web", gpus("fpga", 1)).reason("web.1"))
          .endsWith("a: 0 of 0 fpga free, 1 asked");
      assertThat(Scene.withHosts("a").service("web", gpus("gpu", 9)).actions())
          .containsExactly("record web.1 on a");
    }

    private static String gpus(String kind, int count) {
      return reserving(
          "\"generic_resources\":[{\"discrete_resource_spec\":{\"kind\":\""
              + kind
              + "\",\"value\":"
              + count
              + "}}]");
    }

    @Test
    @DisplayName("of memory is granted even where more CPUs are reserved than there are")
    void overcommitted() {
      Scene scene = hosts("a").service("db", reserving("\"cpus\":4")).running("db.1", "a");
      scene.reserve(new Resources(500_000_000, 0));
      assertThat(scene.service("web", ONE).actions()).containsExactly("record web.1 on a");
      assertThat(scene.service("web", reserving("\"cpus\":1")).reason("web.1"))
          .endsWith("a: 0 of 3.5 CPUs free, 1 asked");
    }

    @Test
    @DisplayName("of a changed definition holds jobs that are placed together, or are global")
    void held() {
      Scene global = hosts("a").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
      global.service("log", reserving("\"memory\":\"1g\"", "\"mode\":\"global\","));
      global.runningOld("log.a", "a");
      assertThat(global.actions()).isEmpty();
      assertThat(global.reason("log.a")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
      Scene fits =
          hosts("a").service("log", reserving("\"memory\":\"1g\"", "\"mode\":\"global\","));
      assertThat(fits.runningOld("log.a", "a").actions()).containsExactly("pull for log.a on a");
      String[] shop = {"\"networks\":[\"shop_default\"]", "\"x-dowding\":{\"project\":\"shop\"}"};
      Scene group = hosts("a").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
      group.service("one", shop).running("one.1", "a");
      group.service("two", ONE, shop[0], shop[1]).runningOld("two.1", "a");
      assertThat(group.actions()).isEmpty();
      assertThat(group.reason("two.1")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
    }

    @Test
    @DisplayName("leaves the configured part of a host free")
    void keepsFree() {
      Scene scene = hosts("a").reserve(new Resources(500_000_000, 2L << 30));
      assertThat(scene.service("web", reserving("\"memory\":\"7g\"")).reason("web.1"))
          .endsWith("a: 6 GiB of 6 GiB free, 7 GiB asked");
      assertThat(scene.service("web", reserving("\"cpus\":\"3.6\"")).reason("web.1"))
          .endsWith("a: 3.5 of 3.5 CPUs free, 3.6 asked");
    }

    @Test
    @DisplayName("also applies to a pinned job, which waits for room")
    void pinned() {
      Scene scene = hosts("a", "b").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
      assertThat(scene.service("web", ONE).pin("web", "a").reason("web.1"))
          .isEqualTo("pinned to a by pins/web, but a: 0.5 GiB of 8 GiB free, 1 GiB asked");
    }

    @Test
    @DisplayName("is not checked on a host that has not reported its capacity")
    void unknown() {
      Scene scene = Scene.withHosts("a").service("web", reserving("\"memory\":\"900g\""));
      assertThat(scene.actions()).containsExactly("record web.1 on a");
    }

    @Test
    @DisplayName("never moves a running job")
    void sticky() {
      Scene scene =
          hosts("a", "b")
              .service("db", SEVEN_AND_A_HALF)
              .running("db.1", "a")
              .service("web", ONE)
              .running("web.1", "a");
      assertThat(scene.actions()).isEmpty();
    }

    @Test
    @DisplayName("of a changed definition may move a job, unless its data is there")
    void changed() {
      Scene scene = hosts("a", "b").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
      scene.service("web", ONE).runningOld("web.1", "a");
      assertThat(scene.actions()).containsExactly("pull for web.1 on b");
      Scene stays = hosts("a", "b").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
      stays.service("web", ONE, "\"volumes\":[\"data:/data\"]").runningOld("web.1", "a");
      assertThat(stays.actions()).isEmpty();
      assertThat(stays.reason("web.1")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
      assertThat(stays.pin("web", "a").actions()).isEmpty();
      assertThat(stays.reason("web.1")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
    }

    @Test
    @DisplayName("of a changed definition counts for each of several jobs that move at once")
    void changedTogether() {
      String three = "\"replicas\":3,";
      Scene scene = hosts("a", "b").service("web", reserving("\"memory\":\"4g\"", three));
      scene.recorded("web.1", "a", 1, "old").recorded("web.2", "a", 2, "old");
      scene.recorded("web.3", "a", 3, "old");
      assertThat(scene.actions()).filteredOn(action -> action.endsWith(" on b")).hasSize(2);
    }

    @Test
    @DisplayName("ranks hosts for a service with binpack")
    void packs() {
      Scene scene =
          hosts("a", "b")
              .service("db", ONE)
              .running("db.1", "b")
              .service("x", "\"deploy\":{\"replicas\":2}")
              .running("x.1", "a")
              .running("x.2", "a");
      scene.service("web", ONE, "\"x-dowding\":{\"strategy\":\"binpack\"}");
      assertThat(scene.actions()).containsExactly("record web.1 on b");
    }
  }

  @Nested
  @DisplayName("A host that cannot run a job")
  class Lacking {

    private final EngineInfo small =
        new EngineInfo(
            "id",
            "29",
            "1.52",
            1,
            1L << 30,
            "linux",
            "amd64",
            Set.of("json-file"),
            Set.of("local"),
            Set.of("bridge"),
            Set.of("runc"));

    private String reason(String fields) {
      return Scene.withHosts("a").engine("a", small).service("web", fields).reason("web.1");
    }

    @Test
    @DisplayName("is refused, and the reason names what it lacks")
    void lacks() {
      assertThat(reason("\"cpus\":1.5")).contains("a: has 1 CPU, 1.5 asked");
      assertThat(reason("\"logging\":{\"driver\":\"loki\"}")).contains("a: no log driver loki");
      assertThat(reason("\"runtime\":\"nvidia\"")).contains("a: no runtime nvidia");
      assertThat(reason("\"platform\":\"linux/arm64\""))
          .contains("a: is linux/amd64, linux/arm64 asked");
      assertThat(
              reason(
                  "\"volumes\":[\"d:/d\"],"
                      + "\"x-dowding\":{\"volumes\":{\"d\":{\"driver\":\"rex\"}}}"))
          .contains("a: no volume driver rex");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "'type':'image','source':'demo:2' | a volume of the type image needs 1.48",
          "'type':'volume','source':'d','volume':{'subpath':'a'} | volume.subpath needs 1.45",
          "'type':'bind','source':'/d','read_only':true,'bind':{'recursive':'writable'} | bind.recursive needs 1.44",
        })
    @DisplayName("is refused for a volume that its engine is too old for; a newer one is chosen")
    void tooOld(String volume, String reason) {
      String fields = "\"volumes\":[{" + volume.replace('\'', '"') + ",\"target\":\"/d\"}]";
      EngineInfo old = api("1.43");
      assertThat(Scene.withHosts("a").engine("a", old).service("web", fields).reason("web.1"))
          .contains("a: has API 1.43; " + reason);
      Scene scene = Scene.withHosts("a", "b").engine("a", old).engine("b", api("1.48"));
      assertThat(scene.service("web", fields).actions()).containsExactly("record web.1 on b");
    }

    private static EngineInfo api(String version) {
      return new EngineInfo(
          "id", "", version, 0, 0, "", "", Set.of(), Set.of(), Set.of(), Set.of());
    }

    @Test
    @DisplayName("is also refused to a pinned job, which waits")
    void pinned() {
      Scene scene = Scene.withHosts("a", "b").engine("a", small).service("web", "\"cpus\":2");
      assertThat(scene.pin("web", "a").actions()).isEmpty();
      assertThat(scene.reason("web.1")).contains("a: has 1 CPU, 2.0 asked");
    }

    @Test
    @DisplayName("is not refused for what it does not report, and another host is chosen")
    void elsewhere() {
      Scene scene = Scene.withHosts("a", "b").engine("a", small).service("web", "\"cpus\":2");
      assertThat(scene.actions()).containsExactly("record web.1 on b");
    }
  }

  @Nested
  @DisplayName("A named volume that has data on a host")
  class Data {

    private static final String SHARED = "\"volumes\":[\"shared:/data\"]";

    @Test
    @DisplayName("attracts a service that uses it, whatever the load")
    void attracts() {
      Scene scene = Scene.withHosts("a", "b").volumes("b", "shared").service("app", SHARED);
      assertThat(scene.service("other").running("other.1", "b").actions())
          .containsExactly("record app.1 on b");
    }

    @Test
    @DisplayName("is named with its users if a job cannot go there")
    void leftBehind() {
      Scene scene =
          Scene.withHosts("a")
              .host("b", Availability.PAUSE, Reach.UP)
              .volumes("b", "shared")
              .service("app", SHARED)
              .service("web", SHARED)
              .running("app.1", "b");
      assertThat(scene.why("web.1"))
          .contains("volume shared has data on b (app.1); here it is empty");
    }

    @Test
    @DisplayName("is named without users if none is recorded there, and never if it is here, too")
    void users() {
      Scene scene =
          Scene.withHosts("a")
              .host("b", Availability.PAUSE, Reach.UP)
              .volumes("b", "shared")
              .service("other")
              .running("other.1", "b")
              .recorded("old.1", "b", 5, "1-x")
              .service("web", SHARED);
      assertThat(scene.why("web.1")).endsWith("; volume shared has data on b; here it is empty");
      assertThat(scene.volumes("a", "shared").why("web.1")).doesNotContain("volume");
    }

    @Test
    @DisplayName("does not place all replicas of a service on one host")
    void replicas() {
      Scene scene =
          Scene.withHosts("a", "b")
              .volumes("a", "shared")
              .service("app", SHARED + "," + TWO)
              .running("app.1", "a");
      assertThat(scene.actions()).contains("record app.2 on b");
      assertThat(scene.why("app.2")).doesNotContain("empty");
    }
  }
}
