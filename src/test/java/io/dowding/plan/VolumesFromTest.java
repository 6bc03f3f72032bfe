package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Policy;
import io.dowding.model.Right;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("volumes_from")
class VolumesFromTest {

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
