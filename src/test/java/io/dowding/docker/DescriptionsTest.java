package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@DisplayName("An engine that cannot describe one of our containers")
class DescriptionsTest {

  private static final String HANGS = "";

  private final HttpServer server;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Map<String, String> states = new HashMap<>();

  /** Of some containers, an answer with status 500, or none. */
  private final Map<String, String> broken = new HashMap<>();

  /** Of all containers, by how much each inspection is late. */
  private volatile Duration late = Duration.ZERO;

  private String name = "web.%s.7";
  private String status = "Exited (3) 5 days ago";

  private final Connection connection;

  DescriptionsTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    String docker = "tcp://127.0.0.1:" + server.getAddress().getPort();
    connection = new Connection(new Host("host1", docker, Set.of(), Map.of()), impatient());
    states.put("a1", "running");
    states.put("b2", "running");
  }

  private static DockerSettings impatient() {
    DockerSettings quick = DockerSettings.QUICK;
    return new DockerSettings(
        quick.connect(),
        quick.call(),
        quick.pull(),
        Duration.ofSeconds(1),
        quick.resync(),
        null,
        null,
        quick.credentials(),
        false,
        quick.policy());
  }

  @AfterEach
  void stop() {
    done.countDown();
    connection.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String id = path.replaceFirst(".*/containers/(.*)/json", "$1");
    String failure = broken.get(id);
    if (HANGS.equals(failure)) {
      waitUntilDone(Duration.ofMinutes(1));
    } else if (states.containsKey(id)) {
      waitUntilDone(late);
    }
    byte[] body = (failure == null ? body(path, id) : failure).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(failure == null || failure.equals("[]") ? 200 : 500, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void waitUntilDone(Duration most) {
    try {
      var _ = done.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private String body(String path, String id) {
    if (path.endsWith("/plugins")) {
      return "[]";
    }
    if (path.endsWith("/containers/json")) {
      return states.keySet().stream().map(this::listed).toList().toString();
    }
    if (states.containsKey(id)) {
      return inspected(id);
    }
    return path.contains("/images/")
        ? "{\"RepoDigests\":[],\"Config\":{\"Labels\":{\"dowding.name\":\"of the image\"}}}"
        : "{\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\","
            + "\"SystemTime\":\"2026-01-01T00:00:00Z\"}";
  }

  private static String labels(String id) {
    return "\"Labels\":{\"dowding.cluster\":\"x\",\"dowding.job\":\"web."
        + id
        + "\",\"dowding.incarnation\":\"7\",\"dowding.spec\":\"s\",\"dowding.name\":\"of the image\"}";
  }

  private String listed(String id) {
    return "{\"Id\":\"%s\",\"Names\":[\"/%s\"],\"ImageID\":\"f00\",\"State\":\"%s\",\"Status\":\"%s\",%s}"
        .formatted(id, name.formatted(id), states.get(id), status, labels(id));
  }

  private String inspected(String id) {
    return "{\"Id\":\"%s\",\"Name\":\"/web.%s.7\",\"Image\":\"f00\",\"State\":{\"Status\":\"%s\",\"Health\":{\"Status\":\"healthy\"}},\"Config\":{%s},\"HostConfig\":{\"NetworkMode\":\"none\"}}"
        .formatted(id, id, states.get(id), labels(id));
  }

  private Container listed() {
    List<Container> all = connection.engine().list();
    assertThat(all).hasSize(2).extracting(Container::name).contains("web.b2.7");
    return all.stream().filter(seen -> seen.id().equals("a1")).findFirst().orElseThrow();
  }

  @Test
  @DisplayName("does not answer about it: it is shown as last seen")
  void hangs() {
    assertThat(listed().health()).isEqualTo("healthy");
    assertThat(connection.newWarning()).isEmpty();
    broken.put("a1", HANGS);
    assertThat(listed().health()).isEqualTo("healthy");
    assertThat(connection.newWarning())
        .contains(
            "the engine cannot describe web.a1.7 (no answer), which the status shows as last seen:"
                + " if this lasts, docker rm -f web.a1.7, or restart Docker there");
    broken.clear();
    assertThat(listed().health()).isEqualTo("healthy");
    assertThat(connection.newWarning()).contains("");
  }

  @Test
  @DisplayName(
      "refuses to describe it, never described it, and it has ended since: the list counts")
  void ended() {
    broken.put("a1", "{\"message\":\"layer does not exist\"}");
    states.put("a1", "exited");
    Container seen = listed();
    assertThat(seen.state()).isEqualTo(Container.State.EXITED);
    assertThat(seen.exitCode()).isEqualTo(3);
    assertThat(Ownership.of(seen, "x")).isNotNull();
    assertThat(seen.labels()).doesNotContainKey("dowding.name");
    assertThat(connection.newWarning().orElseThrow()).contains("layer does not exist");
  }

  @Test
  @DisplayName("answers nonsense: nothing that it says is believed")
  void nonsense() {
    broken.put("a1", "[]");
    assertThatThrownBy(connection.engine()::list).isInstanceOf(MalformedAnswer.class);
  }

  @Test
  @DisplayName("and that was renamed since it was last described, has its new name")
  void renamed() {
    listed();
    broken.put("a1", HANGS);
    name = "old.%s";
    broken.put("b2", "{}");
    List<Container> all = connection.engine().list();
    assertThat(all).extracting(Container::name).containsExactlyInAnyOrder("old.a1", "old.b2");
    assertThat(all)
        .allSatisfy(
            seen -> {
              assertThat(Ownership.of(seen, "x")).isNull();
              assertThat(Ownership.renamed(seen, "x")).isNotNull();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "Up 5 seconds (health: starting), starting",
    "Up 5 minutes (healthy), healthy",
    "Up 5 minutes (unhealthy), unhealthy",
    "Up 5 minutes (Paused),",
    "Up 5 minutes,"
  })
  @DisplayName("and never did: it is no healthier than in the list")
  void health(String words, @Nullable String health) {
    broken.put("a1", HANGS);
    status = words;
    assertThat(listed().health()).isEqualTo(health);
  }

  @Test
  @DisplayName("although it did before: it is no healthier than in the list")
  void healthSince() {
    assertThat(listed().health()).isEqualTo("healthy");
    broken.put("a1", HANGS);
    status = "Up 5 minutes (unhealthy)";
    assertThat(listed().health()).isEqualTo("unhealthy");
  }

  @Test
  @DisplayName("and gives it a state that is none: that does not count as dead")
  void unknownState() {
    broken.put("a1", "{}");
    states.put("a1", "stopping");
    assertThatThrownBy(connection.engine()::list)
        .isInstanceOf(MalformedAnswer.class)
        .hasMessageContaining("State is not a container state");
  }

  @Test
  @DisplayName("nor some others, and describes the rest slowly: the rest are soon described")
  void slow() {
    late = Duration.ofMillis(400);
    for (String id : List.of("c1", "c2", "c3", "c4")) {
      states.put(id, "running");
    }
    for (String id : List.of("a1", "b2", "c1")) {
      broken.put(id, HANGS);
    }
    connection.engine().list();
    for (int n = 0; n < 2; n++) {
      assertThat(connection.engine().list())
          .hasSize(6)
          .filteredOn(seen -> "healthy".equals(seen.health()))
          .extracting(Container::id)
          .containsExactlyInAnyOrder("c2", "c3", "c4");
    }
  }

  @Test
  @DisplayName("nor many others: the problem names one of them")
  void many() {
    for (int n = 0; n < 8; n++) {
      states.put("c" + n, "running");
      broken.put("c" + n, "{}");
    }
    assertThat(connection.engine().list()).hasSize(10);
    assertThat(connection.newWarning().orElseThrow()).contains("web.c0.7 and 7 more");
  }
}
