package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Policy;
import io.dowding.model.Right;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The namespaces of another service")
class NamespacesTest {

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
