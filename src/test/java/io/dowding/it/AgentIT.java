package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The agent in a process of its own")
class AgentIT {

  private static final int TERMINATED = 143;

  private final TestCluster cluster = new TestCluster(2);
  private final Path log = cluster.directory().resolve("agent.log");
  private String valid;
  private Process agent;
  private Set<String> before;

  @BeforeEach
  void start() throws IOException {
    valid = Files.readString(cluster.configFile()) + "\nname: one\n";
    Files.writeString(cluster.configFile(), valid);
    agent =
        ChildJvm.start(Main.class, log, "agent", "--log=text", "--config=" + cluster.configFile());
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    before = started();
  }

  @AfterEach
  void stop() {
    agent.destroyForcibly().onExit().join();
    cluster.close();
  }

  /** The containers of web, each with its start. */
  private Set<String> started() {
    return cluster.containers().entrySet().stream()
        .filter(job -> job.getKey().startsWith("web."))
        .map(Map.Entry::getValue)
        .map(seen -> seen + " " + seen.host().inspect(seen.id()).getState().getStartedAt())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void reload(String configuration) throws IOException {
    Files.writeString(cluster.configFile(), configuration);
    Shell.signal("HUP", agent.pid());
  }

  private void awaitLogged(String text) {
    await().atMost(SOON).untilAsserted(() -> assertThat(log).content().contains(text));
  }

  private void awaitLeader(String name) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(cluster.all("leader/").keySet())
                    .singleElement()
                    .satisfies(
                        key ->
                            assertThat(cluster.json(key).path("name").asText()).isEqualTo(name)));
  }

  /** It works, in the same process, and has restarted nothing. */
  private void works(String service) {
    cluster.put("services/" + service, service());
    cluster.awaitRunning(service);
    assertThat(agent.isAlive()).isTrue();
    assertThat(started()).isEqualTo(before);
  }

  @Test
  @DisplayName("says in words what it does first, and warns of nothing that is normal")
  void begins() throws IOException {
    awaitLogged("service up service=web jobs=3");
    List<String> lines = Files.readAllLines(log);
    assertThat(lines)
        .allMatch(line -> line.matches("[0-9:.]+ (INFO |WARN |ERROR) [a-z].*"))
        .noneMatch(line -> line.contains("floor="));
    assertThat(lines)
        .filteredOn(line -> line.contains("WARN"))
        .allMatch(line -> line.contains("hosts without encryption"));
    assertThat(lines.stream().map(line -> line.replaceFirst(" [a-z]+=.*", "").substring(19)))
        .contains("inventory read")
        .containsSubsequence(
            "agent started",
            "etcd listed",
            "this agent leads",
            "host listed",
            "place",
            "create",
            "start",
            "service up");
  }

  @Test
  @DisplayName("reads its configuration again after SIGHUP, and uses it")
  void used() throws IOException {
    reload(valid.replace("name: one", "name: two"));
    awaitLeader("two");
    works("db");
    agent.destroy();
    assertThat(agent.onExit().join().exitValue()).isEqualTo(TERMINATED);
    assertThat(cluster.all("leader/")).isEmpty();
  }

  @Test
  @DisplayName("keeps the last configuration if the file has an error, whose line it logs")
  void broken() throws IOException {
    reload(valid.replace("name: one", "nme: two"));
    awaitLogged(cluster.configFile() + ":" + valid.lines().count() + ": nme: unknown setting");
    awaitLeader("one");
    works("db");
    reload(valid.replace("name: one", "name: three"));
    awaitLeader("three");
  }

  @Test
  @DisplayName("goes back to the last configuration if no agent can start with it")
  void unusable() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = "127.0.0.1:" + other.getLocalPort();
      reload(valid.replace("listen: \"off\"", "listen: " + taken));
      awaitLogged("http.listen: " + taken + " cannot be used");
      works("db");
      awaitLeader("one");
      reload(valid.replace("listen: \"off\"", "listen: unknown.invalid:80"));
      awaitLogged("http.listen: unknown.invalid:80 cannot be used");
      works("cache");
      awaitLeader("one");
    }
  }

  @Test
  @DisplayName("goes back to the last configuration with which an agent could start")
  void unusableTwice() throws IOException {
    String etcd = Testbed.shared().etcdEndpoint();
    reload(valid.replace(etcd, "http://127.0.0.1:1"));
    awaitLogged("waiting for etcd endpoints=[http://127.0.0.1:1]");
    reload(valid.replace("listen: \"off\"", "listen: unknown.invalid:80"));
    awaitLeader("one");
    works("db");
  }

  @Test
  @DisplayName("does not wait for a wrong etcd when its configuration is corrected")
  void elsewhere() throws IOException {
    String etcd = Testbed.shared().etcdEndpoint();
    reload(valid.replace(etcd, "http://127.0.0.1:1"));
    awaitLogged("waiting for etcd endpoints=[http://127.0.0.1:1]");
    reload(valid.replace("name: one", "name: two"));
    awaitLeader("two");
    works("db");
  }
}
