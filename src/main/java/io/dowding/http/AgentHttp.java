package io.dowding.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dowding.control.Condition;
import io.dowding.control.Health;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's HTTP server. It only reads. */
public final class AgentHttp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PAGES = "dowding agent: /room/ /healthz /readyz /metrics\n";

  static final String ONLY_READS = "this server only reads: use GET\n";
  static final Set<String> METHODS = Set.of("GET", "HEAD");

  private static final int OK = 200;
  private static final int SEE_OTHER = 303;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int BROKEN = 500;
  private static final int UNAVAILABLE = 503;

  static final int MOST_CONNECTIONS = 100;

  /**
   * Limits of the JDK's server, some of which it does not have by default: seconds for a request,
   * connections, seconds without a request, and milliseconds between looks for such connections.
   * Otherwise, idle connections could keep out all others.
   */
  private static final Map<String, String> LIMITS =
      Map.of(
          "sun.net.httpserver.maxReqTime",
          "10",
          "jdk.httpserver.maxConnections",
          String.valueOf(MOST_CONNECTIONS),
          "sun.net.httpserver.idleInterval",
          "5",
          "sun.net.httpserver.clockTick",
          "1000");

  /** The longest time for an answer, except the room's feed, which has a limit for each part. */
  static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

  private final Health health;
  private final Metrics metrics;
  private final OpsRoom room;
  private final HttpServer server;
  private final Deadlines deadlines = new Deadlines();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /** What to answer. */
  private record Answer(int status, String type, String text) {
    static Answer text(int status, String text) {
      return new Answer(status, TEXT, text);
    }
  }

  /**
   * Starts it.
   *
   * @param address with port 0 for any free port
   * @param room is closed with this
   * @throws IOException if the address cannot be used
   */
  public AgentHttp(InetSocketAddress address, Health health, Metrics metrics, OpsRoom room)
      throws IOException {
    this.health = health;
    this.metrics = metrics;
    this.room = room;
    LIMITS.forEach((name, value) -> System.setProperty(name, System.getProperty(name, value)));
    server = HttpServer.create(address, 0);
    server.setExecutor(workers);
    RoomAccess access =
        new RoomAccess(
            server.getAddress().getAddress().isLoopbackAddress(),
            server.getAddress().getPort(),
            room.setup().token());
    RoomPages pages = new RoomPages(room, access, deadlines);
    server.createContext("/", this::handle);
    server.createContext(RoomPages.PATH, pages);
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Within the time limit of an answer. */
  private void handle(HttpExchange exchange) throws IOException {
    try (exchange;
        Deadlines.Deadline _ = deadlines.begin(LONGEST_ANSWER)) {
      Answer answer = answerTo(exchange);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      byte[] bytes = answer.text().getBytes(StandardCharsets.UTF_8);
      boolean isHead = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), isHead ? -1 : bytes.length);
      if (!isHead) {
        try (OutputStream body = exchange.getResponseBody()) {
          body.write(bytes);
        }
      }
    }
  }

  private Answer answerTo(HttpExchange exchange) {
    try {
      return answer(exchange);
    } catch (IOException | RuntimeException bug) {
      log.error("internal error, please report it page={}", exchange.getRequestURI(), bug);
      return Answer.text(BROKEN, "internal error: see the log\n");
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    if (!METHODS.contains(exchange.getRequestMethod())) {
      return Answer.text(NOT_ALLOWED, ONLY_READS);
    }
    return switch (exchange.getRequestURI().getPath()) {
      case "/" -> Answer.text(OK, PAGES);
      case "/room" -> {
        String query = exchange.getRequestURI().getRawQuery();
        exchange
            .getResponseHeaders()
            .set("Location", RoomPages.PATH + (query == null ? "" : "?" + query));
        yield Answer.text(SEE_OTHER, "");
      }
      case "/healthz" -> healthz();
      case "/readyz" -> readyz();
      case "/metrics" -> {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        Metrics.Page page = metrics.page(accept == null ? "" : accept);
        yield new Answer(OK, page.type(), page.text());
      }
      default -> Answer.text(NOT_FOUND, "there is no such page; " + PAGES);
    };
  }

  /** A restart would not help a host whose thread hangs. */
  private Answer healthz() {
    boolean lives = health.pulses().silentVitals().isEmpty();
    String threads =
        health.pulses().silent().entrySet().stream()
            .map(one -> one.getKey() + " took no turn for " + one.getValue().toSeconds() + " s\n")
            .collect(Collectors.joining());
    return lives ? Answer.text(OK, "ok\n" + threads) : Answer.text(UNAVAILABLE, threads);
  }

  private Answer readyz() {
    Condition condition = health.condition();
    return condition.isReady()
        ? Answer.text(OK, condition.leads() ? "leading\n" : "following\n")
        : Answer.text(UNAVAILABLE, condition.whyNotReady() + "\n");
  }

  @Override
  public void close() {
    room.close();
    server.stop(0);
    workers.shutdownNow();
    deadlines.close();
  }
}
