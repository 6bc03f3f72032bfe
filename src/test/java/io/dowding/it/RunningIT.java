package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import io.dowding.cli.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Runs the commands of {@code config/running.md}. A directory stands for the machine. */
@DisplayName("Running dowding for years")
class RunningIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final Path TEXT = Path.of("config/running.md");

  private final Testbed bed = Testbed.shared();
  private final List<TestHost> hosts = bed.hosts(2);
  private final List<Agent> agents = new ArrayList<>();
  private final int port = bed.freePort();
  private final int peerPort = bed.freePort();
  private Path machine;
  private Process etcd;
  private String cluster = "";

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    machine = Files.createTempDirectory(bed.root(), "machine");
    Files.createDirectories(machine.resolve("var/backups"));
    Files.createDirectories(machine.resolve("var/lib/etcd"));
    startEtcd("var/lib/etcd/default");
    configure("old");
    agents.add(agent("old"));
    put("web", 3);
    cluster = await().atMost(SOON).until(this::uuid, uuid -> !uuid.isEmpty());
  }

  @AfterEach
  void clean() {
    agents.forEach(Agent::close);
    hosts.forEach(host -> host.containers(cluster).forEach(c -> host.remove(c.getId())));
    etcd.destroyForcibly().onExit().join();
  }

  // the machine

  private void startEtcd(String data) throws IOException {
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + peerPort;
    etcd =
        new ProcessBuilder(
                "etcd",
                "--data-dir=" + machine.resolve(data),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    bed.remember(etcd);
    await().atMost(SOON).ignoreExceptions().until(() -> !etcdctl("endpoint status").isEmpty());
  }

  private Path config(String name) {
    return machine.resolve(name + ".yaml");
  }

  private void configure(String name) throws IOException {
    StringBuilder config =
        new StringBuilder("etcd: {endpoints: 'http://127.0.0.1:" + port + "'}\ninventory:\n");
    hosts.forEach(
        host ->
            config.append(
                "  - {hostname: %s, docker: %s}\n".formatted(host.name(), host.endpoint())));
    config.append("name: " + name + "\nsettle: 300ms\nleaseTtl: 4s\nhttp: {listen: 'off'}\n");
    config.append("stateDir: " + machine.resolve(name) + "\n");
    Files.writeString(config(name), config);
  }

  private Agent agent(String name) throws InterruptedException {
    return Agent.start(Config.read(config(name), Map.of()));
  }

  private String bash(String line) {
    String here = line.replace("/var/", machine + "/var/");
    return Shell.run("bash", "-c", "ETCDCTL_ENDPOINTS=http://127.0.0.1:" + port + " " + here);
  }

  private String etcdctl(String line) {
    return bash("etcdctl " + line);
  }

  private void put(String name, int count) {
    etcdctl("put /schedule/services/" + name + " '" + service(replicas(count)) + "'");
    awaitRunning(name, count);
  }

  private void awaitRunning(String name, int count) {
    await()
        .atMost(SOON)
        .until(
            () ->
                etcdctl("get /schedule/status/services/" + name)
                    .contains(
                        "\"state\":\"running\",\"desired\":%d,\"running\":%<d".formatted(count)));
  }

  private String uuid() {
    return etcdctl("get --print-value-only /schedule/cluster")
        .replaceAll(".*\"uuid\":\"([^\"]*).*", "$1");
  }

  /** The containers, each with its start. */
  private Map<String, String> containers() {
    Map<String, String> all = new TreeMap<>();
    for (TestHost host : hosts) {
      host.containers(cluster)
          .forEach(
              one ->
                  all.put(
                      one.getLabels().get("dowding.job"),
                      one.getId() + " " + host.inspect(one.getId()).getState().getStartedAt()));
    }
    return all;
  }

  // the text

  private static List<String> commands(String section) throws IOException {
    String text = Files.readString(TEXT).split("\n## " + section + "\n", 2)[1].split("\n## ", 2)[0];
    return text.lines().filter(line -> line.startsWith("    ")).map(String::strip).toList();
  }

  /** Runs a command as on the machine that has the agent of this name. */
  private String run(String name, String line) throws IOException, InterruptedException {
    switch (line) {
      case "systemctl stop dowding", "systemctl disable --now dowding" ->
          agents.removeFirst().close();
      case "systemctl start dowding", "systemctl enable --now dowding" -> agents.add(agent(name));
      case "systemctl stop etcd", "systemctl disable --now etcd" -> {
        etcd.destroy();
        etcd.onExit().join();
      }
      case "systemctl start etcd" -> startEtcd("var/lib/etcd/default");
      default -> {
        if (!line.startsWith("dowding ")) {
          return bash(line);
        }
        String[] words = line.replaceFirst("dowding ", "").split(" ", -1);
        Ran ran = Ran.dowding(config(name), words);
        return ran.output() + ran.talk();
      }
    }
    return "";
  }

  private void awaitStatus(String name, String text) {
    await().atMost(SOON).until(() -> run(name, "dowding status").contains(text));
  }

  @Test
  @DisplayName("etcd is backed up and restored; what is newer keeps running")
  void restore() throws Exception {
    for (String line : commands("Back up etcd")) {
      run("old", line);
    }
    put("young", 1);
    Map<String, String> before = containers();
    for (String line : commands("Restore etcd")) {
      if (line.equals("dowding release revision")) {
        awaitStatus("old", "revision");
        etcdctl("put /schedule/services/young '" + service(replicas(1)) + "'");
      }
      run("old", line);
    }
    awaitRunning("web", 3);
    awaitRunning("young", 1);
    awaitStatus("old", "young");
    assertThat(run("old", "dowding status")).doesNotContain("revision", "orphans");
    assertThat(containers()).isEqualTo(before);
  }

  @Test
  @DisplayName("another machine takes over, at once")
  void move() throws Exception {
    Map<String, String> before = containers();
    configure("new");
    List<String> commands = commands("Move to another control node");
    assertThat(commands.subList(0, 3)).allMatch(line -> line.matches("(scp|chown) .*"));
    for (String line : commands.subList(3, commands.size())) {
      run("new", line);
    }
    put("db", 1);
    assertThat(etcdctl("get --prefix --print-value-only /schedule/leader/"))
        .contains("\"new\"")
        .doesNotContain("\"old\"");
    assertThat(containers()).containsAllEntriesOf(before);
  }

  @Test
  @DisplayName("several agents run, and one leads")
  void three() throws Exception {
    Map<String, String> before = containers();
    for (String name : List.of("second", "third")) {
      configure(name);
      for (String line : commands("Run three agents")) {
        run(name, line);
      }
    }
    agents.removeFirst().close();
    put("db", 1);
    assertThat(containers()).containsAllEntriesOf(before);
  }

  @Test
  @DisplayName("etcd moves, and nothing is held")
  void moveEtcd() throws Exception {
    Map<String, String> before = containers();
    for (String line : commands("Move etcd")) {
      if (line.startsWith("editor ")) {
        List<String> restore = commands("Restore etcd");
        for (String step :
            restore.subList(
                restore.indexOf("systemctl stop etcd") + 1,
                restore.indexOf("systemctl start dowding"))) {
          run("old", step);
        }
      } else {
        run("old", line);
      }
    }
    put("db", 1);
    assertThat(run("old", "dowding status")).doesNotContain("revision", "cluster");
    assertThat(containers()).containsAllEntriesOf(before);
  }

  @Test
  @DisplayName("dowding is removed, and its containers run on")
  void remove() throws Exception {
    Map<String, String> before = containers();
    List<String> commands = commands("Remove dowding and keep the containers");
    assertThat(commands.get(1)).isEqualTo("apt-get purge dowding");
    run("old", commands.get(0));
    run("old", commands.get(2));
    assertThat(etcdctl("get --prefix --keys-only /schedule/")).isEmpty();
    assertThat(containers()).isEqualTo(before);
  }
}
