package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dowding.docker.HostEngine;
import io.dowding.docker.RealEngine;
import io.dowding.docker.RemoteProcess;
import io.dowding.docker.Survey;
import io.dowding.it.TestCluster.Seen;
import io.dowding.model.Host;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Hosts that are reached through SSH")
class SshIT {

  private final TestCluster cluster = new TestCluster(4);
  private final TestHost host1 = cluster.hosts().getFirst();
  private final TestHost host4 = cluster.hosts().getLast();
  private final SshServers ssh = new SshServers(cluster.hosts());

  @BeforeEach
  void configure() {
    cluster.writeInventory(ssh.inventory(cluster.hosts()));
    cluster.docker("sshConfig: " + ssh.config());
    // A login on a busy machine takes longer than a connection.
    cluster.patience(3, 10);
  }

  @AfterEach
  void clean() {
    host4.heal();
    await().atMost(SOON).until(host4::answers);
    cluster.close();
    ssh.close();
  }

  private io.dowding.cli.Ran dowding(String... arguments) {
    return io.dowding.cli.Ran.dowding(cluster.configFile(), arguments);
  }

  private void awaitHost(TestHost host, String state) {
    await().atMost(SOON).until(() -> status(host).path("state").asText().equals(state));
  }

  private com.fasterxml.jackson.databind.JsonNode status(TestHost host) {
    return cluster.json("status/hosts/" + host.name());
  }

  /** Sooner than a forgotten one would end by itself. */
  private static void awaitNone(SshServers of) {
    await().atMost(Duration.ofSeconds(5)).until(() -> of.clients().isEmpty());
  }

  private String problem(SshServers of, TestHost host) throws InterruptedException {
    return problem(of, of.endpoint(host));
  }

  private static String problem(SshServers of, String endpoint) throws InterruptedException {
    try (Survey survey = new Survey(of.settings())) {
      Host at = new Host("host", endpoint, Set.of(), Map.of());
      return survey.ask(Set.of(at)).values().iterator().next().problem();
    }
  }

