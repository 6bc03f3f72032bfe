package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.model.Ownership;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Networks of services")
class NetworksIT {

  private static final String SERVER =
      "\"command\":[\"sh\",\"-c\",\"trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait\"]";

  private final TestCluster cluster = TestCluster.running(1);
  private final TestHost host = cluster.hosts().getFirst();

  @AfterEach
  void clean() {
    cluster.close();
  }

  private boolean exists(String network) {
    try {
      host.docker().inspectNetworkCmd().withNetworkId(network).exec();
      return true;
    } catch (NotFoundException absent) {
      return false;
    }
  }

  private static String client(String... targets) {
    String check = "busybox wget -q -O /dev/null http://" + String.join(" http://", targets);
    return service(
        "\"networks\":[\"back\",\"front\"]",
        "\"healthcheck\":{\"test\":\"" + check + "\",\"interval\":\"1s\",\"retries\":20}");
  }

  @Test
  @DisplayName(
      "are created when missing, resolve names and aliases, and are removed with their last user")
  void comeAndGo() {
    cluster.put(
        "services/api",
        "{\"image\":\"demo:1\","
            + SERVER
            + ",\"networks\":{\"back\":{\"aliases\":[\"old-api\"]}}}");
    cluster.put("services/page", "{\"image\":\"demo:1\"," + SERVER + ",\"networks\":[\"front\"]}");
    cluster.put("services/client", client("api", "old-api", "page"));
    cluster.awaitStatus(
        "client",
        status -> status.path("jobs").path("client.1").path("health").asText().equals("healthy"));

    cluster.delete("services/client");
    cluster.delete("services/api");
    await().atMost(SOON).until(() -> !exists("back"));
    assertThat(exists("front")).isTrue();
    cluster.delete("services/page");
    await().atMost(SOON).until(() -> !exists("front"));
  }

  @Test
  @DisplayName("use the addresses that a service requests")
  void addresses() {
    cluster.put(
        "services/web",
        service(
            "\"networks\":{\"back\":{\"ipv4_address\":\"172.31.9.7\"},\"front\":{}}",
            "\"x-dowding\":{\"networks\":{\"back\":{\"ipam\":{\"config\":[{\"subnet\":"
                + "\"172.31.9.0/24\"}]}}}}"));
    cluster.awaitRunning("web");
    assertThat(
            host.docker()
                .inspectContainerCmd(cluster.container("web.1").id())
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .get("back")
                .getIpAddress())
        .isEqualTo("172.31.9.7");
  }

  @Test
  @DisplayName("are shared by a side-car, which is recreated with its service")
  void sideCar() {
    cluster.put("services/vpn", "{\"image\":\"demo:1\"," + SERVER + "}");
    cluster.put(
        "services/app",
        service(
            "\"network_mode\":\"service:vpn\"",
            "\"healthcheck\":{\"test\":\"busybox wget -q -O /dev/null http://127.0.0.1\","
                + "\"interval\":\"1s\",\"retries\":20}"));
    cluster.awaitStatus(
        "app",
        status -> status.path("jobs").path("app.1").path("health").asText().equals("healthy"));
    TestCluster.Seen app = cluster.container("app.1");
    cluster.put("services/vpn", "{\"image\":\"demo:1\"," + SERVER + ",\"hostname\":\"b\"}");
    cluster.awaitAnother("app.1", app);
    cluster.awaitRunning("app");
  }

  @Test
  @DisplayName("that a crashed agent left behind are removed with the next unused network")
  void left() {
    cluster.put("services/web", service("\"networks\":[\"front\"]"));
    cluster.awaitRunning("web");
    host.docker()
        .createNetworkCmd()
        .withName("left")
        .withLabels(Map.of(Ownership.CLUSTER, cluster.cluster()))
        .exec();
    cluster.delete("services/web");
    await().atMost(SOON).until(() -> !exists("front") && !exists("left"));
  }

  @Test
  @DisplayName("that a user removed are recreated, together with their containers")
  void removed() {
    cluster.put("services/web", service("\"networks\":[\"front\"]"));
    cluster.awaitRunning("web");
    TestCluster.Seen web = cluster.container("web.1");
    cluster.stopAgent();
    host.docker().killContainerCmd(web.id()).exec();
    await().atMost(SOON).until(() -> cluster.container("web.1").state().equals("exited"));
    host.docker().removeNetworkCmd("front").exec();
    cluster.startAgent();
    cluster.awaitAnother("web.1", web);
    cluster.awaitRunning("web");
  }

  private void disconnect(String network, TestCluster.Seen from) {
    host.docker()
        .disconnectFromNetworkCmd()
        .withNetworkId(network)
        .withContainerId(from.id())
        .exec();
  }

  private Set<String> networksOf(TestCluster.Seen container) {
    return host.docker()
        .inspectContainerCmd(container.id())
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .keySet();
  }

  @Test
  @DisplayName(
      "are reconnected, and recreated if missing, when a user disconnects a container, which keeps"
          + " running, and the status says so")
  void disconnected() {
    cluster.put("services/web", service("\"networks\":[\"back\",\"front\"]"));
    cluster.put("services/plain", service());
    cluster.awaitRunning("web");
    cluster.awaitRunning("plain");
    TestCluster.Seen web = cluster.container("web.1");
    TestCluster.Seen plain = cluster.container("plain.1");

    disconnect("back", web);
    await().atMost(SOON).until(() -> networksOf(web).equals(Set.of("back", "front")));

    // A second disconnect soon after is repaired only after a pause, so the status can be read.
    disconnect("back", web);
    host.docker().removeNetworkCmd("back").exec();
    cluster.awaitStatus(
        "web",
        status ->
            status
                .path("jobs")
                .path("web.1")
                .path("reason")
                .asText()
                .startsWith("was disconnected from back"));
    await().atMost(SOON).until(() -> networksOf(web).equals(Set.of("back", "front")));

    disconnect("bridge", plain);
    await().atMost(SOON).until(() -> networksOf(plain).equals(Set.of("bridge")));

    cluster.awaitStatus(
        "web", status -> status.path("jobs").path("web.1").path("reason").isMissingNode());
    assertThat(cluster.container("web.1")).isEqualTo(web);
    assertThat(cluster.container("plain.1")).isEqualTo(plain);
    cluster.delete("services/web");
    await().atMost(SOON).until(() -> !exists("back") && !exists("front"));
  }

  @Test
  @DisplayName("that others created are used and not removed")
  void foreign() {
    String id = host.docker().createNetworkCmd().withName("theirs").exec().getId();
    try {
      cluster.put("services/web", service("\"networks\":[\"theirs\"]"));
      cluster.awaitRunning("web");
      cluster.delete("services/web");
      await().atMost(SOON).until(() -> cluster.value("status/services/web").isEmpty());
      assertThat(exists("theirs")).isTrue();
    } finally {
      host.docker().removeNetworkCmd(id).exec();
    }
  }
}
