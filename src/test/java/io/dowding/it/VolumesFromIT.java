package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The volumes of another service")
class VolumesFromIT {

  private final TestCluster cluster = TestCluster.running(3);

  @AfterEach
  void clean() {
    cluster.close();
  }

  private static String data(String text) {
    return "{\"image\":\"demo:1\",\"volumes\":[\"/data\"],\"command\":[\"sh\",\"-c\",\"echo "
        + text
        + " > /data/x; serve\"]}";
  }

  @Test
  @DisplayName("are shared, also after its container was recreated")
  void beside() {
    cluster.put("pins/data", "host2");
    cluster.put("services/data", data("one"));
    cluster.put(
        "services/app",
        service(
            "\"volumes_from\":[\"data:ro\"]",
            "\"healthcheck\":{\"test\":\"grep -q one /data/x\",\"interval\":\"1s\",\"retries\":1}",
            "\"x-dowding\":{\"unhealthy\":\"ignore\"}"));
    cluster.awaitRunning("app");
    TestCluster.Seen first = cluster.container("app.1");
    assertThat(first.host().name()).isEqualTo("host2");
    await().atMost(SOON).until(() -> health("healthy"));
    cluster.put("services/data", data("two"));
    cluster.awaitAnother("app.1", first);
    await().atMost(SOON).until(() -> health("unhealthy"));
    assertThat(cluster.container("app.1").host().name()).isEqualTo("host2");
  }

  private boolean health(String word) {
    return cluster.jobStatus("app.1").path("health").asText().equals(word);
  }
}
