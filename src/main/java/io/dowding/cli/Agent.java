package io.dowding.cli;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.Scheduler;
import io.dowding.compose.InventoryReader;
import io.dowding.control.Controller;
import io.dowding.control.Engines;
import io.dowding.control.Event;
import io.dowding.control.Health;
import io.dowding.control.Loop;
import io.dowding.control.Preview;
import io.dowding.control.Pulses;
import io.dowding.control.Pulses.Pulse;
import io.dowding.control.SteadyClock;
import io.dowding.control.Store;
import io.dowding.docker.DockerEngines;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.EtcdStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running agent with all its parts. Closing it stops no container. */
public final class Agent implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_TRY = Duration.ofSeconds(30);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

  private final Config config;
  private final Loop loop;
  private final Pages pages;
  private final @Nullable Thread inventory;
  private final @Nullable RecentWork work;

  private Agent(
      Config config,
      Loop loop,
      Pages pages,
      @Nullable Thread inventory,
      @Nullable RecentWork work) {
    this.config = config;
    this.loop = loop;
    this.pages = pages;
    this.inventory = inventory;
    this.work = work;
  }

  /**
   * Waits for etcd, then starts.
   *
   * @throws IllegalArgumentException if the configuration is not valid
   * @throws IllegalStateException if etcd belongs to another cluster than this machine
   */
  public static Agent start(Config config) throws InterruptedException {
    return start(config, new Health(new SteadyClock()));
  }

  /**
   * The same.
   *
   * @param health learns how the agent is, also while it waits for etcd
   */
  public static Agent start(Config config, Health health) throws InterruptedException {
    return start(config, false, health, store -> store, engines -> engines, preview -> {});
  }

  /** An agent that decides but changes nothing. */
  static Agent observe(Config config, Health health) throws InterruptedException {
    return start(config, true, health, store -> store, engines -> engines, preview -> {});
  }

  /**
   * What a leader would do now.
   *
   * @throws IllegalStateException if etcd and the hosts cannot be read within half a minute
   */
  static Preview preview(Config config) throws InterruptedException {
    CompletableFuture<Preview> first = new CompletableFuture<>();
    // What would be logged is in the result.
    var logger = (ch.qos.logback.classic.Logger) log;
    Level level = logger.getLevel();
    logger.setLevel(Level.WARN);
    Health health = new Health(new SteadyClock());
    try (Agent _ =
        start(config, true, health, store -> store, engines -> engines, first::complete)) {
      return first.get(LONGEST_LOOK.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException late) {
      throw new IllegalStateException(
          "etcd or the inventory could not be read within "
              + LONGEST_LOOK.toSeconds()
              + " s: see the log of bin/dowding agent --observe",
          late);
    } finally {
      logger.setLevel(level);
    }
  }

  /** With wrappers around the loop's edges, for tests. */
  public static Agent start(
      Config config,
      boolean observes,
      UnaryOperator<Store> aroundStore,
      UnaryOperator<Engines> aroundEngines)
      throws InterruptedException {
    Health health = new Health(new SteadyClock());
    return start(config, observes, health, aroundStore, aroundEngines, preview -> {});
  }

  private static Agent start(
      Config config,
      boolean observes,
      Health health,
      UnaryOperator<Store> aroundStore,
      UnaryOperator<Engines> aroundEngines,
      Consumer<Preview> observer)
      throws InterruptedException {
    try (Pulse starting = health.pulses().vital("start", LONGEST_TRY)) {
      // An observer runs beside the agent that has this address.
      Pages pages = observes ? Pages.NONE : Pages.open(config, health);
      Loop.Watchers watchers = new Loop.Watchers(observer, health, pages.monitor());
      try {
        return start(config, observes, watchers, starting, pages, aroundStore, aroundEngines);
      } catch (InterruptedException | RuntimeException | Error failed) {
        pages.close();
        throw failed;
      }
    }
  }

  private static Agent start(
      Config config,
      boolean observes,
      Loop.Watchers watchers,
      Pulse starting,
      Pages pages,
      UnaryOperator<Store> aroundStore,
      UnaryOperator<Engines> aroundEngines)
      throws InterruptedException {
    JsonNode inventory = config.inventory();
    boolean inEtcd = config.isInventoryInEtcd();
    Path file =
        inventory != null && inventory.path("file").isTextual()
            ? Path.of(inventory.path("file").asText())
            : null;
    Event.InventoryRead hosts =
        inEtcd || inventory == null
            ? null
            : new Event.InventoryRead(
                file == null ? InventoryReader.read(inventory) : InventoryReader.read(file));
    EtcdSettings etcd = config.etcdSettings();
    StateDir state = observes ? StateDir.toRead(config.state()) : new StateDir(config.state());
    check(config, etcd, state.cluster(), watchers.health(), starting);
    if (!observes) {
      AuditLog.begin(config.state(), config.agentName());
    }
    SteadyClock clock = new SteadyClock();
    Pulses pulses = watchers.health().pulses();
    Controller.Origin origin =
        new Controller.Origin(
            config.base(), UUID.randomUUID().toString(), state.cluster(), state.age());
    EtcdStore.Agent self = new EtcdStore.Agent(config.agentName(), config.ttl(), !observes);
    DockerEngines engines =
        new DockerEngines(config.dockerSettings(), clock, config.base(), pulses);
    pages.certificates(engines::certificates);
    Loop loop =
        new Loop(
            new Controller(config.settings(), origin, inEtcd, observes),
            aroundStore.apply(new EtcdStore(etcd, config.base(), self, clock, pulses)),
            aroundEngines.apply(engines),
            clock,
            seen -> {
              if (!observes) {
                state.remember(seen.cluster(), seen.age());
              }
            },
            observes,
            watchers);
    pages.queued(loop::queued);
    if (hosts != null) {
      loop.accept(hosts);
    }
    loop.start();
    log.info(
        "agent started name={} base={} etcd={}{}",
        config.agentName(),
        config.base(),
        etcd.endpoints(),
        observes ? ", observing only" : "");
    return new Agent(
        config,
        loop,
        pages,
        file == null ? null : InventoryFile.follow(file, loop::accept, pulses),
        observes ? null : RecentWork.begin(config, etcd, pulses));
  }

  /** Refuses to become a candidate in the etcd of another cluster. */
  private static void check(
      Config config, EtcdSettings etcd, @Nullable String known, Health health, Pulse starting)
      throws InterruptedException {
    SteadyClock clock = new SteadyClock();
    Instant begin = clock.instant();
    Reminders reminders = new Reminders();
    try (EtcdKeys keys = new EtcdKeys(etcd, config.base())) {
      while (true) {
        starting.beat();
        health.setWaitingFor("etcd");
        try {
          String found = keys.cluster();
          if (known != null && found != null && !known.equals(found)) {
            throw new IllegalStateException(
                config.base()
                    + "/cluster in etcd is "
                    + found
                    + ", but this machine has worked for cluster "
                    + known
                    + ". Was etcd replaced? Connect this machine to the etcd of its cluster, or, to"
                    + " switch clusters, delete cluster.json in the state directory "
                    + config.state());
          }
          return;
        } catch (EtcdException away) {
          String why = String.valueOf(away.getMessage());
          Instant now = clock.instant();
          if (reminders.isDue(why, now)) {
            log.warn(
                "waiting for etcd endpoints={} for={} reason=\"{}\"",
                etcd.endpoints(),
                Ages.of(begin, now),
                why);
          }
          Thread.sleep(RETRY);
        }
      }
    }
  }

  /** The scheduler's API in this process, with the same keys and hosts. The caller closes it. */
  public Scheduler scheduler() {
    return config.scheduler();
  }

  /** Where it answers over HTTP, such as {@code 127.0.0.1:9311}; empty if nowhere. */
  public String address() {
    return pages.address();
  }

  @Override
  public void close() {
    if (inventory != null) {
      inventory.interrupt();
    }
    if (work != null) {
      work.close();
    }
    loop.close();
    pages.close();
  }
}
