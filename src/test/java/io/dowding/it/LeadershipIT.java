package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.it.CrashingAgent.Point;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Agents in processes of their own, each with witnesses of its own before every engine: what counts
 * is what arrived there, and not what an agent says.
 */
@DisplayName("Several agents, on real etcd and real engines")
class LeadershipIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int TTL = 2;

  private final TestCluster cluster = new TestCluster(2);
  private final Map<String, Process> agents = new HashMap<>();
  private final Map<String, List<TcpProxy>> witnesses = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    for (String name : List.of("one", "two")) {
      agent(name);
    }
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
  }

  @AfterEach
  void stop() {
    agents.values().forEach(process -> signal(process, "CONT"));
    agents.values().forEach(process -> process.destroyForcibly().onExit().join());
    witnesses.values().forEach(proxies -> proxies.forEach(TcpProxy::close));
    cluster.close();
  }

  private void agent(String name) throws IOException {
    List<TcpProxy> proxies = new ArrayList<>();
    List<String> inventory = new ArrayList<>();
    for (TestHost host : cluster.hosts()) {
      TcpProxy proxy = new TcpProxy(host.endpoint());
      proxies.add(proxy);
      inventory.add("  - {hostname: " + host.name() + ", docker: " + proxy.docker() + "}");
    }
    String config =
        Files.readString(cluster.configFile())
                .replaceAll("inventory:\\s+file: .*", "inventory:\n" + String.join("\n", inventory))
                .replaceAll("stateDir: (.*)", "stateDir: $1-" + name)
                .replaceAll("leaseTtl: .*", "leaseTtl: " + TTL + "s")
            + "name: "
            + name
            + "\n";
    Path file = Files.writeString(cluster.configFile().resolveSibling(name + ".yaml"), config);
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingAgent.class.getName(),
                file.toString(),
                Point.NEVER.name())
            .redirectErrorStream(true)
            .redirectOutput(new File("/dev/null"))
            .start();
    Testbed.shared().remember(process);
    agents.put(name, process);
    witnesses.put(name, proxies);
  }

  private static void signal(Process process, String name) {
    if (process.isAlive()) {
      Shell.run("kill", "-" + name, Long.toString(process.pid()));
    }
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
    return witnesses.get(agent).stream().flatMap(proxy -> proxy.changes().stream()).toList();
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
  @DisplayName("one leads, and the other changes nothing")
  void oneLeads() {
    String leader = leader();
    assertThat(changesOf(leader)).isNotEmpty();
    assertThat(changesOf(other(leader))).isEmpty();
  }

  @Test
  @DisplayName("the leader is killed in the middle of a change: the other finishes it")
  void killed() {
    String leader = leader();
    change(1);
    agents.get(leader).destroyForcibly().onExit().join();
    awaitNumber(1);
    assertThat(leader()).isEqualTo(other(leader));
  }

  @Test
  @DisplayName("a leader that is asked to stop gives the lead away at once")
  void handsOver() {
    String leader = leader();
    agents.get(leader).destroy();
    await().atMost(Duration.ofMillis(TTL * 1000L)).until(() -> leader().equals(other(leader)));
    change(1);
    awaitNumber(1);
  }

  @ParameterizedTest(name = "{0} lease times")
  @ValueSource(doubles = {0.5, 1, 1.5, 3})
  @DisplayName("a leader that stood still changes nothing once another leads")
  void stoodStill(double times) {
    String leader = leader();
    signal(agents.get(leader), "STOP");
    change(1);
    Duration still = Duration.ofMillis((long) (times * TTL * 1000));
    await().pollDelay(still).atMost(still.plusSeconds(5)).until(() -> true);
    boolean deposed = !leader().equals(leader);
    int before = changesOf(leader).size();
    signal(agents.get(leader), "CONT");
    awaitNumber(1);
    assertThat(cluster.containers()).hasSize(3);
    if (deposed) {
      assertThat(changesOf(leader)).hasSize(before);
      assertThat(changesOf(other(leader))).isNotEmpty();
    }
  }
}
