package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.control.Census;
import io.dowding.control.Condition;
import io.dowding.control.Condition.Part;
import io.dowding.control.Event;
import io.dowding.control.Health;
import io.dowding.keys.Parsed;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.io.IOException;
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
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@DisplayName("The agent's HTTP server")
class AgentHttpTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir private Path directory;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Health health = new Health(() -> now);
  private Metrics metrics;
  private AgentHttp server;

  @BeforeEach
  void start() throws IOException {
    metrics = new Metrics(health, Map.of("docker", directory.resolve("cert.pem")));
    server =
        new AgentHttp(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), health, metrics, room());
  }

  private OpsRoom room() {
    OpsRoom.Setup setup =
        new OpsRoom.Setup("control1", "/schedule", Duration.ofSeconds(10), directory, () -> null);
    return new OpsRoom(setup, new FakeSource(), () -> now);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> ask(String method, String path, String... headers)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = ask("GET", path);
    return response.statusCode() + " " + response.body().strip();
  }

  private List<String> metrics(String prefix) throws IOException, InterruptedException {
    return get("/metrics").lines().filter(line -> line.startsWith(prefix)).toList();
  }

  @Test
  @DisplayName("/healthz names the threads that take no turns; one of a host is no failure")
  void healthz() throws IOException, InterruptedException {
    var loop = health.pulses().vital("loop", LIMIT);
    health.pulses().minor("host-host1", LIMIT);
    assertThat(get("/healthz")).isEqualTo("200 ok");
    now = now.plus(LIMIT).plusSeconds(1);
    loop.beat();
    assertThat(get("/healthz")).isEqualTo("200 ok\nhost-host1 took no turn for 11 s");
    assertThat(metrics("dowding_threads_hanging")).containsExactly("dowding_threads_hanging 1.0");
    now = now.plus(LIMIT).plusSeconds(1);
    assertThat(get("/healthz"))
        .isEqualTo("503 host-host1 took no turn for 22 s\nloop took no turn for 11 s");
  }

  @Test
  @DisplayName("idle connections, before a first request or after one, do not keep out others")
  void idle() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int n = 0; n < AgentHttp.MOST_CONNECTIONS; n++) {
        Socket one = new Socket();
        one.connect(server.address());
        idle.add(one);
        if (n % 2 == 0) {
          one.getOutputStream()
              .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          assertThat(one.getInputStream().read()).isPositive();
        }
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> get("/healthz").startsWith("200"));
    } finally {
      for (Socket one : idle) {
        one.close();
      }
    }
  }

  @Test
  @DisplayName("/readyz says what the agent does, or what it waits for")
  void readyz() throws IOException, InterruptedException {
    health.setWaitingFor("etcd");
    assertThat(get("/readyz")).isEqualTo("503 waiting for etcd");
    health.set(new Condition(Part.FOLLOWS, "", null));
    assertThat(get("/readyz")).isEqualTo("200 following");
    health.set(new Condition(Part.LEADS, "", null));
    assertThat(get("/readyz")).isEqualTo("200 leading");
  }

  @Test
  @DisplayName("other paths and methods are refused")
  void refuses() throws IOException, InterruptedException {
    assertThat(get("/")).isEqualTo("200 dowding agent: /room/ /healthz /readyz /metrics");
    assertThat(get("/metrics/x")).startsWith("404 ");
    assertThat(ask("POST", "/healthz").statusCode()).isEqualTo(405);
    HttpResponse<String> head = ask("HEAD", "/healthz");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  @DisplayName("/metrics has the text format of Prometheus, or OpenMetrics if asked")
  void formats() throws IOException, InterruptedException {
    HttpResponse<String> text = ask("GET", "/metrics");
    assertThat(text.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    assertThat(text.body()).contains("# TYPE dowding_leader gauge\n").contains("\njvm_");
    HttpResponse<String> open =
        ask("GET", "/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  @DisplayName("only the leader has figures of the cluster, with a zero where there is nothing")
  void cluster() throws IOException, InterruptedException {
    health.set(new Condition(Part.FOLLOWS, "", null));
    assertThat(metrics("dowding_leader ")).containsExactly("dowding_leader 0.0");
    assertThat(metrics("dowding_jobs")).isEmpty();
    assertThat(metrics("dowding_hosts")).isEmpty();
    Census census =
        new Census(
            new TreeMap<>(Map.of("running", 2)),
            new TreeMap<>(Map.of("running", 4, "held", 1)),
            6,
            4,
            1,
            new TreeMap<>(Map.of("up", 2, "down", 1)),
            new TreeMap<>(Map.of("active", 2, "drain", 1)),
            2,
            1,
            3);
    health.set(new Condition(Part.LEADS, "", census));
    assertThat(metrics("dowding_"))
        .contains(
            "dowding_leader 1.0",
            "dowding_ready 1.0",
            "dowding_services{state=\"running\"} 2.0",
            "dowding_services{state=\"pending\"} 0.0",
            "dowding_jobs{state=\"held\"} 1.0",
            "dowding_jobs{state=\"pending\"} 0.0",
            "dowding_jobs_desired 6.0",
            "dowding_jobs_running 4.0",
            "dowding_jobs_completed 1.0",
            "dowding_hosts{state=\"down\"} 1.0",
            "dowding_hosts{state=\"unknown\"} 0.0",
            "dowding_hosts_by_setting{state=\"drain\"} 1.0",
            "dowding_hosts_warned 2.0",
            "dowding_holds 1.0",
            "dowding_unusable_keys 3.0");
  }

  @Test
  @DisplayName("actions are counted by kind and result, and while they are under way")
  void actions() throws IOException, InterruptedException {
    Action.Publish publish = new Action.Publish(new TreeMap<>());
    metrics.decided(publish, now);
    assertThat(metrics("dowding_actions_under_way"))
        .containsExactly("dowding_actions_under_way{action=\"publish\"} 1.0");
    metrics.ended(publish, new Event.Written(publish, true), Duration.ofMillis(20));
    Action.Look look = new Action.Look("host1", "web.1", "abc", "its answer was lost");
    metrics.decided(look, now);
    metrics.ended(
        look,
        new Event.CallEnded(look, new Event.Outcome.Failed(Fault.LOST, "no answer", now)),
        Duration.ofSeconds(30));
    assertThat(metrics("dowding_action"))
        .contains(
            "dowding_actions_under_way{action=\"publish\"} 0.0",
            "dowding_actions_total{action=\"publish\",result=\"done\"} 1.0",
            "dowding_actions_total{action=\"look\",result=\"lost\"} 1.0",
            "dowding_action_duration_seconds_bucket{action=\"look\",le=\"10.0\"} 0",
            "dowding_action_duration_seconds_bucket{action=\"look\",le=\"30.0\"} 1");
  }

  @Test
  @DisplayName("steps, internal errors and waiting events are counted")
  void steps() throws IOException, InterruptedException {
    metrics.queued(() -> 7);
    metrics.stepped(Duration.ofMillis(3));
    metrics.bug();
    metrics.bug();
    assertThat(metrics("dowding_"))
        .contains(
            "dowding_events_queued 7.0",
            "dowding_internal_errors_total 2.0",
            "dowding_step_duration_seconds_count 1",
            "dowding_step_duration_seconds_bucket{le=\"0.001\"} 0",
            "dowding_step_duration_seconds_bucket{le=\"0.005\"} 1");
  }

  @Test
  @DisplayName("an internal error is an answer with the status 500")
  void broken() throws IOException, InterruptedException {
    metrics.queued(
        () -> {
          throw new IllegalStateException("a planted bug: no length");
        });
    assertThat(get("/metrics")).isEqualTo("500 internal error: see the log");
    assertThat(get("/healthz")).isEqualTo("200 ok");
  }

  private void key(String service, long revision) {
    var value = new Parsed.Invalid<io.dowding.model.Service>("it does not matter here");
    StoreChange change = new StoreChange.OfService(service, value, "{}", revision);
    metrics.happened(new Event.StoreChanged(revision, List.of(change)), now);
  }

  private void status(String service, String state, long observed) {
    ServiceStatus status =
        new ServiceStatus(state, 1, 1, observed, observed, null, null, null, new TreeMap<>());
    metrics.decided(
        new Action.Publish(
            new TreeMap<>(Map.of("status/services/" + service, Optional.of(status)))),
        now);
  }

  @Test
  @DisplayName("the time from a key to its running jobs is measured once, for that definition")
  void keyToRunning() throws IOException, InterruptedException {
    health.set(new Condition(Part.LEADS, "", null));
    key("web", 5);
    now = now.plusSeconds(2);
    status("web", "running", 4);
    status("web", "updating", 5);
    status("db", "running", 5);
    assertThat(metrics("dowding_key_to_running_seconds_count"))
        .containsExactly("dowding_key_to_running_seconds_count 0");
    status("web", "running", 5);
    status("web", "running", 5);
    assertThat(metrics("dowding_key_to_running_seconds_"))
        .contains(
            "dowding_key_to_running_seconds_count 1", "dowding_key_to_running_seconds_sum 2.0");
  }

  @Test
  @DisplayName("what an earlier leader began is not measured")
  void earlierLeader() throws IOException, InterruptedException {
    health.set(new Condition(Part.FOLLOWS, "", null));
    key("web", 5);
    health.set(new Condition(Part.LEADS, "", null));
    status("web", "running", 5);
    assertThat(metrics("dowding_key_to_running_seconds_count"))
        .containsExactly("dowding_key_to_running_seconds_count 0");
  }

  private static void keytool(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("-storepass", "changeit"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  @DisplayName("a certificate's expiry is read again when its file changes; 0 says unreadable")
  void certificate() throws Exception {
    String metric = "dowding_certificate_expiry_timestamp_seconds{certificate=\"docker\"}";
    assertThat(metrics(metric)).containsExactly(metric + " 0.0");
    Path store = directory.resolve("store");
    keytool(
        "-genkeypair",
        "-alias",
        "x",
        "-keyalg",
        "EC",
        "-dname",
        "CN=x",
        "-validity",
        "10",
        "-keystore",
        store.toString());
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "x",
        "-keystore",
        store.toString(),
        "-file",
        directory.resolve("cert.pem").toString());
    double expiry = Double.parseDouble(metrics(metric).getFirst().substring(metric.length()));
    double modified = Files.getLastModifiedTime(directory.resolve("cert.pem")).toMillis() / 1e3;
    assertThat(expiry - modified).isBetween(863_900.0, 864_100.0);
  }

  @Test
  @DisplayName("a host's own certificate is named after it")
  void certificateOfHost() throws Exception {
    metrics.certificates(() -> Map.of("host1", directory.resolve("absent")));
    String metric = "dowding_certificate_expiry_timestamp_seconds{certificate=\"docker host1\"}";
    assertThat(metrics(metric)).containsExactly(metric + " 0.0");
  }
}
