package io.dowding.it;

import io.dowding.it.CrashingAgent.Point;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An agent in a separate process, with proxies in front of each engine and etcd member. Tests check
 * the requests that arrive there, not what the agent reports.
 */
final class AgentProcess implements AutoCloseable {

  private static final int TERMINATED = 143;

  private final String name;
  private final String base;
  private final Path config;
  private final Path log;
  private final List<TcpProxy> engines = new ArrayList<>();
  private final List<TcpProxy> etcd = new ArrayList<>();
  private final EtcdWitness witness = new EtcdWitness();
  private Process process;

  /** The configuration that all agents of a test share. */
  record Setup(String base, int leaseTtl, List<String> etcd, List<TestHost> hosts) {}

  AgentProcess(String name, Setup setup, Path directory) {
    this.name = name;
    this.base = setup.base();
    this.log = directory.resolve(name + ".log");
    for (String url : setup.etcd()) {
      etcd.add(new TcpProxy(url, witness::connection));
    }
    StringBuilder inventory = new StringBuilder();
    for (TestHost host : setup.hosts()) {
      TcpProxy proxy = new TcpProxy(host.endpoint());
      engines.add(proxy);
      inventory.append("  - {hostname: " + host.name() + ", docker: " + proxy.docker() + "}\n");
    }
    String text =
        """
        name: %s
        etcd: {endpoints: "%s"}
        baseKey: %s
        stateDir: %s
        leaseTtl: %ds
        reschedule: 4s
        unknownAfter: 2s
        settle: 300ms
        docker: {ping: 1s, callTimeout: 3s}
        http: {listen: off}
        inventory:
        %s"""
            .formatted(
                name,
                String.join(",", etcd.stream().map(TcpProxy::endpoint).toList()),
                base,
                directory.resolve("state-" + name),
                setup.leaseTtl(),
                inventory);
    try {
      config = Files.writeString(directory.resolve(name + ".yaml"), text);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    start();
  }

  /** Starts the agent unless it is running. */
  void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    process = ChildJvm.start(CrashingAgent.class, log, config.toString(), Point.NEVER.name());
  }

  String name() {
    return name;
  }

  String base() {
    return base;
  }

  /** The requests to etcd. */
  EtcdWitness witness() {
    return witness;
  }

  /** The requests to engines that may change anything. */
  List<String> changes() {
    return asked().stream().map(TcpProxy.Asked::line).toList();
  }

  /** The same for all engines, in the order of arrival. */
  List<TcpProxy.Asked> asked() {
    return engines.stream()
        .flatMap(proxy -> proxy.asked().stream())
        .sorted(Comparator.comparingLong(TcpProxy.Asked::nanos))
        .toList();
  }

  void cutFromEtcd() {
    etcd.forEach(TcpProxy::cut);
  }

  void healToEtcd() {
    etcd.forEach(TcpProxy::heal);
  }

  /** Kills the agent with SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Stops the agent with SIGTERM, and waits for its exit. */
  void terminate() {
    process.destroy();
    int exit = process.onExit().join().exitValue();
    if (exit != TERMINATED) {
      throw new IllegalStateException(name + " exited with " + exit);
    }
  }

  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  private void signal(String what) {
    if (process.isAlive()) {
      Shell.signal(what, process.pid());
    }
  }

  @Override
  public void close() {
    thaw();
    kill();
    engines.forEach(TcpProxy::close);
    etcd.forEach(TcpProxy::close);
  }
}
