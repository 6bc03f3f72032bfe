package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.InProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Typical Compose projects. The health check of each service resolves the names of the others, so a
 * healthy service has found them.
 */
@DisplayName("Applications of several services, on three hosts")
class ApplicationsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Each server returns the name of its project. */
  private static final String COMMON =
      """
      x-base: &base
        image: demo:1
        environment: {NAME: "${COMPOSE_PROJECT_NAME}"}
      x-server: &server
        <<: *base
        command: [sh, -c, "echo $$NAME > /www/name; trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait"]
        healthcheck: {test: "%s", interval: 2s, retries: 60}
      """
          .formatted(finds("127.0.0.1"));

  private static final String WEB_AND_DATABASE =
      """
      services:
        web:
          <<: *server
          depends_on: {db: {condition: service_healthy}, cache: {condition: service_healthy}}
          healthcheck: {test: "%s", interval: 2s, retries: 60}
          ports: ["80"]
        db: {<<: *server, volumes: ["data:/data"]}
        cache: *server
      volumes: {data: {}}
      """
          .formatted(finds("db", "cache"));

  private static final String PROXY =
      """
      services:
        proxy:
          <<: *server
          volumes: ["./conf:/etc/proxy:ro"]
          healthcheck: {test: "[ $$(cat /etc/proxy/upstream) = app ] && %s", interval: 2s, retries: 60}
        app: *server
      """
          .formatted(finds("$$(cat /etc/proxy/upstream)"));

  private static final String SIDE_CAR =
      """
      services:
        vpn: *server
        client:
          <<: *base
          command: [serve]
          network_mode: service:vpn
          healthcheck: {test: "%s", interval: 2s, retries: 60}
        api: *server
      """
          .formatted(finds("127.0.0.1", "api"));

  private static final String WORKERS =
      """
      services:
        queue: *server
        worker:
          <<: *base
          command: [serve]
          scale: 3
          healthcheck: {test: "%s", interval: 2s, retries: 60}
      """
          .formatted(finds("queue"));

  private static final String PROFILES =
      """
      services:
        web: *server
        debug:
          <<: *base
          command: [serve]
          profiles: [debug]
          healthcheck: {test: "%s", interval: 2s, retries: 60}
        off: {<<: *base, profiles: [other]}
      """
          .formatted(finds("web"));

  private static final String MIGRATION =
      """
      services:
        app:
          <<: *server
          depends_on: {db: {condition: service_healthy}}
          volumes: ["schema:/schema"]
          pre_start: [{command: [sh, -c, "%s; echo done > /schema/state"]}]
          healthcheck: {test: "[ $$(cat /schema/state) = done ]", interval: 2s, retries: 60}
        db: *server
      volumes: {schema: {}}
      """
          .formatted(finds("db"));

  private final TestCluster cluster = started();

  /** Many health checks make the hosts slow. None of them is down. */
  private static TestCluster started() {
    TestCluster cluster = new TestCluster(3);
    cluster.patience(5, 10);
    cluster.keepJobsOnSlowHosts();
    cluster.startAgent();
    return cluster;
  }

  @TempDir private Path directory = Path.of("");

  @AfterEach
  void clean() {
    cluster.close();
  }

  /** A health check that succeeds if each name leads to a service of the same project. */
  private static String finds(String... names) {
    return "for n in "
        + String.join(" ", names)
        + "; do [ $$(busybox wget -q -O - http://$$n/name) = $$NAME ] || exit 1; done";
  }

  private void up(String project, String compose, String... options) throws IOException {
    Path home = Files.createDirectories(directory.resolve(project));
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(home.resolve("conf/upstream"), "app\n");
    Path file = Files.writeString(home.resolve("compose.yaml"), COMMON + compose);
    List<String> all =
        new ArrayList<>(
            List.of("-p", project, "-f", file.toString(), "--config=" + cluster.configFile()));
    all.addAll(List.of(options));
    InProcess.up(all.toArray(String[]::new));
  }

  private Set<String> services() {
    Set<String> names = new TreeSet<>();
    cluster.all("services/").keySet().forEach(key -> names.add(key.substring(9)));
    return names;
  }

  /** The hosts of each project's jobs. */
  private Map<String, Set<String>> hosts() {
    Map<String, Set<String>> hosts = new TreeMap<>();
    cluster
        .containers()
        .forEach(
            (job, seen) ->
                hosts
                    .computeIfAbsent(job.replaceFirst("-.*", ""), p -> new TreeSet<>())
                    .add(seen.host().name()));
    return hosts;
  }

  private void awaitAllRunning() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (String service : services()) {
                assertThat(cluster.status(service).path("state").asText())
                    .as("%s: %s", service, cluster.status(service))
                    .isEqualTo("running");
              }
            });
  }

  private void assertTogether() {
    assertThat(hosts()).hasSize(7).allSatisfy((project, on) -> assertThat(on).hasSize(1));
  }

  @Test
  @DisplayName("find each other by name, next to other projects and after a drain")
  void together() throws IOException {
    up("shop", WEB_AND_DATABASE);
    up("shop2", WEB_AND_DATABASE);
    up("proxy", PROXY);
    up("vpn", SIDE_CAR);
    up("work", WORKERS);
    up("prof", PROFILES, "--profile", "debug");
    up("mig", MIGRATION);
    awaitAllRunning();
    assertThat(services()).hasSize(17).doesNotContain("prof-off");
    assertTogether();
    assertThat(cluster.jobStatus("proxy-proxy.1").path("why").asText())
        .isEqualTo("together with proxy-app");

    TestHost drained = cluster.container("proxy-app.1").host();
    Set<String> movable = new TreeSet<>(hosts().keySet());
    movable.removeAll(Set.of("shop", "shop2", "mig"));
    cluster.put("hosts/" + drained.name(), "drain");
    // Hosts are listed one after another, so a job that moves may appear twice.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(hosts())
                    .containsKeys(movable.toArray(String[]::new))
                    .allSatisfy(
                        (project, on) ->
                            assertThat(movable.contains(project) && on.contains(drained.name()))
                                .as(project)
                                .isFalse()));
    awaitAllRunning();
    assertTogether();
  }
}
