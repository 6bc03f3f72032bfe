package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.ExposedPort;
import io.dowding.it.TestCluster.Seen;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Bad input affects nothing else, and the message says what to do")
class BadInputIT {

  private final TestCluster cluster = TestCluster.running(2);
  private Map<String, Seen> before = Map.of();

  @BeforeEach
  void deploy() {
    cluster.put("services/web", service());
    cluster.put("services/steady", service());
    cluster.awaitRunning("web");
    cluster.awaitRunning("steady");
    before = cluster.containers();
  }

  @AfterEach
  void clean() {
    cluster.close();
  }

  private String message(String service) {
    return cluster.status(service).path("message").asText();
  }

  /** Checks that the same containers still run, and that a new service is deployed. */
  private void assertNothingElseSuffers() {
    cluster.put("services/another", service());
    cluster.awaitRunning("another");
    before.forEach(
        (job, seen) -> {
          assertThat(cluster.container(job).id()).isEqualTo(seen.id());
          assertThat(cluster.container(job).state()).isEqualTo("running");
        });
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("an unusable value is reported with its field; running jobs continue")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not JSON           | {image: demo}                                   | not JSON",
        "not an object      | [1]                                             | is not a JSON object",
        "empty              | {}                                              | image: is missing",
        "a wrong type       | {\"image\":\"demo:1\",\"deploy\":{\"replicas\":\"x\"}} | deploy.replicas: \"x\" is not a number",
        "an unknown field   | {\"image\":\"demo:1\",\"enviroment\":{}}         | enviroment: is not supported; did you mean environment?",
        "one not supported  | {\"image\":\"demo:1\",\"scale\":2}               | write deploy.replicas",
        "one not allowed    | {\"image\":\"demo:1\",\"privileged\":true}       | privileged needs policy.allow: {services: web, privileged: true}",
        "a doubled field    | {\"image\":\"demo:1\",\"image\":\"demo:2\"}      | Duplicate",
      })
  void unusable(String what, String value, String problem) {
    cluster.put("services/web", value);

    cluster.awaitState("web", "invalid");

    assertThat(message("web")).as(what).contains(problem).contains("last valid definition");
    assertNothingElseSuffers();
  }

  @Test
  @DisplayName("40,000 unknown fields are reported briefly, and all other statuses continue")
  void manyProblems() {
    String fields =
        IntStream.range(0, 40_000).mapToObj(n -> "\"f" + n + "\":1").collect(joining(","));
    cluster.put("services/web", "{" + fields + "}");

    cluster.awaitState("web", "invalid");

    assertThat(message("web")).contains("and 39981 more").hasSizeLessThan(8000);
    assertNothingElseSuffers();
  }

  @Test
  @DisplayName("an image of 20,000 parts and 65 million ports are refused, and the watch continues")
  void hostile() {
    cluster.put("services/web", "{\"image\":\"" + "a/".repeat(20_000) + "a\"}");
    cluster.awaitState("web", "invalid");
    String ports =
        IntStream.range(0, 1000).mapToObj(n -> "\"1-65535:1-65535\"").collect(joining(","));
    cluster.put("services/steady", service("\"ports\":[" + ports + "]"));
    cluster.awaitState("steady", "invalid");
    assertNothingElseSuffers();
  }

  @Test
  @DisplayName("images that would make their host slow or hang are refused")
  void images() {
    TestHost host = cluster.hosts().getFirst();
    Map<String, String> problems =
        Map.of(
            "ports",
            host.commit(
                make ->
                    make.withCmd("serve")
                        .withExposedPorts(
                            IntStream.rangeClosed(1, 65_535).mapToObj(ExposedPort::tcp).toList())),
            "program",
            host.commit(make -> make.withEntrypoint("x".repeat(70_000))),
            "command",
            host.commit(make -> make.withCmd("x".repeat(70_000), "y".repeat(1_000_000))));
    String pinned = "\"x-dowding\":{\"pin\":\"host1\"},\"pull_policy\":\"never\"";
    problems.forEach(
        (name, image) ->
            cluster.put("services/" + name, "{\"image\":\"" + image + "\"," + pinned + "}"));
    problems
        .keySet()
        .forEach(
            name ->
                cluster.awaitStatus(
                    name,
                    status ->
                        status
                            .path("message")
                            .asText()
                            .contains("the image " + problems.get(name))));
    assertThat(message("ports")).contains("exposes 65535 ports, more than the 16384 allowed");
    assertThat(message("program")).contains("has a program with a name longer than 4096");
    assertThat(message("command")).contains("has a program with a name longer than 4096");
    assertNothingElseSuffers();
  }

  @Test
  @DisplayName("a value of etcd's maximum size is refused, and the message says what to do")
  void large() {
    cluster.put(
        "services/web", service("\"environment\":{\"A\":\"" + "x".repeat(1_400_000) + "\"}"));

    cluster.awaitState("web", "invalid");

    assertThat(message("web")).contains("bytes").contains("move what is large");
    assertNothingElseSuffers();
  }

  @Test
  @DisplayName("after a restart with a bad value, the last valid version runs and is repaired")
  void restarted() {
    cluster.put("services/web", "{broken");
    cluster.awaitState("web", "invalid");
    cluster.stopAgent();
    Seen web = before.get("web.1");
    web.host().remove(web.id());
    cluster.startAgent();

    await().atMost(SOON).until(() -> cluster.containers().containsKey("web.1"));
    await().atMost(SOON).until(() -> cluster.container("web.1").state().equals("running"));

    assertThat(cluster.status("web").path("state").asText()).isEqualTo("invalid");
    assertThat(cluster.container("steady.1").id()).isEqualTo(before.get("steady.1").id());
  }

  @Test
  @DisplayName("keys with bad names, bad pins and bad host settings change nothing")
  void badKeys() {
    cluster.put("services/Bad.Name", service());
    cluster.put("services/a/b", service());
    cluster.put("pins/web", "not a host!");
    cluster.put("hosts/host1", "explode");
    cluster.put("hosts/host2", "");
    cluster.put("allocations/web.1x!", "{}");
    cluster.put("nonsense/key", "x");

    assertNothingElseSuffers();
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(cluster.all("status/problems/"))
                    .containsKeys(
                        "status/problems/services/Bad.Name",
                        "status/problems/services/a/b",
                        "status/problems/pins/web",
                        "status/problems/hosts/host1",
                        "status/problems/allocations/web.1x!",
                        "status/problems/nonsense/key"));
    assertThat(cluster.all("status/hosts/host1").get("status/hosts/host1"))
        .contains("\"problem\":\"\\\"explode\\\" is not active");
    cluster.delete("services/a/b");
    await()
        .atMost(SOON)
        .until(() -> !cluster.all("status/problems/").containsKey("status/problems/services/a/b"));
    assertThat(TestLog.text())
        .contains("services/Bad.Name")
        .contains("is not a service name")
        .contains("\"explode\" is not active, pause, drain or gone")
        .contains("nonsense/key");
  }

  @Test
  @DisplayName("a missing image and a missing command are reported")
  void imageAndCommand() {
    cluster.put("services/noimage", "{\"image\":\"no.such.registry.invalid/x:1\"}");
    cluster.put("services/nocommand", "{\"image\":\"demo:1\",\"command\":[\"/no/such\"]}");

    cluster.awaitStatus(
        "noimage", s -> s.path("message").asText().contains("cannot pull no.such.registry"));
    cluster.awaitStatus("nocommand", s -> s.path("message").asText().contains("/no/such"));
    assertNothingElseSuffers();
  }

  @Test
  @DisplayName("a port and a container_name that are in use are reported")
  void taken() {
    String name = "taken-" + cluster.cluster();
    for (TestHost host : cluster.hosts()) {
      host.runStranger(name, Map.of());
    }
    try {
      cluster.put(
          "services/first",
          service("\"ports\":[\"18300:80\"]", "\"deploy\":{\"mode\":\"global\"}"));
      cluster.awaitRunning("first");
      cluster.put("services/port", service("\"ports\":[\"18300:80\"]"));
      cluster.put("services/name", service("\"container_name\":\"" + name + "\""));

      cluster.awaitStatus(
          "port", s -> s.path("message").asText().contains("port 18300 is taken by first."));
      cluster.awaitStatus(
          "name",
          s ->
              s.path("message").asText().contains("name taken: " + name)
                  && s.path("message").asText().contains("which is not dowding's"));
      assertNothingElseSuffers();
    } finally {
      cluster.hosts().forEach(host -> host.remove(name));
    }
  }
}
