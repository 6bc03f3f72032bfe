package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Running containers when etcd loses data. Proxies record the requests to the engines. */
@DisplayName("etcd loses data")
class EtcdDisasterIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final Duration A_WHILE = Duration.ofSeconds(6);

  private final List<TestHost> hosts = Testbed.shared().hosts(2);
  private final List<TcpProxy> witnesses = new ArrayList<>();
  private PrivateEtcd etcd;
  private Agent agent;

  private void begin(int members) throws IOException, InterruptedException {
    etcd = new PrivateEtcd(members);
    await().atMost(SOON).ignoreExceptions().until(() -> etcd.ctl("put", "/x", "y").equals("OK"));
    Path directory = Files.createTempDirectory(Testbed.shared().root(), "disaster");
    StringBuilder config =
        new StringBuilder("etcd:\n  endpoints: " + etcd.endpoints() + "\ninventory:\n");
    for (TestHost host : hosts) {
      TcpProxy witness = new TcpProxy(host.endpoint());
      witnesses.add(witness);
      config
          .append("  - {hostname: ")
          .append(host.name())
          .append(", docker: ")
          .append(witness.docker())
          .append("}\n");
    }
    config.append("settle: 300ms\nleaseTtl: 4s\nstateDir: ").append(directory.resolve("state"));
    Path file = Files.writeString(directory.resolve("dowding.yaml"), config);
    agent = Agent.start(Config.read(file, Map.of()));
  }

  @AfterEach
  void clean() {
    String cluster = cluster();
    agent.close();
    hosts.forEach(host -> host.containers(cluster).forEach(c -> host.remove(c.getId())));
    etcd.close();
    witnesses.forEach(TcpProxy::close);
  }

  private String cluster() {
    return running().isEmpty() ? "" : running().values().iterator().next().replaceFirst(".* ", "");
  }

  private void put(String name, int count) {
    // etcd refuses requests while it elects a leader.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () ->
                etcd.ctl("put", "/schedule/services/" + name, service(replicas(count)))
                    .equals("OK"));
  }

  /** The id and cluster of each running job. */
  private Map<String, String> running() {
    Map<String, String> all = new TreeMap<>();
    for (TestHost host : hosts) {
      host.docker()
          .listContainersCmd()
          .withLabelFilter(Map.of("dowding.base", "/schedule"))
          .exec()
          .forEach(
              c ->
                  all.put(
                      c.getLabels().get("dowding.job"),
                      c.getId() + " " + c.getLabels().get("dowding.cluster")));
    }
    return all;
  }

  private void awaitRunning(String... jobs) {
    await().atMost(SOON).untilAsserted(() -> assertThat(running().keySet()).containsExactly(jobs));
  }

  private int changes() {
    return witnesses.stream().mapToInt(witness -> witness.changes().size()).sum();
  }

  private void awaitHold(String hold) {
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> etcd.ctl("get", "/schedule/status/holds/" + hold).contains("\"why\""));
  }

  private void release(String hold) {
    etcd.ctl("put", "/schedule/release/" + hold, "yes");
    await().atMost(SOON).until(() -> etcd.ctl("get", "/schedule/status/holds/" + hold).isEmpty());
  }

  private void nothingChangesFor(Duration time, int before) {
    await()
        .during(time)
        .atMost(time.plusSeconds(5))
        .untilAsserted(() -> assertThat(changes()).isEqualTo(before));
  }

  @Test
  @DisplayName(
      "restored from an old snapshot: all is held, and containers without keys are left alone")
  void restored() throws Exception {
    begin(1);
    put("old", 2);
    awaitRunning("old.1", "old.2");
    Path snapshot = etcd.snapshot();
    put("young", 2);
    awaitRunning("old.1", "old.2", "young.1", "young.2");
    await().pollDelay(A_WHILE).until(() -> true);
    Map<String, String> before = running();
    int changes = changes();

    etcd.replaceData(snapshot);
    awaitHold("revision");
    nothingChangesFor(A_WHILE, changes);
    release("revision");
    awaitHold("orphans");
    nothingChangesFor(A_WHILE, changes);
    assertThat(running()).isEqualTo(before);

    put("young", 2);
    await()
        .atMost(SOON)
        .until(() -> etcd.ctl("get", "/schedule/status/services/young").contains("\"running\":2"));
    assertThat(running()).isEqualTo(before);
  }

  @Test
  @DisplayName("wiped: all is held; after a release the cluster continues with its containers")
  void wiped() throws Exception {
    begin(1);
    put("web", 3);
    awaitRunning("web.1", "web.2", "web.3");
    Map<String, String> before = running();
    int changes = changes();

    etcd.replaceData(null);
    awaitHold("cluster");
    nothingChangesFor(A_WHILE, changes);
    release("cluster");
    put("web", 3);
    await()
        .atMost(SOON)
        .until(() -> etcd.ctl("get", "/schedule/status/services/web").contains("\"running\":3"));
    assertThat(running()).isEqualTo(before);
    assertThat(changes()).isEqualTo(changes);
  }

  @Test
  @DisplayName(
      "many services deleted at once: the deletion is held; after they are written again, nothing"
          + " has stopped")
  void slip() throws Exception {
    begin(1);
    for (String name : List.of("a", "b", "c", "d")) {
      put(name, 1);
    }
    awaitRunning("a.1", "b.1", "c.1", "d.1");
    Map<String, String> before = running();
    int changes = changes();
    etcd.ctl("del", "--prefix", "/schedule/services/");
    awaitHold("deletions");
    nothingChangesFor(A_WHILE, changes);
    assertThat(running()).isEqualTo(before);
    release("deletions");
    await().atMost(SOON).until(() -> running().isEmpty());
  }
}
