package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Changes of a service")
class UpdateIT {

  private TestCluster cluster = TestCluster.running(3);

  @AfterEach
  void clean() {
    cluster.close();
  }

  private Set<String> ids() {
    Set<String> ids = new TreeSet<>();
    cluster.containers().values().forEach(seen -> ids.add(seen.id()));
    return ids;
  }

  @Test
  @DisplayName("a changed service is replaced one job at a time")
  void oneAtATime() {
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    Set<String> before = ids();
    Watcher running =
        new Watcher(
            cluster.hosts(),
            () ->
                (int)
                    cluster.hosts().stream()
                        .flatMap(host -> host.containers(cluster.cluster()).stream())
                        .filter(container -> container.getState().equals("running"))
                        .count());

    cluster.put("services/web", service(replicas(3), "\"environment\":{\"A\":\"1\"}"));
    cluster.awaitRunning("web");

    assertThat(running.stop()).isGreaterThanOrEqualTo(2);
    assertThat(ids()).hasSize(3).doesNotContainAnyElementsOf(before);
  }

  @Test
  @DisplayName("writing the same service with reordered keys restarts nothing")
  void sameAgain() {
    cluster.put(
        "services/web",
        "{\"image\":\"demo:1\",\"command\":[\"serve\"],\"environment\":{\"A\":\"1\",\"B\":\"2\"}}");
    cluster.awaitRunning("web");
    Set<String> before = ids();

    cluster.put(
        "services/web",
        "{\"environment\":[\"B=2\",\"A=1\"],\"command\":\"serve\",\"restart\":\"unless-stopped\","
            + "\"image\":\"demo:1\"}");
    cluster.awaitRunning("web");

    assertThat(ids()).isEqualTo(before);
  }

  @Test
  @DisplayName("an update whose image cannot be pulled stops nothing and says why")
  void missingImage() {
    cluster.put("services/web", service(replicas(2)));
    cluster.awaitRunning("web");
    Set<String> before = ids();

    cluster.put(
        "services/web", "{\"image\":\"no.such.registry.invalid/x:1\",\"deploy\":{\"replicas\":2}}");
    cluster.awaitStatus("web", status -> status.path("message").asText().contains("cannot pull"));

    assertThat(ids()).isEqualTo(before);
    assertThat(cluster.status("web").path("running").asInt()).isEqualTo(2);
  }

  @Test
  @DisplayName(
      "a removed service is stopped with its grace period and removed; its volume and pin stay;"
          + " if it is added again, it returns to the same host")
  void removedAndBack() {
    // The file shows that the process got SIGTERM and enough time to exit.
    String definition =
        "{\"image\":\"demo:1\",\"stop_grace_period\":\"20s\",\"volumes\":[\"keep:/data\"],"
            + "\"command\":[\"sh\",\"-c\",\"trap 'sleep 1; echo bye > /data/bye; exit 0' TERM;"
            + " sleep 1000 & wait; wait\"]}";
    cluster.put("services/db", definition);
    cluster.awaitRunning("db");
    TestHost host = cluster.container("db.1").host();
    await().atMost(SOON).until(() -> !cluster.value("pins/db.1").isEmpty());

    cluster.delete("services/db");
    await().atMost(SOON).until(() -> cluster.containers().isEmpty());
    await().atMost(SOON).until(() -> cluster.value("status/services/db").isEmpty());

    assertThat(cluster.value("pins/db.1")).startsWith(host.name());
    assertThat(cluster.value("allocations/db.1")).isEmpty();
    assertThat(cluster.value("versions/db")).isEmpty();
    String reader = host.runStranger("reader-" + cluster.cluster(), Map.of());
    host.remove(reader);
    assertThat(host.docker().listVolumesCmd().exec().getVolumes())
        .anyMatch(volume -> volume.getName().equals("keep"));

    for (int n = 1; n <= 3; n++) {
      cluster.put("services/filler" + n, service());
    }
    cluster.put(
        "services/db", definition.replace("sh\",\"-c\",\"", "sh\",\"-c\",\"cat /data/bye &&"));
    cluster.awaitRunning("db");
    assertThat(cluster.container("db.1").host().name()).isEqualTo(host.name());
    cluster.delete("services/db");
    await().atMost(SOON).until(() -> !cluster.containers().containsKey("db.1"));
    host.docker().removeVolumeCmd("keep").exec();
  }

  @Test
  @DisplayName(
      "scaling down removes the highest numbers; state: stopped removes all jobs and keeps the"
          + " definition")
  void fewer() {
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    cluster.put("services/web", service(replicas(1)));
    await().atMost(SOON).until(() -> cluster.containers().keySet().equals(Set.of("web.1")));

    cluster.put("services/web", service("\"x-dowding\":{\"state\":\"stopped\"}"));
    cluster.awaitState("web", "stopped");

    assertThat(cluster.containers()).isEmpty();
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
  }
}
