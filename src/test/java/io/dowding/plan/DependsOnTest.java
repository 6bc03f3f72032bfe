package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("depends_on")
class DependsOnTest {

  private static final String TWO = "\"deploy\":{\"replicas\":2}";

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
    waits(app("completed_successfully").running("db.1", "a"), "db.1 is not completed_successfully");
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
    continues(Scene.withHosts("a").service("app", "\"depends_on\":{\"db\":{\"required\":false}}"));
  }

  @Test
  @DisplayName("does not stop a running job when a dependency is removed")
  void goneLater() {
    Scene scene =
        Scene.withHosts("a").service("app", "\"depends_on\":[\"db\"]").running("app.1", "a");
    assertThat(scene.actions()).isEmpty();
  }

  @Test
  @DisplayName("with restart: true recreates a job once all jobs of its dependency were recreated")
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
