package io.dowding.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A real etcd, simulated hosts and an agent as users run it, each in a process of its own. */
final class Cluster implements AutoCloseable {

  /** Where the agent comes from; for a build elsewhere. */
  private static final String AGENT = System.getProperty("dowding.agent", "bin/dowding");

  private static final int ETCD = 25_379;
  private static final int ENGINES = 25_375;

  final Path directory;
  final Etcd etcd;
  final Hosts hosts;
  Child agent;

  Cluster(int hostCount, Duration start) throws Exception {
    directory = Files.createTempDirectory("bench");
    etcd = new Etcd(directory, ETCD);
    hosts = new Hosts(directory, ENGINES, hostCount, start);
    Files.writeString(
        directory.resolve("dowding.yaml"),
        "etcd: {endpoints: '%s'}\nbaseKey: /schedule\nname: bench\nstateDir: %s\n%s"
            .formatted(etcd.url(), directory.resolve("state"), hosts.inventory()));
    startAgent();
  }

  /** Returns once the agent leads and has listed all hosts. */
  void startAgent() throws Exception {
    long before = hosts.count("list");
    agent =
        Child.start(
            directory.resolve("agent.log"),
            AGENT,
            "agent",
            "--config",
            directory.resolve("dowding.yaml").toString());
    int all = hosts.inventory().split("\n", -1).length - 2;
    Wait.until(
        Duration.ofSeconds(120),
        "the agent",
        () -> {
          if (!agent.isAlive()) {
            throw new IllegalStateException(Files.readString(directory.resolve("agent.log")));
          }
          return hosts.count("list") - before >= all
              && etcd.count("/schedule/status/hosts/") >= all;
        });
  }

  static Map<String, String> services(int from, int to) {
    Map<String, String> services = new TreeMap<>();
    for (int n = from; n < to; n++) {
      services.put("/schedule/services/s%05d".formatted(n), service());
    }
    return services;
  }

  static String service() {
    return "{\"image\":\"demo:1\",\"command\":[\"serve\"]}";
  }

  @Override
  public void close() throws Exception {
    agent.close();
    hosts.close();
    etcd.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
