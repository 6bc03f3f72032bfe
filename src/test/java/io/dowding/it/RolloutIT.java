package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way of updating a service, each on a service of its own, side by side. */
@DisplayName("An update")
class RolloutIT {

  private static final int JOBS = 2;
  private static final Duration LATE = Duration.ofSeconds(90);
  private static final String SICK =
      "\"healthcheck\":{\"test\":\"false\",\"interval\":\"1s\",\"retries\":1}";
  private static final String FIT =
      "\"healthcheck\":{\"test\":\"true\",\"interval\":\"1s\",\"retries\":1}";

  private static TestCluster cluster;

  /** A way of updating. */
  record Way(String order, String onFailure, boolean checked) {
    String service() {
      return order.replace("-first", "") + "-" + onFailure + (checked ? "-checked" : "");
    }

    private String deploy() {
      return "\"deploy\":{\"replicas\":"
          + JOBS
          + ",\"update_config\":{\"order\":\""
          + order
          + "\",\"failure_action\":\""
          + onFailure
          + "\",\"monitor\":\"1s\"}}";
    }

    String version(String number) {
      String environment = "\"environment\":{\"V\":\"" + number + "\"}";
      return checked
          ? TestCluster.service(deploy(), environment, FIT)
          : TestCluster.service(deploy(), environment);
    }

    String failing() {
      return checked
          ? TestCluster.service(deploy(), SICK)
          : TestCluster.service(deploy()).replace("\"serve\"", "\"false\"");
    }

    int fewest() {
      return order.equals("start-first") ? JOBS : JOBS - 1;
    }

    @Override
    public String toString() {
      return order + ", " + onFailure + (checked ? ", with a health check" : "");
    }
  }

  static List<Way> ways() {
    return Stream.of("stop-first", "start-first")
        .flatMap(
            order ->
                Stream.of("pause", "continue", "rollback")
                    .flatMap(
                        action ->
                            Stream.of(true, false).map(check -> new Way(order, action, check))))
        .toList();
  }

  @BeforeAll
  static void begin() {
    cluster = TestCluster.running(3);
    ways().forEach(way -> cluster.put("services/" + way.service(), way.version("1")));
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  private static List<Container> containers(Way way) {
    return cluster.hosts().stream()
        .flatMap(host -> host.containers(cluster.cluster()).stream())
        .filter(container -> way.service().equals(container.getLabels().get("dowding.service")))
        .toList();
  }

  private static int serving(Way way) {
    return (int)
        containers(way).stream()
            .filter(container -> container.getState().equals("running"))
            .filter(c -> !way.checked() || c.getStatus().contains("(healthy)"))
            .count();
  }

  private static void until(Way way, java.util.function.Predicate<JsonNode> wanted) {
    await()
        .atMost(LATE)
        .untilAsserted(
            () -> {
              JsonNode status = cluster.status(way.service());
              assertThat(wanted.test(status)).as("status %s", status).isTrue();
            });
  }

  private static boolean isUpdated(Way way, JsonNode status) {
    return status.path("state").asText().equals("running")
        && status.path("observedGeneration").asLong()
            == cluster.revision("services/" + way.service());
  }

  // Side by side with each other, and not with another class.
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  @DisplayName(
      "replaces all jobs, never running fewer than its order allows; a failure is handled as"
          + " configured")
  void update(Way way) {
    until(way, status -> isUpdated(way, status) && serving(way) == JOBS);
    long first = cluster.revision("services/" + way.service());

    Watcher watcher = new Watcher(() -> serving(way));
    cluster.put("services/" + way.service(), way.version("2"));
    until(way, status -> isUpdated(way, status) && containers(way).size() == JOBS);
    await()
        .atMost(LATE)
        .until(
            () ->
                cluster.json("versions/" + way.service()).path("good").path("generation").asLong()
                    > first);
    assertThat(watcher.stop()).isGreaterThanOrEqualTo(way.fewest());

    long good = cluster.revision("services/" + way.service());
    Watcher second = new Watcher(() -> serving(way));
    cluster.put("services/" + way.service(), way.failing());
    long failed = cluster.revision("services/" + way.service());
    switch (way.onFailure()) {
      case "pause" -> {
        until(way, status -> status.path("update").path("state").asText().equals("paused"));
        assertThat(cluster.status(way.service()).path("message").asText())
            .contains(way.service() + ".1: ", way.checked() ? "unhealthy" : "exited");
        assertThat(second.stop()).isGreaterThanOrEqualTo(way.fewest());
      }
      case "continue" -> {
        await().atMost(LATE).until(() -> everyRecordIsOf(way, failed));
        second.stop();
      }
      default -> {
        until(way, status -> status.path("update").path("state").asText().equals("rolled back"));
        assertThat(second.stop()).isGreaterThanOrEqualTo(way.fewest());
        JsonNode status = cluster.status(way.service());
        assertThat(status.path("generation").asLong()).isEqualTo(failed);
        assertThat(status.path("observedGeneration").asLong()).isEqualTo(good);
        assertThat(status.path("message").asText())
            .contains("generation " + failed + " failed", "generation " + good);
        assertThat(cluster.value("services/" + way.service())).isEqualTo(way.failing());
        assertThat(serving(way)).isEqualTo(JOBS);
      }
    }
  }

  private static boolean everyRecordIsOf(Way way, long generation) {
    return cluster.all("allocations/" + way.service() + ".").values().stream()
        .allMatch(record -> record.contains("\"generation\":" + generation + ","));
  }
}
