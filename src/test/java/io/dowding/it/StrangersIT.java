package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.dowding.it.TestCluster.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Unmanaged containers")
class StrangersIT {

  private final TestCluster cluster = TestCluster.running(3);
  private final TestHost host1 = cluster.hosts().getFirst();
  private final List<String> strangers = new ArrayList<>();

  @AfterEach
  void clean() {
    strangers.forEach(host1::remove);
    cluster.close();
  }

  @Test
  @DisplayName(
      "ten containers that are not ours, some with names and labels like ours, one run from a docker"
          + " commit of ours, are never touched")
  void strangers() {
    cluster.put("pins/web", "host1");
    cluster.put("services/web", service());
    cluster.put(
        "services/named",
        service(
            "\"container_name\":\"n-" + cluster.cluster() + "\"",
            "\"x-dowding\":{\"pin\":\"host1\"}"));
    cluster.awaitRunning("web");
    cluster.awaitRunning("named");
    Seen ours = cluster.container("web.1");
    Seen named = cluster.container("named.1");
    Map<String, String> labels = ours.host().inspect(ours.id()).getConfig().getLabels();
    for (int n = 0; n < 3; n++) {
      stranger("plain" + n, Map.of());
    }
    // Names like ours without labels, and labels of another cluster.
    stranger("web.1.999999999", Map.of());
    stranger("web.2.7", Map.of("dowding.job", "web.2"));
    Map<String, String> others = new HashMap<>(labels);
    others.put("dowding.cluster", UUID.randomUUID().toString());
    stranger("web.1.12", others);
    // Our labels with a different name.
    stranger("copy", labels);
    Map<String, String> older = new HashMap<>(labels);
    older.put("dowding.incarnation", "1");
    stranger("web.1.2", older);
    strangers.add(runCommitOf(ours, "fromcommit"));
    strangers.add(runCommitOf(named, "fromcommitofnamed"));
    List<String> started = strangers.stream().map(this::startedAt).toList();
    assertThat(strangers).hasSize(10);

    cluster.put("services/web", service("\"environment\":{\"A\":\"2\"}"));
    cluster.awaitRunning("web");
    cluster.delete("services/web");
    cluster.delete("services/named");
    await().atMost(SOON).until(() -> cluster.value("status/services/web").isEmpty());
    await().atMost(SOON).until(() -> cluster.value("status/services/named").isEmpty());
    cluster.put("hosts/host1", "drain");
    cluster.put("services/other", service(replicas(2)));
    cluster.awaitRunning("other");

    assertThat(strangers.stream().map(this::startedAt)).isEqualTo(started);
  }

  private void stranger(String name, Map<String, String> labels) {
    strangers.add(host1.runStranger(name, labels));
  }

  private String runCommitOf(Seen ours, String name) {
    String image = "committed-" + name;
    host1.docker().commitCmd(ours.id()).withRepository(image).withTag("1").exec();
    String id = host1.docker().createContainerCmd(image + ":1").withName(name).exec().getId();
    host1.docker().startContainerCmd(id).exec();
    return id;
  }

  private String startedAt(String id) {
    InspectContainerResponse seen = host1.inspect(id);
    assertThat(seen.getState().getRunning()).isTrue();
    return seen.getState().getStartedAt();
  }

  @Test
  @DisplayName("the same engine under two hostnames is reported, and nothing is removed")
  void sameEngineTwice() {
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    Map<String, Seen> before = cluster.containers();

    cluster.writeInventory(
        """
        - {hostname: host1, docker: "%1$s"}
        - {hostname: alias, docker: "%1$s"}
        - {hostname: host2, docker: "%2$s"}
        - {hostname: host3, docker: "%3$s"}
        """
            .formatted(
                host1.endpoint(),
                cluster.hosts().get(1).endpoint(),
                cluster.hosts().get(2).endpoint()));
    await().atMost(SOON).until(() -> !cluster.value("status/holds/same-engine-alias").isEmpty());
    cluster.put("services/web", service(replicas(1)));
    await()
        .atMost(SOON)
        .until(
            () ->
                cluster.containers().values().stream()
                    .noneMatch(
                        seen ->
                            !seen.host().name().equals("host1")
                                && !before.get("web.1").equals(seen)));

    assertThat(cluster.value("status/hosts/alias")).contains("reports the same Docker Engine id");
    for (Seen seen : before.values()) {
      if (seen.host() == host1) {
        assertThat(host1.inspect(seen.id()).getState().getRunning()).isTrue();
      }
    }
  }

  @Test
  @DisplayName("another engine under a known hostname is held until an operator confirms it")
  void engineChanged() {
    cluster.put("services/web", service(replicas(3)));
    cluster.awaitRunning("web");
    cluster.stopAgent();
    TestHost host4 = Testbed.shared().hosts(4).getLast();
    cluster.writeInventory(
        """
        - {hostname: host1, docker: "%s"}
        - {hostname: host2, docker: "%s"}
        - {hostname: host3, docker: "%s"}
        """
            .formatted(host1.endpoint(), cluster.hosts().get(1).endpoint(), host4.endpoint()));
    cluster.startAgent();

    await().atMost(SOON).until(() -> !cluster.value("status/holds/engine-host3").isEmpty());
    assertThat(host4.containers(cluster.cluster())).isEmpty();

    cluster.put("release/engine-host3", "yes");

    await().atMost(SOON).until(() -> host4.containers(cluster.cluster()).size() == 1);
    await().atMost(SOON).until(() -> cluster.value("status/holds/engine-host3").isEmpty());
    await().atMost(SOON).until(() -> cluster.value("release/engine-host3").isEmpty());
    // dowding no longer manages the container that stays on the previous engine, so remove it here.
    TestHost host3 = cluster.hosts().get(2);
    host3.containers(cluster.cluster()).forEach(container -> host3.remove(container.getId()));
  }
}
