package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.get;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.it.TestCluster.Seen;
import io.etcd.jetcd.options.CompactOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("etcd unreachable for a while")
class EtcdFaultsIT {

  private final Testbed bed = Testbed.shared();
  private final TcpProxy proxy = new TcpProxy(bed.etcdEndpoint());
  private final TestCluster cluster = new TestCluster(3, proxy.endpoint());

  @AfterEach
  void clean() {
    cluster.close();
    proxy.close();
  }

  private void deploy() {
    cluster.startAgent();
    cluster.put("services/web", service(replicas(3)));
    cluster.put("services/old", service());
    cluster.awaitRunning("web");
    cluster.awaitRunning("old");
  }

  @Test
  @DisplayName("nothing stops, nothing is lost, and failed containers are restarted afterwards")
  void killed() {
    deploy();
    Map<String, Seen> before = cluster.containers();
    String uuid = cluster.cluster();
    Seen victim = before.get("web.1");

    bed.killEtcd();
    try {
      victim.host().docker().killContainerCmd(victim.id()).exec();
      await()
          .during(java.time.Duration.ofSeconds(8))
          .atMost(java.time.Duration.ofSeconds(10))
          .until(
              () ->
                  bed.hosts().stream()
                          .flatMap(host -> host.containers(uuid).stream())
                          .filter(container -> container.getState().equals("running"))
                          .count()
                      == 3);
    } finally {
      bed.restartEtcd();
    }

    cluster.put("services/new", service());
    cluster.awaitRunning("new");
    await().atMost(SOON).until(() -> cluster.container("web.1").state().equals("running"));
    for (var entry : before.entrySet()) {
      assertThat(cluster.container(entry.getKey()).id()).isEqualTo(entry.getValue().id());
    }
  }

  @Test
  @DisplayName("changes made while the agent was cut off are applied when it reconnects")
  void cutOff() {
    deploy();

    proxy.cut();
    cluster.put("services/new", service());
    cluster.delete("services/old");
    cluster.put("services/web", service(replicas(1)));
    proxy.heal();

    cluster.awaitRunning("new");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(cluster.containers().keySet()).containsExactly("new.1", "web.1"));
  }

  @Test
  @DisplayName("a compaction while the watch is disconnected loses no changes")
  void compacted() {
    deploy();

    proxy.cut();
    cluster.put("services/new", service());
    cluster.delete("services/old");
    cluster.put("services/web", service(replicas(1)));
    long newest = cluster.revision("services/web");
    get(
        bed.etcd()
            .getKVClient()
            .compact(newest, CompactOption.builder().withCompactPhysical(true).build()));
    proxy.heal();

    cluster.awaitRunning("new");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(cluster.containers().keySet()).containsExactly("new.1", "web.1"));
  }
}
