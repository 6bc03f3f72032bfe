package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A real Prometheus that watches an agent")
class MonitoringIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Testbed bed = Testbed.shared();
  private final TestCluster cluster = new TestCluster(3);
  private final HttpClient client = HttpClient.newHttpClient();
  private String prometheus = "";
  private Process process;

  @BeforeEach
  void start() throws IOException {
    String config = Files.readString(cluster.configFile());
    Files.writeString(cluster.configFile(), config.replace("\"off\"", "127.0.0.1:0"));
    cluster.startAgent();
    Path directory = Files.createDirectories(cluster.directory().resolve("prometheus"));
    Path scraping =
        Files.writeString(
            directory.resolve("prometheus.yaml"),
            """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: dowding
                static_configs: [{targets: ["%s"]}]
            """
                .formatted(Path.of("config/alerts.yaml").toAbsolutePath(), cluster.address()));
    Shell.run("promtool", "check", "config", scraping.toString());
    prometheus = "127.0.0.1:" + bed.freePort();
    process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + scraping,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=" + prometheus)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    bed.remember(process);
  }

  @AfterEach
  void stop() {
    process.destroyForcibly().onExit().join();
    cluster.hosts().forEach(TestHost::heal);
    cluster.close();
    client.close();
  }

  private String ask(String address, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return response.body();
  }

  /** The names of the alerts that fire. */
  private List<String> firing() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    JsonNode all = JSON.readTree(ask(prometheus, "/api/v1/alerts")).path("data").path("alerts");
    for (JsonNode alert : all) {
      if (alert.path("state").asText().equals("firing")) {
        names.add(alert.path("labels").path("alertname").asText());
      }
    }
    return names;
  }

  private String value(String query) throws IOException, InterruptedException {
    JsonNode answer = JSON.readTree(ask(prometheus, "/api/v1/query?query=" + query));
    return answer.path("data").path("result").path(0).path("value").path(1).asText();
  }

  @Test
  @DisplayName("sees its jobs, gets an alert when a host is lost, and none once it is back")
  void hostLost() throws IOException, InterruptedException {
    // What is in etcd before the first list is not timed.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(ask(cluster.address(), "/readyz")).isEqualTo("leading\n"));
    cluster.put("services/web", service(replicas(2)));
    cluster.awaitRunning("web");
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              assertThat(value("dowding_jobs_running")).isEqualTo("2");
              assertThat(value("dowding_key_to_running_seconds_count")).isEqualTo("1");
              assertThat(firing()).isEmpty();
            });
    assertThat(ask(cluster.address(), "/healthz")).isEqualTo("ok\n");
    TestHost lost = cluster.hosts().getLast();
    lost.cut();
    await().atMost(SOON).untilAsserted(() -> assertThat(firing()).contains("DowdingHostDown"));
    lost.heal();
    await().atMost(SOON).untilAsserted(() -> assertThat(firing()).isEmpty());
  }

  @Test
  @DisplayName("can read the rules, which fire when they should, and every query of the dashboard")
  void files() throws IOException {
    Shell.run("promtool", "check", "rules", "config/alerts.yaml");
    Path directory = cluster.directory();
    Files.copy(Path.of("config/alerts.yaml"), directory.resolve("alerts.yaml"));
    Path tests =
        Files.copy(
            Path.of("src/test/resources/alerts-test.yaml"), directory.resolve("alerts-test.yaml"));
    Shell.run("promtool", "test", "rules", tests.toString());
    List<String> rules = new ArrayList<>(List.of("groups: [{name: dashboard, rules: ["));
    JsonNode panels = JSON.readTree(Path.of("config/dashboard.json").toFile()).path("panels");
    for (JsonNode target : panels.findValues("expr")) {
      String query = target.asText().replace("$__rate_interval", "1m");
      rules.add("{record: 'q" + rules.size() + "', expr: '" + query + "'},");
    }
    rules.add("]}]");
    Path queries = Files.write(directory.resolve("dashboard.yaml"), rules);
    assertThat(Shell.run("promtool", "check", "rules", queries.toString()))
        .contains("SUCCESS: " + (rules.size() - 2) + " rules found");
  }
}
