package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.bytes;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The etcd roles of the reference")
class EtcdRolesIT {

  private static final String SECTION = "## Who may do what";
  private static final List<String> ROLES = List.of("operator", "deployer", "reader");

  private final PrivateEtcd etcd = new PrivateEtcd(1);
  private final List<String> readme = section();

  @AfterEach
  void stop() {
    etcd.close();
  }

  private static List<String> section() {
    try {
      List<String> lines = Files.readAllLines(Path.of("config/reference.md"));
      List<String> rest = lines.subList(lines.indexOf(SECTION) + 1, lines.size());
      return rest.stream().takeWhile(line -> !line.startsWith("#")).toList();
    } catch (IOException broken) {
      throw new java.io.UncheckedIOException(broken);
    }
  }

  /** Runs the commands of the reference, and adds a user for each role. */
  private void makeRoles() {
    List<String> lines = new ArrayList<>();
    ROLES.forEach(role -> lines.add("etcdctl user add " + role + ":" + role));
    readme.stream().filter(line -> line.startsWith("    ")).map(String::strip).forEach(lines::add);
    String last = lines.removeLast();
    assertThat(last).isEqualTo("etcdctl auth enable");
    ROLES.forEach(role -> lines.add("etcdctl user grant-role " + role + " " + role));
    lines.add(last);
    Shell.run(
        "bash",
        "-ec",
        "export ETCDCTL_ENDPOINTS=" + etcd.endpoints() + "\n" + String.join("\n", lines));
  }

  /** The rights in the reference's table: roles by key or prefix. */
  private Map<String, List<String>> table() {
    Map<String, List<String>> rights = new TreeMap<>();
    for (String line : readme) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        for (String keys : cells[1].replace("`", "").split(",", -1)) {
          rights.put(keys.strip(), List.of(cells[3].strip(), cells[4].strip(), cells[5].strip()));
        }
      }
    }
    return rights;
  }

  private Client client(String user, String password) {
    return Client.builder()
        .endpoints(etcd.urls().toArray(String[]::new))
        .user(bytes(user))
        .password(bytes(password))
        .build();
  }

  private static boolean isAllowed(CompletableFuture<?> call) {
    try {
      var _ = call.get();
      return true;
    } catch (ExecutionException refused) {
      assertThat(refused).hasMessageContaining("permission denied");
      return false;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  @Test
  @DisplayName("have the rights in its table: each role, each prefix, each verb")
  void each() {
    makeRoles();
    Map<String, List<String>> table = table();
    assertThat(table).hasSize(14);
    for (int n = 0; n < ROLES.size(); n++) {
      String role = ROLES.get(n);
      try (Client client = client(role, role)) {
        KV kv = client.getKVClient();
        for (Map.Entry<String, List<String>> row : table.entrySet()) {
          String right = row.getValue().get(n);
          String key = "/schedule/" + row.getKey() + (row.getKey().endsWith("/") ? "x" : "");
          String what = role + " " + key;
          assertThat(isAllowed(kv.put(bytes(key), bytes("1"))))
              .as("put as %s", what)
              .isEqualTo(right.contains("w"));
          assertThat(isAllowed(kv.get(bytes(key))))
              .as("get as %s", what)
              .isEqualTo(right.contains("r"));
          assertThat(isAllowed(kv.delete(bytes(key))))
              .as("delete as %s", what)
              .isEqualTo(right.contains("w"));
        }
        assertThat(isAllowed(kv.put(bytes("/elsewhere"), bytes("1")))).as(role).isFalse();
      }
    }
  }

  @Test
  @DisplayName("are sufficient: an agent runs what a deployer puts, and a reader sees it")
  void enough() throws Exception {
    makeRoles();
    Path directory = Files.createTempDirectory(Testbed.shared().root(), "roles");
    Path config =
        Files.writeString(
            directory.resolve("dowding.yaml"),
            """
            etcd: {endpoints: "%s", user: dowding, password: change-me}
            inventory: [{hostname: host1, docker: "%s"}]
            settle: 300ms
            stateDir: %s
            """
                .formatted(
                    etcd.endpoints(),
                    Testbed.shared().hosts().getFirst().endpoint(),
                    directory.resolve("state")));
    try (Client deployer = client("deployer", "deployer");
        Client reader = client("reader", "reader");
        Agent agent = Agent.start(Config.read(config, Map.of()))) {
      assertThat(agent).isNotNull();
      TestCluster.get(
          deployer.getKVClient().put(bytes("/schedule/services/web"), bytes(service())));
      await().atMost(SOON).until(() -> status(reader).contains("\"state\":\"running\""));
      TestCluster.get(deployer.getKVClient().delete(bytes("/schedule/services/web")));
      await().atMost(SOON).until(() -> status(reader).isEmpty());
    }
  }

  private static String status(Client reader) {
    var found =
        TestCluster.get(reader.getKVClient().get(bytes("/schedule/status/services/web"))).getKvs();
    return found.isEmpty() ? "" : found.getFirst().getValue().toString(StandardCharsets.UTF_8);
  }
}
