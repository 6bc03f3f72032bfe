package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.it.TestCluster.Seen;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Unreachable hosts")
class HostFaultsIT {

  private TestCluster cluster = TestCluster.running(3);
  private final TestHost host3 = cluster.hosts().get(2);

  @AfterEach
  void clean() {
    host3.heal();
    host3.thaw();
    await().atMost(SOON).until(host3::answers);
    cluster.close();
  }

  private String hostState() {
    return cluster.json("status/hosts/host3").path("state").asText();
  }

  private void awaitHost(String state) {
    await().atMost(SOON).until(() -> hostState().equals(state));
  }

  @Test
  @DisplayName(
      "an unreachable host becomes unknown, then down; movable jobs move after the grace period,"
          + " pinned ones and those with local data are held; when it returns, surplus"
          + " containers are removed")
  void cutOff() {
    cluster.put("pins/pinned", "host3");
    cluster.put("services/pinned", service());
    cluster.put("services/data", service("\"volumes\":[\"d8:/data\"]", constraint()));
    cluster.put("services/web", service(replicas(3)));
    for (String name : List.of("pinned", "data", "web")) {
      cluster.awaitRunning(name);
    }
    Seen data = cluster.container("data.1");
    Seen pinned = cluster.container("pinned.1");
    String moving =
        cluster.containers().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("web."))
            .filter(entry -> entry.getValue().host() == host3)
            .findFirst()
            .orElseThrow()
            .getKey();

    host3.cut();

    awaitHost("unknown");
    assertThat(cluster.status("web").path("update").isMissingNode()).isTrue();
    awaitHost("down");
    await()
        .atMost(SOON)
        .until(() -> !cluster.jobStatus(moving).path("host").asText().equals("host3"));
    cluster.awaitRunning("web");
    assertThat(cluster.jobStatus("data.1").path("state").asText()).isEqualTo("unreachable");
    assertThat(cluster.jobStatus("data.1").path("host").asText()).isEqualTo("host3");
    assertThat(cluster.jobStatus("pinned.1").path("host").asText()).isEqualTo("host3");

    host3.heal();

    awaitHost("up");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(cluster.containers()).hasSize(5);
              assertThat(cluster.container(moving).host()).isNotSameAs(host3);
            });
    for (String name : List.of("pinned", "data", "web")) {
      cluster.awaitRunning(name);
    }
    assertThat(cluster.container("data.1").id()).isEqualTo(data.id());
    assertThat(cluster.container("pinned.1").id()).isEqualTo(pinned.id());
  }

  private static String constraint() {
    return "\"deploy\":{\"placement\":{\"preferences\":[{\"spread\":\"node.labels.rack\"}],"
        + "\"constraints\":[\"node.hostname != host1\",\"node.hostname != host2\"]}}";
  }

  @Test
  @DisplayName("gone moves held jobs, except those that a user pinned")
  void gone() {
    cluster.put("hosts/host1", "pause");
    cluster.put("hosts/host2", "pause");
    cluster.put("services/data", service("\"volumes\":[\"d9:/data\"]"));
    cluster.put("services/pinned", service("\"x-dowding\":{\"pin\":\"host3\"}"));
    cluster.awaitRunning("data");
    cluster.awaitRunning("pinned");
    await().atMost(SOON).until(() -> cluster.value("pins/data.1").startsWith("host3"));
    cluster.put("hosts/host1", "active");
    cluster.put("hosts/host2", "active");
    host3.cut();
    awaitHost("down");

    cluster.put("hosts/host3", "gone");

    cluster.awaitRunning("data");
    assertThat(cluster.jobStatus("data.1").path("host").asText()).isNotEqualTo("host3");
    assertThat(cluster.jobStatus("pinned.1").path("host").asText()).isEqualTo("host3");
    assertThat(cluster.jobStatus("pinned.1").path("state").asText()).isEqualTo("unreachable");
    await()
        .atMost(SOON)
        .until(
            () ->
                cluster.value("pins/data.1").contains("# auto")
                    && !cluster.value("pins/data.1").startsWith("host3"));
  }

  private static String line(String hostname, String docker) {
    return "- {hostname: " + hostname + ", docker: \"" + docker + "\"}";
  }

  @Test
  @DisplayName("an engine that answers but does nothing is not polled in a loop")
  void idle() {
    try (TcpProxy way = new TcpProxy(host3.endpoint())) {
      cluster.writeInventory(
          cluster.hosts().stream()
              .map(host -> line(host.name(), host == host3 ? way.docker() : host.endpoint()))
              .collect(Collectors.joining("\n")));
      await().atMost(SOON).until(() -> way.lists() > 0);
      way.idle();
      cluster.put("services/web", service(replicas(6), "\"x-dowding\":{\"pin\":\"host3\"}"));
      await().atMost(SOON).until(() -> way.changes().size() >= 10);
      assertThat(way.lists()).isLessThanOrEqualTo(3 * way.changes().size());
    }
  }

  @Test
  @DisplayName("a hung Docker daemon delays no other host")
  void hung() {
    // A new cluster starts only once each host has reported no containers of an old one.
    awaitHost("up");
    host3.freeze();
    try {
      cluster.put(
          "services/a",
          service(
              "\"deploy\":{\"replicas\":2,\"placement\":{\"constraints\":[\"node.hostname != host3\"]}}"));

      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> cluster.status("a").path("running").asInt() == 2);
      awaitHost("unknown");
      cluster.put("services/b", service(replicas(2)));
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> cluster.status("b").path("running").asInt() == 2);
    } finally {
      host3.thaw();
    }
    awaitHost("up");
  }
}
