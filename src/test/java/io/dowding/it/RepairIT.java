package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.it.TestCluster.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Repair of stopped containers")
class RepairIT {

  /** Much shorter than the resync of 60 s, so only an event can be the cause. */
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  private TestCluster cluster = TestCluster.running(3);

  @AfterEach
  void clean() {
    cluster.close();
  }

  @Test
  @DisplayName("a killed container runs again, without waiting for a timer")
  void killed() {
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
    Seen before = cluster.container("web.1");
    String started = before.host().inspect(before.id()).getState().getStartedAt();

    before.host().docker().killContainerCmd(before.id()).exec();

    await()
        .atMost(AT_ONCE)
        .untilAsserted(
            () -> {
              var state = before.host().inspect(before.id()).getState();
              assertThat(state.getRunning()).isTrue();
              assertThat(state.getStartedAt()).isNotEqualTo(started);
            });
  }

  private static String checkedWith(String command, String... more) {
    String check =
        "\"healthcheck\":{\"test\":\"" + command + "\",\"interval\":\"1s\",\"retries\":1}";
    List<String> fields = new ArrayList<>(List.of(check));
    fields.addAll(List.of(more));
    return service(fields.toArray(String[]::new));
  }

  @Test
  @DisplayName("a job waits until its dependency exists and is healthy")
  void dependsOn() {
    cluster.put(
        "services/app", service("\"depends_on\":{\"db\":{\"condition\":\"service_healthy\"}}"));
    cluster.awaitStatus("app", s -> s.toString().contains("no such service"));
    cluster.put("services/db", checkedWith("test -e /nothing"));
    cluster.awaitStatus("app", s -> s.toString().contains("db.1 is not healthy"));
    assertThat(cluster.containers()).doesNotContainKey("app.1");

    cluster.put("services/db", checkedWith("true"));

    cluster.awaitRunning("app");
    assertThat(cluster.jobStatus("db.1").path("health").asText()).isEqualTo("healthy");
  }

  @Test
  @DisplayName("an unhealthy container is replaced if the service asks for it")
  void replaced() {
    cluster.put("services/web", checkedWith("false", "\"x-dowding\":{\"unhealthy\":\"replace\"}"));
    await().atMost(SOON).until(() -> cluster.containers().containsKey("web.1"));
    cluster.awaitAnother("web.1", cluster.container("web.1"));
  }

  @Test
  @DisplayName("a removed container is recreated on the same host")
  void removed() {
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
    Seen before = cluster.container("web.1");

    before.host().remove(before.id());

    await()
        .atMost(AT_ONCE)
        .untilAsserted(
            () -> {
              Seen after = cluster.container("web.1");
              assertThat(after.id()).isNotEqualTo(before.id());
              assertThat(after.host().name()).isEqualTo(before.host().name());
              assertThat(after.state()).isEqualTo("running");
            });
  }

  @Test
  @DisplayName("dowding takes over a crash loop from Docker, backs off, and shows the next try")
  void crashLoop() {
    cluster.put(
        "services/bad", "{\"image\":\"demo:1\",\"command\":[\"sh\",\"-c\",\"sleep 0.1; exit 3\"]}");

    cluster.awaitStatus(
        "bad",
        status -> {
          var job = status.path("jobs").path("bad.1");
          return job.path("restarts").asInt() >= 5
              && job.path("state").asText().equals("backoff")
              && !job.path("nextTry").asText().isEmpty()
              && job.path("reason").asText().contains("exited with 3");
        });

    Seen container = cluster.container("bad.1");
    assertThat(
            container.host().inspect(container.id()).getHostConfig().getRestartPolicy().getName())
        .isEqualTo("no");
  }

  @Test
  @DisplayName("restart: no and on-failure are respected: a completed job is left alone")
  void completed() {
    cluster.put(
        "services/once",
        "{\"image\":\"demo:1\",\"command\":[\"echo\",\"done\"],\"restart\":\"on-failure\"}");

    cluster.awaitState("once", "completed");

    assertThat(cluster.jobStatus("once.1").path("state").asText()).isEqualTo("completed");
    assertThat(cluster.container("once.1").state()).isEqualTo("exited");
  }

  @Test
  @DisplayName("a job that its host cannot start is tried elsewhere after three failures")
  void elsewhere() {
    TestHost host1 = cluster.hosts().getFirst();
    try (PortHog hog = PortHog.on(host1, 18181)) {
      cluster.put("services/api", service("\"ports\":[\"18181:80\"]"));

      cluster.awaitRunning("api");

      assertThat(hog.isThere()).isTrue();
      assertThat(cluster.container("api.1").host().name()).isNotEqualTo("host1");
      assertThat(cluster.value("allocations/api.1")).contains("host1: failed there");
    }
  }

  @Test
  @DisplayName("a pinned job is retried on its host, and the status says why")
  void pinnedJobIsNotMoved() {
    TestHost host1 = cluster.hosts().getFirst();
    try (PortHog hog = PortHog.on(host1, 18182)) {
      cluster.put("pins/api", "host1");
      cluster.put("services/api", service("\"ports\":[\"18182:80\"]"));

      cluster.awaitStatus(
          "api", status -> status.path("jobs").path("api.1").path("restarts").asInt() >= 4);

      assertThat(hog.isThere()).isTrue();
      assertThat(cluster.jobStatus("api.1").path("host").asText()).isEqualTo("host1");
      assertThat(cluster.jobStatus("api.1").path("lastError").asText()).contains("address already");
    }
    await()
        .atMost(SOON)
        .until(() -> cluster.jobStatus("api.1").path("state").asText().equals("running"));
  }

  @Test
  @DisplayName("a paused container is reported and left alone")
  void paused() {
    cluster.put("services/web", service(replicas(1)));
    cluster.awaitRunning("web");
    Seen seen = cluster.container("web.1");

    seen.host().docker().pauseContainerCmd(seen.id()).exec();

    await()
        .atMost(AT_ONCE)
        .until(() -> cluster.jobStatus("web.1").path("state").asText().equals("paused"));
    seen.host().docker().unpauseContainerCmd(seen.id()).exec();
    cluster.awaitRunning("web");
    assertThat(cluster.container("web.1").id()).isEqualTo(seen.id());
  }
}
