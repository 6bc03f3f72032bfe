package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Where jobs run")
class PlacementIT {

  private TestCluster cluster = TestCluster.running(3);

  @AfterEach
  void clean() {
    cluster.close();
  }

  @Test
  @DisplayName("three replicas run on three hosts, and the status says so")
  void spread() {
    cluster.put("services/web", service(replicas(3)));

    cluster.awaitRunning("web");

    assertThat(cluster.containers().values().stream().map(seen -> seen.host().name()))
        .containsExactlyInAnyOrder("host1", "host2", "host3");
    assertThat(cluster.containers().values()).allMatch(seen -> seen.state().equals("running"));
    assertThat(cluster.status("web").path("running").asInt()).isEqualTo(3);
    assertThat(cluster.status("web").path("desired").asInt()).isEqualTo(3);
    assertThat(cluster.jobStatus("web.2").path("host").asText())
        .isEqualTo(cluster.container("web.2").host().name());
  }

  @Test
  @DisplayName("a pin written before the service is honoured")
  void pinnedBefore() {
    cluster.put("pins/db", "host3");
    cluster.put("services/db", service());

    cluster.awaitRunning("db");

    assertThat(cluster.container("db.1").host().name()).isEqualTo("host3");
  }

  @Test
  @DisplayName("a pin written after the service is honoured, and job:db follows db")
  void pinnedAfterwards() {
    cluster.put("services/db", service());
    cluster.put("services/app", service());
    cluster.put("pins/app", "job:db");
    cluster.awaitRunning("db");
    String before = cluster.container("db.1").host().name();
    String after = before.equals("host3") ? "host2" : "host3";

    cluster.put("pins/db.1", after);

    for (String job : new String[] {"db.1", "app.1"}) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(cluster.containers()).containsKey(job);
                assertThat(cluster.container(job).host().name()).isEqualTo(after);
              });
    }
    cluster.awaitRunning("app");
  }

  @Test
  @DisplayName("a job pinned to an unknown host is pending with the reason, and does not run")
  void pinnedToNowhere() {
    cluster.put("pins/db", "host99");
    cluster.put("services/db", service());

    cluster.awaitState("db", "pending");

    assertThat(cluster.jobStatus("db.1").path("reason").asText())
        .contains("host99")
        .contains("not in the inventory");
    assertThat(cluster.containers()).isEmpty();
  }

  @Test
  @DisplayName("a job pinned to a host that is down is pending with the reason, and does not run")
  void pinnedToDownHost() {
    TestHost down = cluster.hosts().get(2);
    down.cut();
    try {
      await()
          .atMost(SOON)
          .until(() -> cluster.json("status/hosts/host3").path("state").asText().equals("down"));
      cluster.put("pins/db", "host3");
      cluster.put("services/db", service());

      cluster.awaitState("db", "pending");

      assertThat(cluster.jobStatus("db.1").path("reason").asText())
          .contains("host3")
          .contains("unreachable since");
      assertThat(cluster.containers()).isEmpty();
    } finally {
      down.heal();
    }
    cluster.awaitRunning("db");
    assertThat(cluster.container("db.1").host().name()).isEqualTo("host3");
  }

  @Test
  @DisplayName("a service with a named volume is pinned to its first host automatically")
  void pinnedByItsData() {
    cluster.put("services/db", service("\"volumes\":[\"data:/data\"]"));

    cluster.awaitRunning("db");

    String host = cluster.container("db.1").host().name();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(cluster.value("pins/db.1")).isEqualTo(host + " # auto: volume data"));
  }

  @Test
  @DisplayName("constraints on hostname, tags and labels are respected, and refusals are explained")
  void constraints() {
    cluster.put(
        "services/a",
        service("\"deploy\":{\"placement\":{\"constraints\":[\"node.labels.rack==r2\"]}}"));
    cluster.put(
        "services/b",
        service("\"deploy\":{\"placement\":{\"constraints\":[\"node.tags == peach\"]}}"));
    cluster.put(
        "services/c",
        service("\"deploy\":{\"placement\":{\"constraints\":[\"node.tags == plum\"]}}"));

    cluster.awaitRunning("a");
    cluster.awaitRunning("b");
    cluster.awaitState("c", "pending");

    assertThat(cluster.container("a.1").host().name()).isEqualTo("host3");
    assertThat(cluster.container("b.1").host().name()).isEqualTo("host1");
    assertThat(cluster.jobStatus("c.1").path("reason").asText())
        .contains("host1: node.tags == plum does not hold")
        .contains("host2: node.tags == plum does not hold");
  }

  @Test
  @DisplayName("a published port that is in use is not used again")
  void ports() {
    String ports = "\"ports\":[\"18080:80\"]";
    cluster.put("services/api", service(ports, replicas(4)));

    cluster.awaitStatus("api", status -> status.path("running").asInt() == 3);

    assertThat(cluster.jobStatus("api.4").path("reason").asText())
        .contains("host1: port 18080 is taken by api.");
    assertThat(cluster.jobStatus("api.1").path("addresses").path(0).asText())
        .endsWith(":18080->80/tcp");
  }

  @Test
  @DisplayName(
      "a job waits until a host has the resources that it reserves, and the reason has figures")
  void reservations() {
    cluster.put("services/first", service());
    cluster.awaitRunning("first");
    JsonNode all = cluster.json("status/hosts/host1").path("capacity");
    String most = all.path("cpus").decimalValue().subtract(new BigDecimal("0.5")).toPlainString();
    cluster.put("services/big", service(reserving(3, most)));
    cluster.awaitRunning("big");
    cluster.put("services/more", service(reserving(1, "1")));

    String figures = "0.5 of " + all.path("cpus").asText() + " CPUs free, 1 asked";
    cluster.awaitState("more", "pending");
    assertThat(cluster.jobStatus("more.1").path("reason").asText())
        .isEqualTo("no host fits: host1: %1$s; host2: %1$s; host3: %1$s".formatted(figures));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode host = cluster.json("status/hosts/host1");
              assertThat(host.path("reserved").path("cpus").asText()).isEqualTo(most);
              assertThat(host.path("free").path("cpus").asText()).isEqualTo("0.5");
            });

    cluster.delete("services/big");
    cluster.awaitRunning("more");
  }

  private static String reserving(int replicas, String cpus) {
    return "\"deploy\":{\"replicas\":%d,\"resources\":{\"reservations\":{\"cpus\":\"%s\"}}}"
        .formatted(replicas, cpus);
  }

  @Test
  @DisplayName("mode: global runs once on every active host, including new ones")
  void global() {
    cluster.put("hosts/host2", "pause");
    cluster.put("services/log", service("\"deploy\":{\"mode\":\"global\"}"));
    cluster.awaitRunning("log");
    assertThat(cluster.containers().keySet()).containsExactly("log.host1", "log.host3");

    cluster.writeInventory(Testbed.shared().hosts(4));
    cluster.put("hosts/host2", "active");

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(cluster.containers().keySet())
                    .containsExactly("log.host1", "log.host2", "log.host3", "log.host4"));
    cluster.awaitRunning("log");
  }

  @Test
  @DisplayName(
      "a paused host gets no new jobs, a drained one loses its jobs one at a time, an active one"
          + " gets jobs again")
  void operatorsWord() {
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    cluster.put("hosts/host1", "pause");
    cluster.put("services/more", service(replicas(2)));
    cluster.awaitRunning("more");
    assertThat(cluster.container("more.1").host().name()).isNotEqualTo("host1");
    assertThat(cluster.container("more.2").host().name()).isNotEqualTo("host1");
    assertThat(cluster.containers().values()).anyMatch(seen -> seen.host().name().equals("host1"));

    cluster.put("hosts/host1", "active");
    cluster.put("services/web", service(replicas(6)));
    cluster.awaitRunning("web");
    Watcher fewest = new Watcher(cluster.hosts(), () -> runningJobsOf("web"));
    cluster.put("hosts/host1", "drain");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(cluster.containers().values())
                    .noneMatch(seen -> seen.host().name().equals("host1")));
    cluster.awaitRunning("web");

    assertThat(fewest.stop()).isGreaterThanOrEqualTo(5);
  }

  private int runningJobsOf(String service) {
    return (int)
        Testbed.shared().hosts().stream()
            .flatMap(host -> host.containers(cluster.cluster()).stream())
            .filter(container -> container.getState().equals("running"))
            .map(container -> container.getLabels().get("dowding.job"))
            .filter(job -> job.startsWith(service + "."))
            .distinct()
            .count();
  }
}
