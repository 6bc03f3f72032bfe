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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of update, on separate services at the same time. */
@Tag("two-at-a-time")
@DisplayName("An update")
class RolloutIT {

  private static final int JOBS = 2;
  private static final Duration LATE = Duration.ofSeconds(90);
  private static final String SICK =
      "\"healthcheck\":{\"test\":\"false\",\"interval\":\"1s\",\"retries\":1}";
  private static final String FIT =
      "\"healthcheck\":{\"test\":\"true\",\"interval\":\"1s\",\"retries\":1}";

  private static TestCluster cluster;

  /** A kind of update. */
  record Variant(String order, String onFailure, boolean checked) {
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

  static List<Variant> variants() {
    return Stream.of("stop-first", "start-first")
        .flatMap(
            order ->
                Stream.of("pause", "continue", "rollback")
                    .flatMap(
                        action ->
                            Stream.of(true, false).map(check -> new Variant(order, action, check))))
        .toList();
  }

  @BeforeAll
  static void begin() {
    cluster = TestCluster.running(3);
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  /** All hosts are asked at once: a look must not take longer than what it is to see. */
  private static List<Container> containers(Variant variant) {
    String uuid = cluster.cluster();
    return cluster.hosts().parallelStream()
        .flatMap(host -> host.containers(uuid).stream())
        .filter(container -> variant.service().equals(container.getLabels().get("dowding.service")))
        .toList();
  }

  private static int serving(Variant variant) {
    return (int)
        containers(variant).stream()
            .filter(container -> container.getState().equals("running"))
            .filter(c -> !variant.checked() || c.getStatus().contains("(healthy)"))
            .count();
  }

  private static void until(Variant variant, java.util.function.Predicate<JsonNode> wanted) {
    await()
        .atMost(LATE)
        .untilAsserted(
            () -> {
              JsonNode status = cluster.status(variant.service());
              assertThat(wanted.test(status)).as("status %s", status).isTrue();
            });
  }

  private static boolean isUpdated(Variant variant, JsonNode status) {
    return status.path("state").asText().equals("running")
        && status.path("observedGeneration").asLong()
            == cluster.revision("services/" + variant.service());
  }

  // The updates run in parallel with each other, but not with other test classes.
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  @DisplayName(
      "replaces all jobs, never running fewer than its order allows; a failure is handled as"
          + " configured")
  void update(Variant variant) {
    cluster.put("services/" + variant.service(), variant.version("1"));
    until(variant, status -> isUpdated(variant, status) && serving(variant) == JOBS);
    long first = cluster.revision("services/" + variant.service());

    Watcher watcher = new Watcher(cluster.hosts(), () -> serving(variant));
    cluster.put("services/" + variant.service(), variant.version("2"));
    until(variant, status -> isUpdated(variant, status) && containers(variant).size() == JOBS);
    await()
        .atMost(LATE)
        .until(
            () ->
                cluster
                        .json("versions/" + variant.service())
                        .path("good")
                        .path("generation")
                        .asLong()
                    > first);
    assertThat(watcher.stop()).isGreaterThanOrEqualTo(variant.fewest());

    long good = cluster.revision("services/" + variant.service());
    Watcher second = new Watcher(cluster.hosts(), () -> serving(variant));
    cluster.put("services/" + variant.service(), variant.failing());
    long failed = cluster.revision("services/" + variant.service());
    switch (variant.onFailure()) {
      case "pause" -> {
        until(variant, status -> status.path("update").path("state").asText().equals("paused"));
        assertThat(cluster.status(variant.service()).path("message").asText())
            .contains(variant.service() + ".1: ", variant.checked() ? "unhealthy" : "exited");
        assertThat(second.stop()).isGreaterThanOrEqualTo(variant.fewest());
      }
      case "continue" -> {
        await().atMost(LATE).until(() -> everyRecordIsOf(variant, failed));
        second.stop();
      }
      default -> {
        until(
            variant, status -> status.path("update").path("state").asText().equals("rolled back"));
        assertThat(second.stop()).isGreaterThanOrEqualTo(variant.fewest());
        JsonNode status = cluster.status(variant.service());
        assertThat(status.path("generation").asLong()).isEqualTo(failed);
        assertThat(status.path("observedGeneration").asLong()).isEqualTo(good);
        assertThat(status.path("message").asText())
            .contains("generation " + failed + " failed", "generation " + good);
        assertThat(cluster.value("services/" + variant.service())).isEqualTo(variant.failing());
        assertThat(serving(variant)).isEqualTo(JOBS);
      }
    }
    // Health checks need processor time as long as there are containers. Many deletions would be
    // held.
    cluster.put("services/" + variant.service(), TestCluster.service(TestCluster.replicas(0)));
    await().atMost(LATE).until(() -> containers(variant).isEmpty());
  }

  private static boolean everyRecordIsOf(Variant variant, long generation) {
    return cluster.all("allocations/" + variant.service() + ".").values().stream()
        .allMatch(record -> record.contains("\"generation\":" + generation + ","));
  }
}
