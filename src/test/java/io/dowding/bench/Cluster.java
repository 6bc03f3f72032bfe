package io.dowding.bench;

import java.io.IOException;
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
    this(hostCount, start, "");
    startAgent();
  }

  /** For floors, and for keys that are there before the agent. */
  static Cluster withoutAgent(int hostCount, Duration start) throws Exception {
    return new Cluster(hostCount, start, "");
  }

  /**
   * @param settings lines of the agent's configuration; the agent is not started
   */
  Cluster(int hostCount, Duration start, String settings) throws Exception {
    directory = Files.createTempDirectory("bench");
    etcd = new Etcd(directory, ETCD);
    hosts = new Hosts(directory, ENGINES, hostCount, start);
    Files.writeString(
        directory.resolve("dowding.yaml"),
        "etcd: {endpoints: '%s'}\nbaseKey: /schedule\nname: bench\nstateDir: %s\n%s%s"
            .formatted(etcd.url(), directory.resolve("state"), settings, hosts.inventory()));
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
    Wait.until(
        Duration.ofMinutes(2),
        "the agent",
        () -> {
          if (!agent.isAlive()) {
            throw new IllegalStateException(Files.readString(directory.resolve("agent.log")));
          }
          return hosts.count("list") - before >= hosts.count()
              && etcd.count("/schedule/status/hosts/") >= hosts.count();
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
  public void close() throws IOException {
    if (agent != null) {
      agent.close();
    }
    hosts.close();
    etcd.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
