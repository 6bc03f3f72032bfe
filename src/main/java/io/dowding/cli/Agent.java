package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.Scheduler;
import io.dowding.compose.InventoryReader;
import io.dowding.control.Controller;
import io.dowding.control.Engines;
import io.dowding.control.Event;
import io.dowding.control.Loop;
import io.dowding.control.SteadyClock;
import io.dowding.control.Store;
import io.dowding.docker.DockerEngines;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.EtcdStore;
import io.dowding.etcd.Sentinel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent, wired. Closing it stops no container. */
public final class Agent implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Config config;
  private final Loop loop;
  private final @Nullable Thread inventory;

  private Agent(Config config, Loop loop, @Nullable Thread inventory) {
    this.config = config;
    this.loop = loop;
    this.inventory = inventory;
  }

  /**
   * Waits for etcd, then starts.
   *
   * @throws IllegalArgumentException if the configuration cannot be used
   * @throws IllegalStateException if etcd is not this machine's cluster's
   */
  public static Agent start(Config config) throws InterruptedException {
    return start(config, store -> store, engines -> engines);
  }

  /** With something between the loop and its edges. */
  public static Agent start(
      Config config, UnaryOperator<Store> aroundStore, UnaryOperator<Engines> aroundEngines)
      throws InterruptedException {
    JsonNode inventory = config.inventory();
    boolean inEtcd = inventory != null && inventory.path("etcd").asBoolean();
    Path file =
        inventory != null && inventory.path("file").isTextual()
            ? Path.of(inventory.path("file").asText())
            : null;
    Event.InventoryRead hosts =
        inEtcd || inventory == null
            ? null
            : new Event.InventoryRead(
                file == null ? InventoryReader.read(inventory) : InventoryReader.read(file));
    if (hosts == null && !inEtcd) {
      throw new IllegalArgumentException(
          "inventory: is missing: a list of hosts, or file: and a path, or etcd: true");
    }
    StateDir state = new StateDir(config.state());
    String cluster = join(config.etcdSettings(), config.base(), state);
    SteadyClock clock = new SteadyClock();
    Loop loop =
        new Loop(
            new Controller(config.settings(), inEtcd),
            aroundStore.apply(new EtcdStore(config.etcdSettings(), config.base(), cluster)),
            aroundEngines.apply(
                new DockerEngines(config.dockerSettings(), clock, cluster, config.base())),
            clock);
    if (hosts != null) {
      loop.accept(hosts);
    }
    loop.start();
    log.info(
        "agent started cluster={} base={} etcd={}",
        cluster,
        config.base(),
        config.etcdSettings().endpoints());
    return new Agent(config, loop, file == null ? null : InventoryFile.follow(file, loop::accept));
  }

  private static String join(EtcdSettings settings, String base, StateDir state)
      throws InterruptedException {
    String known = state.cluster();
    while (true) {
      try {
        String cluster = Sentinel.join(settings, base, known);
        if (known == null) {
          state.remember(cluster);
        }
        return cluster;
      } catch (EtcdException away) {
        log.warn(
            "waiting for etcd endpoints={} reason=\"{}\"", settings.endpoints(), away.getMessage());
        Thread.sleep(RETRY);
      }
    }
  }

  /** The scheduler's API in this process, over the same keys and hosts; close it when done. */
  public Scheduler scheduler() {
    return config.scheduler();
  }

  @Override
  public void close() {
    if (inventory != null) {
      inventory.interrupt();
    }
    loop.close();
  }
}
