package io.dowding.cli;

import io.dowding.control.Health;
import io.dowding.control.LastResort;
import io.dowding.control.SteadyClock;
import io.dowding.systemd.Systemd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code agent}: runs until stopped. */
@Command(
    name = "agent",
    description = "Runs the agent until it is stopped; stopping it stops no container.",
    footer = {"Example:", "  dowding agent --config /etc/dowding/dowding.yaml"},
    mixinStandardHelpOptions = true)
final class AgentCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  /** systemd kills the process after 5 s. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(4);

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration file. Default: /etc/dowding/dowding.yaml, or config/dowding.yaml.")
  private @Nullable Path config;

  @Option(
      names = "--dev",
      description =
          "Tries dowding out on this machine: sets up etcd, a Docker Engine and a demo service.")
  private boolean dev;

  @Option(names = "--clean", description = "With --dev: also removes the containers when stopped.")
  private boolean clean;

  @Option(
      names = "--observe",
      description = "Changes nothing: logs what it would do, next to the agent that leads.")
  private boolean observe;

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description =
          "text, json, or journal. Default: text on a terminal, journal under systemd, json elsewhere.")
  private AgentLog.@Nullable Format format;

  @Override
  public Integer call() throws Exception {
    LastResort.install();
    if (dev) {
      return new DevCommand(clean).call();
    }
    AgentLog.begin(
        format == null
            ? AgentLog.Format.find(Terminal.find().width() > 0, System.getenv())
            : format);
    Config found = Config.find(config);
    for (Path open : found.openSecrets(Config.file(config))) {
      log.warn("{} holds a secret and can be read by others: chmod go= {}", open, open);
    }
    checkInventory(found, Config.file(config));
    Health health = new Health(new SteadyClock());
    Runnable stopping = Systemd.report(System.getenv(), health);
    Agent agent = observe ? Agent.observe(found, health) : Agent.start(found, health);
    untilStopped(
        () -> {
          stopping.run();
          close(agent);
        });
    return 0;
  }

  private static void checkInventory(Config found, Path file) {
    if (found.inventory() == null) {
      throw new IllegalArgumentException(
          file + ": inventory: is missing: give a list of hosts, file: and a path, or etcd: true");
    }
    if (!found.isInventoryInEtcd() && found.hosts(Map.of()).isEmpty()) {
      log.warn(
          "the inventory is empty, so nothing can run: add hosts to {}",
          found.inventoryPlace(file));
    }
  }

  /** With etcd away the lead cannot be released; its lease then ends by itself. */
  private static void close(Agent agent) {
    Thread closing = Thread.ofPlatform().daemon().name("close").start(agent::close);
    try {
      if (!closing.join(LONGEST_STOP)) {
        log.warn("stopped with calls under way; another agent takes over when the lease expires");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Never returns: SIGTERM and Ctrl-C run {@code stop}, and the process ends. */
  static void untilStopped(Runnable stop) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    new CountDownLatch(1).await();
  }
}
