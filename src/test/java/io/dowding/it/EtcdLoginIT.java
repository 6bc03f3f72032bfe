package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An agent logged in to an etcd whose tokens last 2 seconds")
class EtcdLoginIT {

  private static final Duration LIFETIME = Duration.ofSeconds(2);

  private final PrivateEtcd etcd =
      new PrivateEtcd(1, "--auth-token-ttl=" + LIFETIME.toSeconds(), "--bcrypt-cost=4");
  private final TestHost host = Testbed.shared().hosts().getFirst();
  private Path password;
  private Agent agent;

  @BeforeEach
  void start() throws Exception {
    etcd.ctl("user", "add", "root:root");
    etcd.ctl("user", "grant-role", "root", "root");
    etcd.ctl("user", "add", "dowding:first");
    etcd.ctl("role", "add", "operator");
    etcd.ctl("role", "grant-permission", "--prefix=true", "operator", "readwrite", "/schedule/");
    etcd.ctl("user", "grant-role", "dowding", "operator");
    etcd.ctl("auth", "enable");
    Path directory = Files.createTempDirectory(Testbed.shared().root(), "login");
    password = Files.writeString(directory.resolve("password"), "first\n");
    Path config =
        Files.writeString(
            directory.resolve("dowding.yaml"),
            """
            etcd: {endpoints: "%s", user: dowding, passwordFile: %s}
            inventory: [{hostname: host1, docker: "%s"}]
            settle: 300ms
            leaseTtl: 6s
            http: {listen: off}
            stateDir: %s
            """
                .formatted(
                    etcd.endpoints(), password, host.endpoint(), directory.resolve("state")));
    agent = Agent.start(Config.read(config, Map.of()));
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    String cluster =
        root("get", "--print-value-only", "/schedule/cluster")
            .replaceAll(".*\"uuid\":\"([^\"]*).*", "$1");
    host.containers(cluster).forEach(one -> host.remove(one.getId()));
    etcd.close();
  }

  private String root(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "--user=root:root";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return etcd.ctl(all);
  }

  /** The keys of the candidates: another one means that leadership was lost. */
  private String leader() {
    return root("get", "--prefix", "--keys-only", "/schedule/leader/").strip();
  }

  private void runs(String name) {
    root("put", "/schedule/services/" + name, service());
    await()
        .atMost(SOON)
        .until(
            () ->
                root("get", "/schedule/status/services/" + name).contains("\"state\":\"running\""));
  }

  @Test
  @DisplayName(
      "leads on and sees new keys as tokens expire, etcd restarts and the password changes")
  void expiry() throws IOException {
    runs("first");
    String leader = leader();
    assertThat(leader).isNotEmpty();
    // Nothing happens meanwhile but the renewals of the lease.
    await()
        .pollDelay(LIFETIME.multipliedBy(3))
        .atMost(SOON)
        .untilAsserted(() -> assertThat(leader()).isEqualTo(leader));
    runs("second");
    // Tokens are lost with the process that gave them.
    etcd.kill(0);
    etcd.start(0);
    runs("third");
    // And with the password.
    Files.writeString(password, "second\n");
    Shell.run(
        "bash",
        "-c",
        "echo second | etcdctl --endpoints "
            + etcd.endpoints()
            + " --user=root:root user passwd --interactive=false dowding");
    etcd.kill(0);
    etcd.start(0);
    runs("fourth");
    assertThat(leader()).isEqualTo(leader);
  }
}
