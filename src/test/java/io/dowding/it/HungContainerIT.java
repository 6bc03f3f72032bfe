package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import io.dowding.it.TestCluster.Seen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A call for a container that never ends keeps Docker 20.10 from describing it, but not from
 * listing it. A command with a name this long causes that.
 */
@DisplayName("A container that its engine no longer describes")
class HungContainerIT {

  private static final String ON_HOST1 = "\"x-dowding\":{\"pin\":\"host1\"}";

  private final TestCluster cluster = new TestCluster(2);
  private final TestHost host = cluster.hosts().getFirst();

  @BeforeEach
  void start() {
    cluster.docker("resync: 5s");
    cluster.startAgent();
  }

  @AfterEach
  void clean() {
    host.killDaemon();
    await().atMost(SOON).until(host::answers);
    cluster.close();
  }

  private void hang(String container) {
    String exec = host.docker().execCreateCmd(container).withCmd("x".repeat(70_000)).exec().getId();
    host.docker().execStartCmd(exec).exec(new ResultCallback.Adapter<Frame>());
  }

  private String problem() {
    return cluster.json("status/hosts/host1").path("problem").asText();
  }

  @Test
  @DisplayName("affects neither its host nor other jobs; the host's status says what to do")
  void alone() {
    cluster.put("services/web", service(ON_HOST1));
    cluster.awaitRunning("web");
    Seen before = cluster.container("web.1");
    hang(before.id());
    cluster.put("services/another", service(ON_HOST1));
    cluster.awaitRunning("another");
    await().atMost(SOON).until(() -> problem().contains("the engine cannot describe web.1."));
    assertThat(cluster.json("status/hosts/host1").path("state").asText()).isEqualTo("up");
    assertThat(cluster.status("web").path("state").asText()).isEqualTo("running");
    cluster.put("services/third", service(ON_HOST1));
    cluster.awaitRunning("third");
    assertThat(cluster.container("web.1").id()).isEqualTo(before.id());

    host.killDaemon();
    await().atMost(SOON).until(() -> problem().isEmpty());
    cluster.awaitRunning("web");
    assertThat(cluster.container("web.1").id()).isEqualTo(before.id());
  }
}
