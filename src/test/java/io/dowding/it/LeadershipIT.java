package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two agents in separate processes, with proxies in front of each engine. */
@DisplayName("Several agents, on real etcd and real engines")
class LeadershipIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int TTL = 2;

  private final TestCluster cluster = new TestCluster(2);
  private final Map<String, AgentProcess> agents = new HashMap<>();

  @BeforeEach
  void start() {
    AgentProcess.Setup setup =
        new AgentProcess.Setup(
            cluster.base(), TTL, List.of(Testbed.shared().etcdEndpoint()), cluster.hosts());
    for (String name : List.of("one", "two")) {
      agents.put(name, new AgentProcess(name, setup, cluster.configFile().getParent()));
    }
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
  }

  @AfterEach
  void stop() {
    agents.values().forEach(AgentProcess::close);
    cluster.close();
  }

  private String leader() {
    String first = "";
    long lowest = Long.MAX_VALUE;
    for (String key : cluster.all("leader/").keySet()) {
      long revision = cluster.revision(key);
      if (revision > 0 && revision < lowest) {
        lowest = revision;
        first = cluster.json(key).path("name").asText();
      }
    }
    return first;
  }

  private static String other(String name) {
    return name.equals("one") ? "two" : "one";
  }

  private List<String> changesOf(String agent) {
    return agents.get(agent).changes();
  }

  private void change(int number) {
    cluster.put("services/web", service(replicas(3), "\"environment\":{\"N\":\"" + number + "\"}"));
  }

  private void awaitNumber(int number) {
    await()
        .atMost(SOON)
        .ignoreExceptionsInstanceOf(NotFoundException.class)
        .untilAsserted(
            () -> {
              var seen = cluster.containers();
              assertThat(seen.keySet()).containsExactlyInAnyOrder("web.1", "web.2", "web.3");
              seen.values()
                  .forEach(
                      one ->
                          assertThat(one.host().inspect(one.id()).getConfig().getEnv())
                              .contains("N=" + number));
            });
  }

  @Test
  @DisplayName("one agent leads, and the other changes nothing")
  void oneLeads() {
    String leader = leader();
    assertThat(changesOf(leader)).isNotEmpty();
    assertThat(changesOf(other(leader))).isEmpty();
  }

  @Test
  @DisplayName("a stopped leader hands over immediately")
  void handsOver() {
    String leader = leader();
    agents.get(leader).terminate();
    await().atMost(Duration.ofMillis(TTL * 1000L)).until(() -> leader().equals(other(leader)));
    change(1);
    awaitNumber(1);
  }
}
