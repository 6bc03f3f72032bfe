package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The service, under a real systemd")
class SystemdIT {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String SCRIPT = "src/test/resources/systemd.sh";

  private final TestCluster cluster = new TestCluster(2);
  private final Path system = cluster.directory().resolve("systemd");

  @BeforeEach
  void boot() throws IOException {
    Files.createDirectories(system);
    script("boot", Path.of("").toAbsolutePath().toString());
    configure(TestHost::endpoint, "");
    // Less patience than the unit has, so that the test takes less time.
    write(
        "etc/systemd/system/dowding.service.d/test.conf",
        "[Service]\nWatchdogSec=10s\nEnvironment=JAVA_HOME="
            + System.getProperty("java.home")
            + "\n");
    run("systemctl", "daemon-reload");
  }

  private void configure(Function<TestHost, String> endpoint, String settings) throws IOException {
    StringBuilder inventory = new StringBuilder();
    for (TestHost host : cluster.hosts()) {
      inventory.append(
          "  - {hostname: %s, docker: \"%s\"}\n".formatted(host.name(), endpoint.apply(host)));
    }
    write(
        "etc/dowding/dowding.yaml",
        """
        etcd: {endpoints: "%s"}
        baseKey: %s
        leaseTtl: 4s
        settle: 300ms
        http: {listen: off}
        inventory:
        %s
        %s
        """
            .formatted(Testbed.shared().etcdEndpoint(), cluster.base(), inventory, settings));
    Shell.run("chmod", "600", system.resolve("root/etc/dowding/dowding.yaml").toString());
  }

  @AfterEach
  void down() {
    script("down");
    cluster.close();
  }

  private String script(String command, String... words) {
    List<String> all = new ArrayList<>(List.of("bash", SCRIPT, command, system.toString()));
    all.addAll(List.of(words));
    return Shell.run(all.toArray(String[]::new));
  }

  private String run(String... words) {
    return script("run", words);
  }

  private void write(String file, String text) throws IOException {
    Path path = system.resolve("root").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String property(String name) {
    return run("systemctl", "show", "--property=" + name, "--value", "dowding");
  }

  private void signal(String name) {
    run("bash", "-c", "kill -" + name + " " + property("MainPID"));
  }

  private void awaitRestarts(int count) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(property("NRestarts")).isEqualTo(Integer.toString(count));
              assertThat(property("SubState")).isEqualTo("running");
            });
  }

  private List<String> programs() {
    return run("bash", "-c", "cat /proc/[0-9]*/comm 2> /dev/null || true").lines().toList();
  }

  private Map<String, TestCluster.Seen> containers() {
    Map<String, TestCluster.Seen> containers = cluster.containers();
    assertThat(containers).containsOnlyKeys("web.1", "web.2", "web.3");
    return containers;
  }

  @Test
  @DisplayName(
      "is ready when it leads, is not root, and survives hanging and dying; so do containers")
  void lifecycle() {
    run("systemctl", "start", "dowding");
    assertThat(property("StatusText")).isEqualTo("leading: 0 services, 0 of 0 jobs running");
    String status = run("cat", "/proc/" + property("MainPID") + "/status");
    assertThat(status).doesNotContain("Uid:\t0").contains("CapEff:\t0000000000000000");
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(property("StatusText"))
                    .isEqualTo("leading: 1 service, 3 of 3 jobs running"));
    Map<String, TestCluster.Seen> before = containers();

    signal("KILL");
    awaitRestarts(1);

    signal("STOP");
    awaitRestarts(2);
    assertThat(run("journalctl", "--unit=dowding", "--output=cat"))
        .contains("Watchdog timeout")
        .contains("Full thread dump");

    Instant stop = Instant.now();
    run("systemctl", "stop", "dowding");
    assertThat(Duration.between(stop, Instant.now())).isLessThan(Duration.ofSeconds(5));
    assertThat(property("Result")).isEqualTo("success");
    assertThat(containers()).isEqualTo(before);
  }

  @Test
  @DisplayName("reaches hosts through SSH from its sandbox, with a key that only root can read")
  void ssh() throws IOException {
    try (SshServers ssh = new SshServers(cluster.hosts())) {
      configure(ssh::endpoint, "docker: {sshConfig: /etc/dowding/ssh_config}");
      write("etc/dowding/ssh-key", ssh.key());
      Shell.run("chmod", "600", system.resolve("root/etc/dowding/ssh-key").toString());
      write("etc/dowding/known_hosts", String.join("\n", ssh.known()) + "\n");
      write(
          "etc/dowding/ssh_config",
          """
          IdentityFile /run/credentials/dowding.service/ssh-key
          UserKnownHostsFile /etc/dowding/known_hosts
          """);
      write(
          "etc/systemd/system/dowding.service.d/ssh.conf",
          "[Service]\nLoadCredential=ssh-key:/etc/dowding/ssh-key\n");
      run("systemctl", "daemon-reload");
      run("systemctl", "start", "dowding");
      cluster.put("services/web", service(replicas(3)));
      cluster.awaitRunning("web");
      assertThat(programs()).filteredOn("ssh"::equals).hasSize(2);
      run("systemctl", "stop", "dowding");
      assertThat(programs()).doesNotContain("ssh").contains("systemd");
    }
  }

  @Test
  @DisplayName("waits for etcd as long as it takes, and says so")
  void withoutEtcd() throws IOException {
    String config = system.resolve("root/etc/dowding/dowding.yaml").toString();
    Shell.run("sed", "-i", "s|http://127.0.0.1:[0-9]*|http://127.0.0.1:1|", config);
    write("etc/systemd/system/dowding.service.d/start.conf", "[Service]\nTimeoutStartSec=8s\n");
    run("systemctl", "daemon-reload");
    run("systemctl", "start", "--no-block", "dowding");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(property("StatusText")).isEqualTo("waiting for etcd"));
    String first = property("MainPID");
    await()
        .during(Duration.ofSeconds(10))
        .atMost(SOON)
        .untilAsserted(() -> assertThat(property("SubState")).isEqualTo("start"));
    assertThat(property("MainPID")).isEqualTo(first);
  }
}
