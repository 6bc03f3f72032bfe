package io.dowding.cli;

import io.dowding.control.Health;
import io.dowding.control.Monitor;
import io.dowding.control.SteadyClock;
import io.dowding.etcd.StatusWatch;
import io.dowding.http.AgentHttp;
import io.dowding.http.Metrics;
import io.dowding.http.OpsRoom;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the agent shows over HTTP, as configured. */
final class Pages implements AutoCloseable {

  static final Pages NONE = new Pages(null, null);

  private static final Logger log = LoggerFactory.getLogger("dowding");

  private final @Nullable AgentHttp server;
  private final @Nullable Metrics metrics;

  private Pages(@Nullable AgentHttp server, @Nullable Metrics metrics) {
    this.server = server;
    this.metrics = metrics;
  }

  /**
   * Starts the server unless it is off. If the default address is in use, as by another agent on
   * this machine, there is none.
   *
   * @throws IllegalArgumentException if the configured address cannot be used
   */
  static Pages open(Config config, Health health) {
    HttpPart part = config.httpPart();
    if (part.isOff()) {
      return NONE;
    }
    Metrics metrics = new Metrics(health, config.certificates());
    try {
      AgentHttp server = new AgentHttp(part.address(), health, metrics, room(config));
      Pages pages = new Pages(server, metrics);
      log.info(
          "health and metrics at http://{}/, the ops room at http://{}/room/",
          pages.address(),
          pages.address());
      return pages;
    } catch (IOException refused) {
      String problem =
          "http.listen: " + text(part.address()) + " cannot be used: " + refused.getMessage();
      if (!part.isDefault()) {
        throw new IllegalArgumentException(problem, refused);
      }
      log.warn("no health and metrics: {}; set another address, or off", problem);
      return NONE;
    }
  }

  private static OpsRoom room(Config config) {
    OpsRoom.Setup setup =
        new OpsRoom.Setup(
            config.agentName(),
            config.base(),
            config.settings().unknownAfter(),
            config.state(),
            config.httpPart()::token);
    StatusWatch source = new StatusWatch(config.etcdSettings(), config.base(), new SteadyClock());
    return new OpsRoom(setup, source, InstantSource.system());
  }

  Monitor monitor() {
    return metrics == null ? new Monitor() {} : metrics;
  }

  void queued(IntSupplier length) {
    if (metrics != null) {
      metrics.queued(length);
    }
  }

  void certificates(Supplier<Map<String, Path>> hosts) {
    if (metrics != null) {
      metrics.certificates(hosts);
    }
  }

  /** Empty if there is no server. */
  String address() {
    return server == null ? "" : text(server.address());
  }

  private static String text(InetSocketAddress address) {
    InetAddress known = address.getAddress();
    String host = known == null ? address.getHostString() : known.getHostAddress();
    return host + ":" + address.getPort();
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
