package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The inventory")
class InventoryIT {

  private final TestCluster cluster = TestCluster.running(2);

  @AfterEach
  void clean() {
    cluster.close();
  }

  @Test
  @DisplayName(
      "hosts without encryption cause a warning; with requireTls they are refused, others continue")
  void withoutEncryption() {
    await().atMost(SOON).until(() -> hosts().size() == 2);
    assertThat(TestLog.text()).contains("hosts without encryption hosts=[host1, host2]");
    cluster.stopAgent();
    try (TcpProxy proxy =
        new TcpProxy(cluster.hosts().get(1).endpoint().replace("tcp:", "http:"))) {
      cluster.docker("requireTls: true");
      cluster.writeInventory(
          "- {hostname: host1, insecure: true, docker: \""
              + cluster.hosts().getFirst().endpoint()
              + "\"}\n- {hostname: host2, docker: \""
              + proxy.endpoint().replace("http:", "tcp:")
              + "\"}");
      cluster.startAgent();
      cluster.put("services/web", service(replicas(2)));
      cluster.awaitRunning("web");
      assertThat(cluster.value("status/hosts/host1"))
          .contains("is not encrypted, but docker.requireTls is set");
      assertThat(cluster.container("web.1").host().name()).isEqualTo("host2");
      assertThat(cluster.container("web.2").host().name()).isEqualTo("host2");
      cluster.stopAgent();
    }
  }

  private Set<String> hosts() {
    return cluster.all("status/hosts/").keySet();
  }

  @Test
  @DisplayName(
      "a changed file is read without a restart; an invalid one leaves the last valid one in"
          + " effect")
  void followed() {
    cluster.put("services/web", service(replicas(2)));
    cluster.awaitRunning("web");

    cluster.writeInventory(Testbed.shared().hosts(3));
    await()
        .atMost(SOON)
        .until(() -> cluster.value("status/hosts/host3").contains("\"state\":\"up\""));
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    assertThat(cluster.container("web.3").host().name()).isEqualTo("host3");

    cluster.writeInventory("- hostname: host1\n  docker: [not, an, endpoint");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(5))
        .until(() -> hosts().size() == 3);
    assertThat(cluster.containers()).hasSize(3);

    cluster.writeInventory(Testbed.shared().hosts(4));
    await().atMost(SOON).until(() -> hosts().contains("status/hosts/host4"));
  }

  @Test
  @DisplayName("a job whose host leaves the inventory stays recorded there, and does not move")
  void hostLeaves() {
    cluster.put("services/web", service(replicas(2)));
    cluster.awaitRunning("web");
    TestHost host2 = cluster.hosts().get(1);
    String job = cluster.container("web.1").host() == host2 ? "web.1" : "web.2";
    String id = cluster.container(job).id();

    cluster.writeInventory(cluster.hosts().subList(0, 1));
    await()
        .atMost(SOON)
        .until(
            () -> cluster.jobStatus(job).path("reason").asText().contains("not in the inventory"));

    assertThat(cluster.container(job).id()).isEqualTo(id);
    cluster.writeInventory(cluster.hosts());
    cluster.awaitRunning("web");
    assertThat(cluster.container(job).id()).isEqualTo(id);
  }

  @Test
  @DisplayName("is also followed in etcd, and an invalid value changes nothing")
  void inEtcd() {
    cluster.stopAgent();
    cluster.inventoryInEtcd();
    cluster.startAgent();
    for (TestHost host : cluster.hosts()) {
      cluster.put("inventory/" + host.name(), "{\"docker\":\"" + host.endpoint() + "\"}");
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                cluster.hosts().stream()
                    .allMatch(
                        host -> cluster.value("status/hosts/" + host.name()).contains("\"up\"")));
    cluster.put("services/web", service(replicas(2)));
    cluster.awaitRunning("web");

    cluster.put("inventory/host2", "{\"docker\":\"ftp://nowhere\"}");
    cluster.put("services/more", service(replicas(2)));
    cluster.awaitRunning("more");

    assertThat(cluster.containers().values().stream().map(seen -> seen.host().name()))
        .containsExactlyInAnyOrder("host1", "host1", "host2", "host2");
  }
}
