package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Hooks")
class HooksIT {

  private final TestCluster cluster = TestCluster.running(1);
  private final Path said = cluster.directory().resolve("said");

  @AfterEach
  void clean() {
    cluster.close();
  }

  private List<String> said() throws IOException {
    return Files.exists(said) ? Files.readAllLines(said) : List.of();
  }

  private String service(String postStart, String more) {
    return TestCluster.service(
        "\"volumes\":[\"" + cluster.directory() + ":/out\"]",
        "\"command\":[\"sh\",\"-c\",\"trap 'echo term >> /out/said; exit 0' TERM; sleep 1000 & wait\"]"
            .replace("\"command\"", "\"entrypoint\""),
        "\"post_start\":[" + postStart + "]",
        "\"pre_stop\":[{\"command\":[\"sh\",\"-c\",\"sleep 1; echo bye >> /out/said\"]}]" + more);
  }

  @Test
  @DisplayName("run once after each start, and before the stop signal")
  void around() throws Exception {
    String hello =
        "{\"command\":[\"sh\",\"-c\",\"sleep 1; echo $WHO $PWD >> /out/said\"],"
            + "\"environment\":{\"WHO\":\"hello\"},\"working_dir\":\"/www\",\"user\":\"0\"}";
    cluster.put("services/web", service(hello, ""));
    cluster.awaitRunning("web");
    assertThat(said()).containsExactly("hello /www");
    cluster.stopAgent();
    cluster.startAgent();
    cluster.awaitRunning("web");
    TestCluster.Seen first = cluster.container("web.1");
    first.host().docker().restartContainerCmd(first.id()).withTimeout(5).exec();
    await().atMost(SOON).until(() -> said().size() >= 3);
    assertThat(said()).containsExactly("hello /www", "term", "hello /www");
    cluster.awaitRunning("web");
    cluster.put("services/web", service(hello, ",\"hostname\":\"new\""));
    await().atMost(SOON).until(() -> said().size() >= 6);
    assertThat(said())
        .containsExactly("hello /www", "term", "hello /www", "bye", "term", "hello /www");
    cluster.awaitRunning("web");
    cluster.delete("services/web");
    await().atMost(SOON).until(() -> said().size() >= 8);
    assertThat(said()).endsWith("bye", "term");
  }

  @Test
  @DisplayName("are reported if they fail, and retried")
  void fails() throws Exception {
    String failing = "{\"command\":[\"sh\",\"-c\",\"test -e /out/ready\"]}";
    cluster.put("services/web", service(failing, ""));
    cluster.awaitStatus(
        "web",
        status ->
            status.path("message").asText("").contains("post_start")
                && status.path("message").asText("").contains("exited with 1"));
    Files.createFile(cluster.directory().resolve("ready"));
    cluster.awaitRunning("web");
  }

  private String prepared(String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "\"volumes\":[\"" + cluster.directory() + ":/out\"]",
                "\"environment\":{\"WHO\":\"web\"}",
                "\"pre_start\":["
                    + "{\"command\":[\"sh\",\"-c\",\"echo first $WHO >> /out/said\"],"
                    + "\"environment\":{\"WHO\":\"step\"}},"
                    + "{\"command\":[\"sh\",\"-c\",\"test -e /out/ready && echo second $WHO >> /out/said\"]}]"));
    fields.addAll(List.of(more));
    return TestCluster.service(fields.toArray(String[]::new));
  }

  @Test
  @DisplayName(
      "of pre_start run before the first job in their own containers, once for each definition")
  void before() throws Exception {
    cluster.put("services/web", prepared());
    cluster.awaitStatus(
        "web",
        status ->
            status.path("message").asText("").contains("waiting for pre_start[1] on host1")
                && status.path("message").asText("").contains("exited with 1"));
    assertThat(said()).containsExactly("first step");
    assertThat(cluster.containers()).doesNotContainKey("web.1");
    Files.createFile(cluster.directory().resolve("ready"));
    cluster.awaitRunning("web");
    assertThat(said()).containsExactly("first step", "second web");
    cluster.stopAgent();
    cluster.startAgent();
    TestCluster.Seen first = cluster.container("web.1");
    first.host().docker().removeContainerCmd(first.id()).withForce(true).exec();
    cluster.awaitAnother("web.1", first);
    cluster.awaitRunning("web");
    assertThat(said()).containsExactly("first step", "second web");
    cluster.put("services/web", prepared("\"hostname\":\"new\""));
    await().atMost(SOON).until(() -> said().size() >= 4);
    cluster.awaitRunning("web");
    assertThat(said()).containsExactly("first step", "second web", "first step", "second web");
    cluster.delete("services/web");
    await().atMost(SOON).until(() -> cluster.containers().isEmpty());
  }
}