  @Test
  @DisplayName("run services, report what happens, and show logs, with one ssh process each")
  void daily() {
    cluster.startAgent();
    cluster.put(
        "services/web",
        service(replicas(4), "\"ports\":[\"80\"]", "\"x-dowding\":{\"exclusive\":true}"));
    cluster.awaitRunning("web");
    assertThat(cluster.containers()).hasSize(4);
    assertThat(ssh.clients()).hasSize(4);
    assertThat(cluster.jobStatus("web.1").toString())
        .contains(cluster.container("web.1").host().address() + ":");

    Seen killed = cluster.container("web.2");
    String before = killed.host().inspect(killed.id()).getState().getStartedAt();
    killed.host().docker().killContainerCmd(killed.id()).exec();
    await()
        .atMost(SOON)
        .until(
            () -> {
              var state = killed.host().inspect(killed.id()).getState();
              return Boolean.TRUE.equals(state.getRunning())
                  && !before.equals(state.getStartedAt());
            });

    cluster.put(
        "services/say",
        "{\"image\":\"demo:1\",\"command\":[\"sh\",\"-c\",\"echo said; exec serve\"]}");
    cluster.awaitRunning("say");
    assertThat(dowding("logs", "say").output()).contains("said");
    assertThat(dowding("exec", "say", "--", "sh", "-c", "exit 7").status()).isEqualTo(7);
    assertThat(dowding("doctor").output()).containsPattern("host host4 +ok");
    assertThat(dowding("hosts").output()).contains("host4").doesNotContain("without encryption");

    cluster.stopAgent();
    awaitNone(ssh);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(SshServers.programs(host1)).doesNotContain("docker").contains("sshd"));
  }

  @Test
  @DisplayName("attach commands: their input ends without ending their output")
  void attach() throws IOException {
    String id = host1.runStranger("ssh-attach", Map.of());
    try (HostEngine engine =
            HostEngine.connect(
                new Host("host1", ssh.endpoint(host1), Set.of(), Map.of()), ssh.settings());
        RemoteProcess process =
            engine.exec(
                id,
                List.of("sh", "-c", "cat; echo the end; echo wrong >&2; exit 3"),
                true,
                false)) {
      byte[] much = "0123456789abcdef".repeat(100_000).getBytes(UTF_8);
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                try (OutputStream input = process.input()) {
                  input.write(much);
                  input.flush();
                  process.endInput();
                } catch (IOException broken) {
                  throw new AssertionError(broken);
                }
              });
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      process.output((error, bytes, length) -> (error ? errors : output).write(bytes, 0, length));
      assertThat(output.toString(UTF_8)).hasSize(much.length + 8).endsWith("fthe end\n");
      assertThat(errors.toString(UTF_8)).isEqualTo("wrong\n");
      assertThat(process.exitCode()).isEqualTo(3);
      assertThat(writer.isAlive()).isFalse();
    } finally {
      host1.remove(id);
    }
    awaitNone(ssh);
  }

  @Test
  @DisplayName("are unknown, then down, when they are cut off, and come back; no ssh is left")
  void cutOff() {
    cluster.patience(1, 3);
    cluster.startAgent();
    cluster.put("services/web", service(replicas(4), "\"x-dowding\":{\"exclusive\":true}"));
    cluster.awaitRunning("web");
    host4.cut();
    awaitHost(host4, "unknown");
    awaitHost(host4, "down");
    assertThat(status(host4).path("error").asText()).isNotEmpty();
    assertThat(status(host1).path("state").asText()).isEqualTo("up");
    assertThat(ssh.clients()).hasSizeBetween(3, 4);
    await().atMost(SOON).until(() -> dowding("hosts").output().contains("ssh: connect to host"));
    host4.heal();
    awaitHost(host4, "up");
    cluster.awaitRunning("web");
    assertThat(ssh.clients()).hasSize(4);
    cluster.stopAgent();
    awaitNone(ssh);
  }

  @Test
  @DisplayName("say what is wrong and what to do")
  void problems() throws Exception {
    assertThat(problem(ssh, host1)).isEmpty();
    ssh.writeConfig("stranger", ssh.known());
    assertThat(problem(ssh, host1))
        .contains("Permission denied (publickey)")
        .contains("authorized_keys");
    ssh.writeConfig("user", List.of());
    assertThat(problem(ssh, host1))
        .contains("Host key verification failed")
        .contains("add the host to known_hosts");
    List<String> wrong = new ArrayList<>();
    String other = ssh.known().getLast();
    for (String line : ssh.known()) {
      wrong.add(line.split(" ", 2)[0] + " " + other.split(" ", 2)[1]);
    }
    ssh.writeConfig("user", wrong);
    assertThat(problem(ssh, host1))
        .contains("Host key verification failed")
        .contains("another machine answers in its place");
    ssh.writeConfig("user", ssh.known());
    assertThat(problem(ssh, "ssh://root@" + host1.address() + ":1"))
        .contains("Connection refused")
        .contains("start its SSH server");
    awaitNone(ssh);
  }

  @Test
  @DisplayName("may be behind a jump host, of whose ssh nothing is left")
  void jump() throws Exception {
    ssh.jump(host1, host4);
    Host behind = new Host("host4", ssh.endpoint(host4), Set.of(), Map.of());
    try (HostEngine engine = HostEngine.connect(behind, ssh.settings())) {
      assertThat(engine.list()).isNotNull();
      assertThat(ssh.clients()).hasSize(2);
    }
    awaitNone(ssh);
    ssh.writeConfig("stranger", ssh.known());
    ssh.jump(host1, host4);
    assertThat(problem(ssh, host4)).contains("if it has a jump host, try that one first");
    awaitNone(ssh);
  }

  @Test
  @DisplayName("may be silent within an answer only as long as over TCP")
  void silence() {
    assertThatThrownBy(
            () ->
                RealEngine.awaitEvents(
                    ssh.endpoint(host1), ssh.settings(), Duration.ofMillis(1500)))
        .isInstanceOf(SocketTimeoutException.class);
    awaitNone(ssh);
  }

  @Test
  @DisplayName("say what is wrong with Docker there")
  void dockerProblems() throws InterruptedException {
    Map<String, String> problems =
        Map.of(
            "ForceCommand no-docker system dial-stdio", "install Docker there",
            "ForceCommand docker -H unix:///nowhere/docker.sock system dial-stdio",
                "start Docker there",
            "ForceCommand echo hello; exit 1", "hello",
            "MaxSessions 0", "MaxSessions");
    for (Map.Entry<String, String> one : problems.entrySet()) {
      try (SshServers broken = new SshServers(List.of(host1), one.getKey())) {
        assertThat(problem(broken, host1)).contains(one.getValue());
        awaitNone(broken);
      }
    }
  }

  @Test
  @DisplayName("may allow one session per connection, and write something of their own at login")
  void oddServers() throws IOException {
    try (SshServers odd =
            new SshServers(
                List.of(host1),
                "MaxSessions 1",
                "ForceCommand echo Welcome; exec $SSH_ORIGINAL_COMMAND");
        HostEngine engine =
            HostEngine.connect(
                new Host("host1", odd.endpoint(host1), Set.of(), Map.of()), odd.settings())) {
      String id = host1.runStranger("ssh-odd", Map.of());
      try (RemoteProcess _ = engine.exec(id, List.of("cat"), true, false);
          RemoteProcess second = engine.exec(id, List.of("echo", "two"), false, false)) {
        assertThat(odd.clients()).hasSize(3);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        second.output((_, bytes, length) -> output.write(bytes, 0, length));
        assertThat(output.toString(UTF_8)).isEqualTo("two\n");
      } finally {
        host1.remove(id);
      }
    }
  }
}
