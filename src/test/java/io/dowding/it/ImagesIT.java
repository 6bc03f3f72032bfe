package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Images")
class ImagesIT {

  private static TestRegistry secured;

  private final Testbed bed = Testbed.shared();
  private final TestCluster cluster = new TestCluster(2);

  private static synchronized TestRegistry secured(Testbed bed) {
    if (secured == null) {
      secured = TestRegistry.secured(bed);
    }
    return secured;
  }

  @AfterEach
  void clean() {
    cluster.close();
  }

  private static String of(String image, int replicas, String... fields) {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "\"image\":\"" + image + "\"",
                    "\"command\":[\"serve\"]",
                    "\"deploy\":{\"replicas\":" + replicas + "}"),
                Stream.of(fields))
            .toList();
    return "{" + String.join(",", all) + "}";
  }

  /** A copy of the image with a different digest. */
  private String another(String label, String... entrypoint) {
    TestHost host = bed.hosts().getFirst();
    String container =
        host.docker()
            .createContainerCmd(Testbed.IMAGE)
            .withLabels(Map.of("v", label))
            .withCmd("serve")
            .withEntrypoint(entrypoint)
            .exec()
            .getId();
    String image = host.docker().commitCmd(container).exec();
    host.docker().removeContainerCmd(container).exec();
    return image;
  }

  private String imageOf(String job) {
    TestCluster.Seen seen = cluster.container(job);
    return seen.host().inspect(seen.id()).getImageId();
  }

  @Test
  @DisplayName("with the same tag are the same on every host, even after the tag moves")
  void pinned() {
    cluster.startAgent();
    String tag = bed.registry().push(bed.hosts().getFirst(), another("one"), "moving");
    cluster.put("services/web", of(tag, 1));
    cluster.put("services/loose", of(tag, 1, "\"x-dowding\":{\"pin_digest\":false}"));
    cluster.awaitRunning("web");
    cluster.awaitRunning("loose");
    String first = imageOf("web.1");
    assertThat(cluster.status("web").path("image").asText()).startsWith(tag + "@sha256:");
    bed.registry().push(bed.hosts().getFirst(), another("two"), "moving");
    cluster.put("services/web", of(tag, 2, "\"x-dowding\":{\"exclusive\":true}"));
    cluster.awaitRunning("web");
    assertThat(imageOf("web.2")).isEqualTo(first);
    assertThat(imageOf("web.1")).isEqualTo(first);
    cluster.put(
        "services/loose",
        of(
            tag,
            2,
            "\"pull_policy\":\"always\",\"x-dowding\":{\"pin_digest\":false,\"exclusive\":true}"));
    cluster.awaitRunning("loose");
    assertThat(imageOf("loose.2")).isNotEqualTo(imageOf("loose.1"));
    cluster.put("services/web", of(tag, 2, "\"pull_policy\":\"always\",\"hostname\":\"new\""));
    cluster.awaitRunning("web");
    assertThat(imageOf("web.1")).isNotEqualTo(first).isEqualTo(imageOf("web.2"));
  }

  @Test
  @DisplayName("whose tag is followed change with it, and go back if the new one fails")
  void followed() {
    cluster.startAgent();
    TestHost host = bed.hosts().getFirst();
    String tag = bed.registry().push(host, another("first"), "followed");
    String follow =
        "\"x-dowding\":{\"follow\":\"10s\"},\"deploy\":{\"replicas\":2,"
            + "\"update_config\":{\"monitor\":\"3s\"}}";
    cluster.put(
        "services/web", "{\"image\":\"" + tag + "\",\"command\":[\"serve\"]," + follow + "}");
    cluster.awaitRunning("web");
    String first = imageOf("web.1");
    bed.registry().push(host, another("second"), "followed");
    // A container may be removed while it is looked at.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> !imageOf("web.1").equals(first) && imageOf("web.1").equals(imageOf("web.2")));
    cluster.awaitRunning("web");
    String second = imageOf("web.1");
    bed.registry().push(host, another("third", "false"), "followed");
    cluster.awaitStatus("web", status -> status.at("/update/state").asText().equals("rolled back"));
    assertThat(cluster.status("web").path("message").asText())
        .contains("which failed (web.1: exited with 1)");
    assertThat(imageOf("web.1")).isEqualTo(second).isEqualTo(imageOf("web.2"));
  }

  @Test
  @DisplayName(
      "from a TLS registry are pulled with the configured password, which is read each time")
  void password() throws Exception {
    TestRegistry registry = secured(bed);
    String image = registry.push(bed.hosts().getFirst(), Testbed.IMAGE, "secret");
    Path password = Files.writeString(cluster.directory().resolve("password"), "wrong");
    cluster.docker(
        "registries:\n  - {address: \"%s\", username: %s, passwordFile: %s}"
            .formatted(registry.address(), TestRegistry.USER, password));
    cluster.startAgent();
    cluster.put("services/web", of(image, 1));
    cluster.awaitStatus(
        "web", status -> status.path("message").asText("").contains("unauthorized"));
    Files.writeString(password, TestRegistry.PASSWORD + "\n");
    await()
        .atMost(SOON)
        .until(() -> cluster.status("web").path("state").asText().equals("running"));
  }

  @Test
  @DisplayName(
      "from a registry with a password are pulled with Docker's config file and credential helper")
  void helper() throws Exception {
    TestRegistry registry = secured(bed);
    String image = registry.push(bed.hosts().getFirst(), Testbed.IMAGE, "helped");
    Path file = Files.writeString(cluster.directory().resolve("config.json"), "{}");
    cluster.docker("configFile: " + file);
    cluster.startAgent();
    cluster.put("services/web", of(image, 1));
    cluster.awaitStatus(
        "web", status -> status.path("message").asText("").contains("no basic auth credentials"));
    Files.writeString(file, "{\"credHelpers\":{\"" + registry.address() + "\":\"test\"}}");
    await()
        .atMost(SOON)
        .until(() -> cluster.status("web").path("state").asText().equals("running"));
  }
}
