package io.dowding.cli;

import io.dowding.control.Health;
import io.dowding.control.SteadyClock;
import io.dowding.systemd.Systemd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of a process. When the configuration is read again, another agent with the new one
 * takes its place; if that cannot be used, the agent keeps the last one. No container notices.
 */
final class AgentRun {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  /** systemd kills the process after 5 s. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(4);

  private final Path file;
  private final boolean observes;
  private final Systemd systemd;
  private final BlockingQueue<Config> next = new LinkedBlockingQueue<>();
  private final Object closing = new Object();
  private Health health = new Health(new SteadyClock());

  /** The thread that starts an agent, which may wait for etcd. */
  private @Nullable Thread starting;

  private volatile @Nullable Agent agent;

  /**
   * @param file of the configuration
   * @throws IllegalArgumentException naming the file and line, if it cannot be used
   */
  AgentRun(Path file, boolean observes) {
    this.file = file;
    this.observes = observes;
    next.add(read(file));
    systemd = Systemd.report(System.getenv(), health);
  }

  /**
   * The configuration, with all that it needs to start.
   *
   * @throws IllegalArgumentException naming the file and line, or the other file, if it cannot
   */
  static Config read(Path file) {
    Config config = Config.read(file, System.getenv());
    if (config.inventory() == null) {
      throw new IllegalArgumentException(
          file + ": inventory: is missing: give a list of hosts, file: and a path, or etcd: true");
    }
    config.etcdSettings();
    boolean empty = !config.isInventoryInEtcd() && config.hosts(Map.of()).isEmpty();
    for (Path open : config.openSecrets(file)) {
      log.warn("{} holds a secret and can be read by others: chmod go= {}", open, open);
    }
    if (empty) {
      log.warn(
          "the inventory is empty, so nothing can run: add hosts to {}",
          config.inventoryPlace(file));
    }
    return config;
  }

  /** Reads the configuration again, on any thread. */
  synchronized void reload() {
    log.info("the configuration is read again file={}", file);
    systemd.reload();
    try {
      next.add(read(file));
      if (starting != null) {
        starting.interrupt();
      }
    } catch (RuntimeException unusable) {
      systemd.follow(health, refused(unusable));
    }
  }

  private static String refused(Exception why) {
    log.error(
        "the new configuration cannot be used, so the last one stays in effect: correct it, and"
            + " reload again reason=\"{}\"",
        why.getMessage());
    return "the last configuration stays in effect: " + why.getMessage();
  }

  /**
   * Never returns: SIGTERM and Ctrl-C end the process.
   *
   * @throws IllegalArgumentException if the first configuration cannot be used
   * @throws IllegalStateException if etcd belongs to another cluster than this machine
   */
  void run() throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    Config last = next.take();
    start(last, "");
    while (true) {
      Config wanted = next.take();
      close();
      try {
        if (start(wanted, "")) {
          last = wanted;
        }
      } catch (RuntimeException unusable) {
        start(last, refused(unusable));
      }
    }
  }

  /**
   * Returns whether the agent runs: not if there is a later configuration, even if that comes while
   * the agent waits for etcd or cannot start.
   */
  private boolean start(Config config, String refused) throws InterruptedException {
    Health fresh = new Health(new SteadyClock());
    begin(fresh, refused);
    try {
      if (next.isEmpty()) {
        agent = observes ? Agent.observe(config, fresh) : Agent.start(config, fresh);
        return true;
      }
    } catch (InterruptedException | RuntimeException failed) {
      if (next.isEmpty()) {
        throw failed;
      }
    } finally {
      end();
    }
    return false;
  }

  private synchronized void begin(Health fresh, String refused) {
    health = fresh;
    systemd.follow(fresh, refused);
    starting = Thread.currentThread();
  }

  private synchronized void end() {
    starting = null;
    // A reload that came when the start was done waits in the queue.
    Thread.interrupted();
  }

  private void close() {
    synchronized (closing) {
      Agent running = agent;
      agent = null;
      if (running != null) {
        running.close();
      }
    }
  }

  /** With etcd away the lead cannot be released; its lease then ends by itself. */
  private void stop() {
    systemd.stop();
    Thread thread = Thread.ofPlatform().daemon().name("close").start(this::close);
    try {
      if (!thread.join(LONGEST_STOP)) {
        log.warn("stopped with calls under way; another agent takes over when the lease expires");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
