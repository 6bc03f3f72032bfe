package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.control.Health;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@DisplayName("The pages of the ops room")
class RoomPagesTest {

  private static final Instant NOW = Instant.parse("2026-12-01T08:00:00Z");

  @TempDir private Path directory;

  private final FakeSource source = new FakeSource();
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable String token;
  private OpsRoom room;
  private AgentHttp server;

  @BeforeEach
  void start() throws IOException {
    start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private void start(InetSocketAddress address) throws IOException {
    source.keys.put("status/services/web", "{\"state\":\"running\",\"jobs\":{}}");
    OpsRoom.Setup setup =
        new OpsRoom.Setup("control2", "/b", Duration.ofSeconds(12), directory, () -> token);
    room =
        new OpsRoom(
            setup,
            source,
            () -> NOW,
            new OpsRoom.Times(
                Duration.ofMillis(200),
                Duration.ofMillis(20),
                Duration.ofSeconds(1),
                Duration.ofSeconds(4)));
    Health health = new Health(() -> NOW);
    server = new AgentHttp(address, health, new Metrics(health, Map.of()), room);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  @DisplayName("at an address that other machines can reach, need a token; health does not")
  void open() throws IOException, InterruptedException {
    server.close();
    start(new InetSocketAddress(0));
    HttpResponse<String> refused = get("/room/");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("http.tokenFile");
    assertThat(get("/room/feed").statusCode()).isEqualTo(403);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    token = "0123456789abcdef";
    HttpRequest bearer =
        request("/room/").header("Authorization", "Bearer 0123456789abcdef").build();
    assertThat(client.send(bearer, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private BufferedReader feed(String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder asked = request("/room/feed");
    if (headers.length > 0) {
      asked.headers(headers);
    }
    HttpResponse<InputStream> answer =
        client.send(asked.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  /** The lines of the next event of this kind. */
  private static List<String> event(BufferedReader feed, String kind) throws IOException {
    List<String> event = new ArrayList<>();
    while (!event.contains("event: " + kind)) {
      event.clear();
      for (String line = feed.readLine(); !line.isEmpty(); line = feed.readLine()) {
        event.add(line);
      }
    }
    return event;
  }

  @Test
  @DisplayName("are an HTML, a style, a module and an icon, under a strict policy")
  void pages() throws IOException, InterruptedException {
    Map<String, String> types =
        Map.of(
            "", "text/html; charset=utf-8",
            "style.css", "text/css; charset=utf-8",
            "room.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");
    for (Map.Entry<String, String> page : types.entrySet()) {
      HttpResponse<String> answer = get("/room/" + page.getKey());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().map())
          .containsEntry("content-type", List.of(page.getValue()))
          .containsEntry("x-content-type-options", List.of("nosniff"))
          .containsEntry("referrer-policy", List.of("no-referrer"))
          .containsEntry("cache-control", List.of("no-store"));
      assertThat(answer.headers().firstValue("content-security-policy").orElse(""))
          .startsWith("default-src 'none'; script-src 'self';")
          .contains("frame-ancestors 'none'")
          .doesNotContain("unsafe");
    }
    assertThat(get("/room/secret").statusCode()).isEqualTo(404);
    assertThat(get("/room/../room/AgentHttp.class").statusCode()).isEqualTo(404);
    assertThat(get("/room").headers().firstValue("Location")).contains("/room/");
    assertThat(get("/room?token=a%26b").headers().firstValue("Location"))
        .contains("/room/?token=a%26b");
  }

  @Test
  @DisplayName("use nothing from elsewhere, and put no text into the page as HTML")
  void selfContained() throws IOException {
    Path files = Path.of("src/main/resources/io/dowding/http/room");
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        assertThat(Files.readString(file).replace("http://www.w3.org/2000/svg", ""))
            .as(file.toString())
            .doesNotContain(
                "http:",
                "https:",
                "//cdn",
                "@import",
                "innerHTML",
                "outerHTML",
                "insertAdjacent",
                "document.write",
                "eval(",
                " style=\"",
                " onclick");
      }
    }
  }

  @Test
  @DisplayName("send everything once, then changes; a viewer that returns gets what it missed")
  void resume() throws IOException, InterruptedException {
    String id;
    try (BufferedReader feed = feed()) {
      assertThat(event(feed, "whole").getLast())
          .contains("\"room\":{\"listed\":true,\"agent\":\"control2\",\"base\":\"/b\"")
          .contains("\"unknownAfter\":12,\"segment\":20")
          .contains("\"service/web\":{\"state\":\"running\"}");
      assertThat(event(feed, "beat").getLast())
          .isEqualTo(
              "data: {\"now\":\"2026-12-01T08:00:00Z\",\"answered\":\"2026-12-01T08:00:00Z\"}");
      source.put("status/hosts/host1", "{\"state\":\"up\"}");
      List<String> change = event(feed, "changes");
      assertThat(change.getLast()).isEqualTo("data: {\"host/host1\":{\"state\":\"up\"}}");
      id = change.getFirst().substring("id: ".length());
    }
    source.put("status/hosts/host1", "{\"state\":\"down\"}");
    try (BufferedReader feed = feed("Last-Event-ID", id)) {
      assertThat(event(feed, "changes").getLast())
          .isEqualTo("data: {\"host/host1\":{\"state\":\"down\"}}");
    }
    try (BufferedReader feed = feed("Last-Event-ID", "of-another-agent.5")) {
      assertThat(event(feed, "whole").getLast()).contains("service/web");
    }
  }

  @Test
  @DisplayName("say that the source is lost, and when it is back")
  void lost() throws IOException, InterruptedException {
    try (BufferedReader feed = feed()) {
      event(feed, "whole");
      source.lose("etcd: no answer");
      assertThat(event(feed, "changes").getLast())
          .isEqualTo("data: {\"trouble\":{\"why\":\"etcd: no answer\"}}");
    }
  }

  @Test
  @DisplayName("say that nothing is known before the source answers")
  void unlisted() throws IOException, InterruptedException {
    source.hangs = true;
    try (BufferedReader feed = feed()) {
      assertThat(event(feed, "whole").getLast()).contains("\"listed\":false");
      assertThat(event(feed, "beat").getLast()).doesNotContain("answered");
      source.lose("etcd: no answer");
      assertThat(event(feed, "changes").getLast()).doesNotContain("listed");
      source.list();
      assertThat(event(feed, "changes").getLast())
          .contains("\"listed\":true", "service/web", "control1", "\"trouble\":null");
      source.list();
      source.put("status/hosts/host1", "{\"state\":\"up\"}");
      assertThat(event(feed, "changes").getLast())
          .isEqualTo("data: {\"host/host1\":{\"state\":\"up\"}}");
    }
  }

  @Test
  @DisplayName("nothing is read without viewers, and once for all of them")
  void idle() throws IOException, InterruptedException {
    assertThat(source.begun).isZero();
    get("/room/");
    get("/room/history");
    assertThat(source.begun).isZero();
    try (BufferedReader one = feed();
        BufferedReader two = feed()) {
      event(one, "whole");
      event(two, "whole");
      assertThat(source.begun).isEqualTo(1);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> source.followers() == 0);
    try (BufferedReader again = feed()) {
      assertThat(event(again, "whole").getLast()).contains("service/web");
    }
    assertThat(source.begun).isEqualTo(2);
  }

  @Test
  @DisplayName("after the end of the agent nothing is followed, and no viewer is admitted")
  void closed() throws IOException, InterruptedException {
    try (BufferedReader feed = feed()) {
      event(feed, "whole");
      server.close();
      assertThat(source.followers()).isZero();
      assertThat(room.enter()).isFalse();
    }
  }

  @Test
  @DisplayName("the number of viewers is limited")
  void viewers() throws IOException, InterruptedException {
    for (int n = 0; n < OpsRoom.MOST_VIEWERS; n++) {
      assertThat(room.enter()).isTrue();
    }
    HttpResponse<String> refused = get("/room/feed");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("20 viewers");
    try (Deadlines deadlines = new Deadlines()) {
      room.leave(deadlines);
      try (BufferedReader feed = feed()) {
        assertThat(event(feed, "beat")).isNotEmpty();
      }
    }
  }

  @Test
  @DisplayName("a viewer who reads nothing is dropped, and holds up no other")
  void slow() throws IOException, InterruptedException {
    source.keys.put("status/hosts/host1", "{\"error\":\"" + "x".repeat(15_000_000) + "\"}");
    try (Socket idle = new Socket()) {
      // By default some systems take in more than 30 MB for a program that reads nothing.
      idle.setReceiveBufferSize(4096);
      idle.connect(server.address());
      idle.getOutputStream()
          .write(
              "GET /room/feed HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> source.followers() == 1);
      try (BufferedReader feed = feed()) {
        event(feed, "whole");
        assertThat(event(feed, "beat")).isNotEmpty();
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> source.followers() == 0);
    }
  }

  @Test
  @DisplayName("with a token, nothing is shown without it")
  void token() throws IOException, InterruptedException {
    token = "0123456789abcdef";
    for (String path : List.of("", "style.css", "feed", "history", "nothing")) {
      HttpResponse<String> refused = get("/room/" + path);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }
    HttpResponse<String> entered = get("/room/?token=" + token);
    assertThat(entered.statusCode()).isEqualTo(303);
    assertThat(entered.headers().firstValue("Location")).contains("/room/");
    String cookie = entered.headers().firstValue("Set-Cookie").orElse("").replaceFirst(";.*", "");
    HttpResponse<String> page =
        client.send(
            request("/room/").header("Cookie", cookie).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("end for viewers with the old token when there is another one")
  void tokenChanged() throws IOException, InterruptedException {
    token = "0123456789abcdef";
    try (BufferedReader feed = feed("Authorization", "Bearer " + token)) {
      event(feed, "whole");
      token = "fedcba9876543210";
      assertThat(feed.lines().filter(line -> line.startsWith("event: ch"))).isEmpty();
    }
    await().until(() -> source.followers() == 0);
  }

  @Test
  @DisplayName("have the history in JSON, also if the audit log cannot be read")
  void history() throws IOException, InterruptedException {
    Path log = directory.resolve("audit.log");
    Files.writeString(log, "{\"time\":\"2026-12-01T08:00:00Z\",\"job\":\"web.1\"}\n");
    assertThat(get("/room/history").body())
        .isEqualTo("{\"events\":[{\"time\":\"2026-12-01T08:00:00Z\",\"job\":\"web.1\"}]}");
    Files.delete(log);
    Files.createDirectory(log);
    assertThat(get("/room/history").statusCode()).isEqualTo(500);
  }
}
