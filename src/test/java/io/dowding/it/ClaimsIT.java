package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.it.TestCluster.Seen;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Claims of images and volumes")
class ClaimsIT {

  private static final Map<String, String> CLAIMS =
      Map.of(
          "dowding.name", "somebody-elses",
          "dowding.networks", "claimed=web",
          "dowding.files", "secrets/x",
          "dowding.post_start", "[{\"Cmd\":[\"touch\",\"/claimed\"],\"User\":\"0\"}]",
          "dowding.pre_stop", "[{\"Cmd\":[\"false\"]}]");

  private final TestCluster cluster = new TestCluster(1);
  private final TestHost host = cluster.hosts().getFirst();

  @BeforeEach
  void image() {
    String id =
        host.docker()
            .createContainerCmd(Testbed.IMAGE)
            .withLabels(CLAIMS)
            .withCmd("serve")
            .exec()
            .getId();
    host.docker().commitCmd(id).withRepository("claims").withTag("1").exec();
    host.remove(id);
  }

  @AfterEach
  void clean() {
    cluster.close();
    host.docker().removeImageCmd("claims:1").withForce(true).exec();
  }

  private String message(String service) {
    return cluster.status(service).path("message").asText();
  }

  @Test
  @DisplayName("an image with our labels is refused with a message, and running jobs continue")
  void refused() {
    cluster.startAgent();
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
    Seen before = cluster.container("web.1");

    cluster.put("services/web", service().replace("demo:1", "claims:1"));
    cluster.put("services/new", service().replace("demo:1", "claims:1"));

    String sentence = "the image claims:1 has labels that only dowding may set (dowding.files, ";
    cluster.awaitStatus("web", status -> status.toString().contains(sentence));
    cluster.awaitStatus("new", status -> status.toString().contains(sentence));
    assertThat(cluster.containers()).containsOnlyKeys("web.1");
    assertThat(cluster.container("web.1")).isEqualTo(before);
  }

  @Test
  @DisplayName("a container of an older release keeps running, and its image's claims are ignored")
  void older() {
    cluster.startAgent();
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
    Seen made = cluster.container("web.1");
    var seen = host.inspect(made.id());
    cluster.stopAgent();
    Map<String, String> labels = new HashMap<>(seen.getConfig().getLabels());
    assertThat(labels.keySet()).containsAll(CLAIMS.keySet());
    labels.keySet().removeAll(CLAIMS.keySet());
    host.remove(made.id());
    String older =
        host.docker()
            .createContainerCmd("claims:1")
            .withName(seen.getName().substring(1))
            .withLabels(labels)
            .withCmd("serve")
            .exec()
            .getId();
    host.docker().startContainerCmd(older).exec();
    cluster.startAgent();
    cluster.put("services/other", service());
    cluster.awaitRunning("other");
    cluster.awaitRunning("web");

    assertThat(cluster.container("web.1").id()).isEqualTo(older);
    assertThat(host.inspect(older).getNetworkSettings().getNetworks()).containsOnlyKeys("bridge");
    // The engine returns null if nothing has changed.
    assertThat(Objects.requireNonNullElse(host.docker().containerDiffCmd(older).exec(), List.of()))
        .noneMatch(change -> change.toString().contains("/claimed"));

    cluster.delete("services/web");
    await().atMost(SOON).until(() -> !cluster.containers().containsKey("web.1"));
  }

  @Test
  @DisplayName("a volume over a host directory is refused like that directory")
  void volume() {
    cluster.allow("{services: allowed, binds: [/etc]}");
    cluster.startAgent();
    String name = "leak-" + System.nanoTime();
    host.docker()
        .createVolumeCmd()
        .withName(name)
        .withDriverOpts(Map.of("type", "none", "o", "bind", "device", "/etc"))
        .exec();
    try {
      cluster.put("services/allowed", service("\"volumes\":[\"" + name + ":/x\"]"));
      cluster.put("services/web", service("\"volumes\":[\"" + name + ":/x\"]"));
      cluster.awaitRunning("allowed");
      cluster.put("services/app", service("\"volumes_from\":[\"allowed\"]"));

      String bind = "the bind of /etc needs policy.allow: {services: ";
      cluster.awaitStatus("web", s -> message("web").contains(bind + "web, binds: [/etc]}"));
      cluster.awaitStatus("app", s -> message("app").contains(bind + "app, binds: [/etc]}"));
      assertThat(cluster.containers()).containsOnlyKeys("allowed.1");
    } finally {
      List.of("allowed", "web", "app").forEach(id -> cluster.delete("services/" + id));
      await().atMost(SOON).until(() -> cluster.containers().isEmpty());
      host.docker().removeVolumeCmd(name).exec();
    }
  }

  @Test
  @DisplayName("a network named like a Docker mode is refused")
  void mode() {
    cluster.allow("{services: none}");
    cluster.startAgent();
    cluster.put("services/web", service("\"networks\":[\"host\"]"));
    cluster.awaitState("web", "invalid");
    assertThat(message("web")).contains("write network_mode: host");
    assertThat(cluster.containers()).isEmpty();
  }
}
