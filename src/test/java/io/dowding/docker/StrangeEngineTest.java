package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.DockerException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dowding.control.Event;
import io.dowding.control.Pulses;
import io.dowding.model.Container;
import io.dowding.model.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@DisplayName("An engine with strange answers")
class StrangeEngineTest {

  private static final String STATE = "{\"Status\":\"running\"}";

  private static final Reply NONE = new Reply(404, "{\"message\":\"No such container: it\"}");

  private final HttpServer server;
  private final CountDownLatch done = new CountDownLatch(1);

  /** By the end of a path. */
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();

  private final Host host;

  private record Reply(int status, String body) {}

  StrangeEngineTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    String docker = "tcp://127.0.0.1:" + server.getAddress().getPort();
    host = new Host("host1", docker, Set.of(), Map.of());
    replies.put("/plugins", new Reply(200, "[]"));
    replies.put("/volumes", new Reply(200, "{}"));
    replies.put("/containers/json", new Reply(200, "[" + listed("a1", "web.1.7") + "]"));
    replies.put("/containers/a1/json", new Reply(200, inspected("a1", STATE, "0")));
    replies.put("/images/f00/json", new Reply(200, "{\"RepoDigests\":[],\"Config\":{}}"));
  }

  @AfterEach
  void stop() {
    done.countDown();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath().replaceFirst("^/v1\\.\\d+", "");
    boolean isContainer = path.startsWith("/containers/");
    Reply reply = replies.getOrDefault(path, isContainer ? NONE : new Reply(200, about()));
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
    if (path.equals("/events")) {
      exchange.sendResponseHeaders(200, 0);
      while (done.getCount() > 0) {
        exchange.getResponseBody().write(body);
      }
    } else {
      exchange.sendResponseHeaders(reply.status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static String about() {
    return "{\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\",\"ID\":\"e\","
        + "\"SystemTime\":\"2026-01-01T00:00:00Z\"}";
  }

  private static String labels() {
    return "\"Labels\":{\"dowding.cluster\":\"x\",\"dowding.job\":\"web.1\","
        + "\"dowding.incarnation\":\"7\",\"dowding.spec\":\"s\"}";
  }

  private static String listed(String id, String name) {
    return "{\"Id\":\"%s\",\"Names\":[\"/%s\"],\"ImageID\":\"f00\",\"State\":\"running\",%s}"
        .formatted(id, name, labels());
  }

  private static String inspected(String id, String state, String restarts) {
    return "{\"Id\":\"%s\",\"Name\":\"/web.1.7\",\"Image\":\"f00\",\"State\":%s,\"RestartCount\":%s,\"Config\":{%s},\"HostConfig\":{\"NetworkMode\":\"none\"}}"
        .formatted(id, state, restarts, labels());
  }

  private <T extends @Nullable Object> T with(Function<EngineApi, T> question) {
    try (Connection connection = new Connection(host, DockerSettings.QUICK)) {
      return question.apply(connection.engine());
    }
  }

  @Test
  @DisplayName("says that a container does not exist: it is gone")
  void gone() {
    replies.put("/containers/a1/json", NONE);
    @Nullable Container seen = with(engine -> engine.inspect("a1"));
    assertThat(seen).isNull();
    assertThat(with(EngineApi::list)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"message\":\"page not found\"}", "<html>404</html>"})
  @DisplayName("says 404 for another reason: the container does not count as gone")
  void notGone(String body) {
    replies.put("/containers/a1/json", new Reply(404, body));
    assertThatThrownBy(() -> with(engine -> engine.inspect("a1")))
        .hasMessageContaining("GET /v1.44/containers/a1/json was refused with 404");
    assertThatThrownBy(() -> with(EngineApi::list)).isInstanceOf(DockerException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 405, 407, 429})
  @DisplayName("refuses its list: the error names the request and what to do")
  void refused(int status) {
    replies.put("/containers/json", new Reply(status, "{\"message\":\"not for you\"}"));
    assertThatThrownBy(() -> with(EngineApi::list))
        .hasMessageContaining(
            "GET /v1.44/containers/json was refused with "
                + status
                + " (not for you): allow it in the proxy or plugin in front of the engine, or"
                + " correct this host's docker:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upgrade: tcp\r\n", "Upgrade: TLS/1.2\r\n"})
  @DisplayName("changes the protocol: that is no answer")
  void upgrade(String to) throws IOException {
    try (CannedServer canned =
            new CannedServer("HTTP/1.1 101 Go on\r\nConnection: Upgrade\r\n" + to + "\r\n");
        EngineHttp http =
            new EngineHttp(
                URI.create(canned.docker()),
                null,
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                new Gate(DockerSettings.QUICK.policy()))) {
      assertThatThrownBy(() -> http.open("GET", "/_ping", Map.of(), null, Duration.ofSeconds(5)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  @DisplayName("counts two thousand million restarts: what counts on from there stays a number")
  void restarts() {
    replies.put("/containers/a1/json", new Reply(200, inspected("a1", STATE, "2147483647")));
    Container seen = Objects.requireNonNull(with(engine -> engine.inspect("a1")));
    assertThat(seen.restartCount()).isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000-01-01T00:00:00Z",
        "9999999-01-01T00:00:00Z",
        "+999999999-12-31T23:59:59+18:00",
        "-999999999-01-01T00:00:00-18:00",
        "yesterday"
      })
  @DisplayName("gives times that cannot be: they count as never")
  void times(String time) {
    String state =
        "{\"Status\":\"exited\",\"StartedAt\":\"" + time + "\",\"FinishedAt\":\"" + time + "\"}";
    replies.put("/containers/a1/json", new Reply(200, inspected("a1", state, "0")));
    Container seen = Objects.requireNonNull(with(engine -> engine.inspect("a1")));
    assertThat(seen.startedAt()).isNull();
    assertThat(seen.lastRun()).isZero();
  }

  @Test
  @DisplayName("lists ten thousand containers, all of them ours")
  void many() {
    replies.put(
        "/containers/json",
        new Reply(
            200,
            IntStream.range(0, 10_000)
                .mapToObj(n -> listed("c" + n, "web." + n + ".7"))
                .collect(Collectors.joining(",", "[", "]"))));
    for (int n = 0; n < 10_000; n++) {
      replies.put("/containers/c" + n + "/json", new Reply(200, inspected("c" + n, STATE, "0")));
    }
    assertThat(with(EngineApi::list)).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a1", "%08x"})
  @DisplayName("reports events without end: it is still listed again and again")
  void flood(String id) throws InterruptedException {
    replies.put(
        "/events",
        new Reply(
            200,
            IntStream.range(0, 500)
                .mapToObj(n -> "{\"Actor\":{\"ID\":\"" + id.formatted(n) + "\"}}\n")
                .collect(Collectors.joining())));
    CountDownLatch lists = new CountDownLatch(3);
    LaneThread lane =
        new LaneThread(
            host,
            often(),
            InstantSource.system(),
            new Calls(InstantSource.system(), "/base"),
            event -> {
              if (event instanceof Event.HostListed) {
                lists.countDown();
              }
            },
            new Pulses(InstantSource.system()).minor("host1", Duration.ofMinutes(1)));
    try {
      assertThat(lists.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      lane.close();
    }
  }

  /** Lists every 100 ms. */
  private static DockerSettings often() {
    DockerSettings quick = DockerSettings.QUICK;
    return new DockerSettings(
        quick.connect(),
        quick.call(),
        quick.pull(),
        quick.ping(),
        Duration.ofMillis(100),
        null,
        null,
        quick.credentials(),
        false,
        quick.policy());
  }
}
