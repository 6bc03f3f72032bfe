package io.dowding.it;

import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.cli.Main;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The commands")
class CommandsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestCluster cluster = new TestCluster(2);
  @TempDir private Path directory = Path.of("");

  @AfterEach
  void clean() {
    cluster.close();
  }

  private record Ran(int status, String output) {}

  private static Ran process(String... arguments) throws Exception {
    return process(Path.of("/dev/null"), arguments);
  }

  private static Ran process(Path input, String... arguments) throws Exception {
    Process process =
        new ProcessBuilder(ChildJvm.command(Main.class, arguments))
            .redirectErrorStream(true)
            .redirectInput(input.toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  /** Runs the command in this process, which is many times faster than a JVM of its own. */
  private Ran dowding(String... arguments) {
    var ran = io.dowding.cli.Ran.dowding(cluster.configFile(), arguments);
    return new Ran(ran.status(), ran.output() + ran.talk());
  }

  @Test
  @DisplayName("pins are set, followed, shown and removed")
  void pins() throws Exception {
    assertThat(dowding("pin", "db", "host2").status()).isEqualTo(1);
    assertThat(dowding("pin", "db", "host2", "--force").status()).isZero();
    assertThat(dowding("pin", "db", "host9"))
        .matches(ran -> ran.status() == 1 && ran.output().contains("there is no host host9"));
    assertThat(dowding("pin-to", "app", "db", "--force").status()).isZero();
    assertThat(dowding("pinned", "app").output()).contains("host2");
    assertThat(JSON.readTree(dowding("pinned", "app", "--json").output()).path("host").asText())
        .isEqualTo("host2");
    assertThat(dowding("unpin", "db").status()).isZero();
    assertThat(dowding("unpin", "db").status()).isEqualTo(1);
    assertThat(dowding("pinned", "app").status()).isEqualTo(1);
  }

  @Test
  @DisplayName("hosts are chosen and jobs are found")
  void scheduler() throws Exception {
    assertThat(JSON.readTree(dowding("least-busy", "--json").output()).path("host").asText())
        .isEqualTo("host1");
    assertThat(dowding("allocate", "job").output()).contains("host1");
    assertThat(dowding("allocate", "child", "--parent", "job").output()).contains("beside job");
    assertThat(dowding("find", "job").output()).contains("allocated: host1");
    assertThat(dowding("find", "nobody").status()).isEqualTo(1);
    assertThat(dowding("allocate").status()).isEqualTo(64);
  }

  @Test
  @DisplayName("a plan shows what changed and what would be done, without doing it")
  void plan() throws Exception {
    cluster.startAgent();
    cluster.put("services/web", service(TestCluster.replicas(2)));
    cluster.awaitRunning("web");
    await()
        .atMost(TestCluster.SOON)
        .until(() -> cluster.value("versions/web").contains("\"good\""));
    cluster.stopAgent();
    assertThat(dowding("plan")).isEqualTo(new Ran(0, "nothing to do\n"));

    cluster.put("services/web", service(TestCluster.replicas(3), "\"hostname\":\"x\""));
    Ran changed = dowding("plan", "web");
    assertThat(changed.status()).isEqualTo(2);
    assertThat(changed.output())
        .startsWith(
            """
            web
              deploy.replicas: 2 -> 3
              hostname: nothing -> "x"
              web.1: pull on host1: the definition changed
              web.2: later: waiting for the other jobs: the definition changed
              web.3: place on host""");
    assertThat(dowding("plan", "another"))
        .isEqualTo(new Ran(1, "dowding: there is no service another; known: web\n"));
    assertThat(cluster.containers()).hasSize(2);
  }

  @Test
  @DisplayName("a Compose file is checked and imported, except what cannot run")
  void imports() throws Exception {
    cluster.startAgent();
    Path compose =
        Files.writeString(
            directory.resolve("compose.yaml"),
            """
            x-common: &common {image: "${IMAGE:-demo:1}", command: [serve]}
            services:
              db: *common
              web: {<<: *common, depends_on: [db], configs: [site], secrets: [key]}
              app: {build: .}
            configs: {site: {content: "for ${IMAGE:-demo}"}}
            secrets: {key: {file: ./key}}
            """);
    Files.writeString(directory.resolve("key"), "of the file");
    assertThat(process("check", compose.toString()))
        .matches(
            ran -> ran.status() == 1 && ran.output().contains("services.app is built from source"));
    assertThat(dowding("up", "-p", "shop", "-f", compose.toString()))
        .matches(ran -> ran.status() == 1 && ran.output().contains("nothing was changed"));
    Ran up = dowding("up", "-p", "shop", "-f", compose.toString(), "--wait", "web");
    assertThat(up.output())
        .contains("shop-db: new")
        .contains("shop-web: new")
        .contains("secrets/shop_key: new");
    assertThat(up.status()).isZero();
    assertThat(
            Stream.of("services/shop-db", "services/shop-web", "configs/shop_site")
                .map(cluster::revision))
        .as("all are written in one transaction")
        .containsOnly(cluster.revision("secrets/shop_key"));
    assertThat(cluster.status("shop-web").path("state").asText()).isEqualTo("running");
    Ran again = dowding("import", "-p", "shop", "-f", compose.toString(), "db");
    assertThat(again.output()).contains("shop-db: same").doesNotContain("shop-web");
    cluster.put("secrets/other_key", "by hand");
    assertThat(dowding("up", "-p", "other", "-f", compose.toString(), "web"))
        .matches(
            ran ->
                ran.status() == 1
                    && ran.output().contains("secrets/other_key is already there")
                    && ran.output().contains("nothing was changed"));
    assertThat(cluster.value("secrets/other_key")).isEqualTo("by hand");
    assertThat(dowding("down", "-p", "shop").output()).contains("secrets/shop_key: removed");
    assertThat(cluster.all("secrets/")).containsOnlyKeys("secrets/other_key");
    assertThat(cluster.all("configs/")).isEmpty();
  }

  @Test
  @DisplayName("two projects share nothing, and --prune removes services that left the file")
  void projects() throws Exception {
    cluster.startAgent();
    Path compose =
        Files.writeString(
            directory.resolve("compose.yaml"),
            """
            services:
              web: {image: demo:1, command: [serve], volumes: ["data:/data"]}
              old: {image: demo:1, command: [serve]}
            volumes: {data: {}}
            """);
    String config = "--config=" + cluster.configFile();
    assertThat(process(compose, "up", config, "-p", "one", "-f", "-", "--wait"))
        .matches(ran -> ran.status() == 0 && ran.output().contains("one-web: new"));
    assertThat(dowding("up", "-p", "two", "-f", compose.toString(), "--wait").status()).isZero();
    cluster.put("services/three-web", service());
    assertThat(dowding("up", "-p", "three", "-f", compose.toString()))
        .matches(
            ran ->
                ran.status() == 1
                    && ran.output().contains("service three-web of project three is already")
                    && ran.output().contains("belongs to no project"));
    Files.writeString(compose, "services: {web: {image: demo:1, command: [serve]}}");
    assertThat(dowding("up", "-p", "one", "-f", compose.toString()).output())
        .contains("one-old is no longer in the file; --prune removes it");
    assertThat(dowding("up", "-p", "one", "-f", compose.toString(), "--prune").output())
        .contains("one-old: removed");
    assertThat(dowding("down", "-p", "two").output())
        .contains("two-old: removed")
        .contains("two-web: removed");
    await()
        .atMost(TestCluster.SOON)
        .until(() -> cluster.containers().keySet().equals(Set.of("one-web.1", "three-web.1")));
    assertThat(volumes()).contains("two_data");
  }

  private List<String> volumes() {
    return cluster.hosts().stream()
        .flatMap(host -> host.docker().listVolumesCmd().exec().getVolumes().stream())
        .map(volume -> volume.getName())
        .toList();
  }

  @Test
  @DisplayName("services are added, listed, shown, checked and removed")
  void services() throws Exception {
    cluster.startAgent();
    Path good = Files.writeString(directory.resolve("good.json"), service());
    Path bad = Files.writeString(directory.resolve("bad.json"), "{\"image\":1,\"x\":2}");
    assertThat(dowding("service", "add", "web", good.toString()).output()).contains("web: new");
    assertThat(dowding("service", "add", "web", good.toString()).output()).contains("web: same");
    assertThat(dowding("service", "add", "web", bad.toString()))
        .matches(ran -> ran.status() == 1 && ran.output().contains("x: is not supported"));
    cluster.awaitRunning("web");
    assertThat(dowding("service", "list").output()).containsPattern("web +running +1/1");
    assertThat(
            JSON.readTree(dowding("service", "show", "web", "--json").output())
                .path("jobs")
                .path(0)
                .path("id")
                .asText())
        .isEqualTo("web.1");
    assertThat(dowding("service", "remove", "web").output()).contains("web is removed");
    assertThat(dowding("service", "show", "web").status()).isEqualTo(1);
    assertThat(process("check", good.toString(), bad.toString()))
        .matches(ran -> ran.status() == 1 && ran.output().contains("good.json: ok"));
    assertThat(
            process(
                    "check",
                    "config/examples/web.json",
                    "config/examples/database.json",
                    "config/examples/logger.json")
                .status())
        .isZero();
  }

  @Test
  @DisplayName("an observing agent logs what it would do, without doing it")
  void observes() throws Exception {
    cluster.startAgent();
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
    cluster.stopAgent();
    cluster.put("services/more", service());
    Map<String, String> before = cluster.all("");
    Path log = directory.resolve("observe.log");
    Process observer =
        ChildJvm.start(Main.class, log, "agent", "--observe", "--config=" + cluster.configFile());
    try {
      await()
          .atMost(TestCluster.SOON)
          .until(() -> Files.readString(log).contains("would place more.1 on host"));
      assertThat(Files.readString(log)).doesNotContain("web.1", "leads");
    } finally {
      observer.destroyForcibly().onExit().join();
    }
    assertThat(cluster.all("")).isEqualTo(before);
    assertThat(cluster.containers().keySet()).containsExactly("web.1");
  }

  @Test
  @DisplayName("status, hosts, release and events")
  void operator() throws Exception {
    assertThat(process("status", "--config=" + cluster.configFile()))
        .matches(ran -> ran.status() == 0 && ran.output().contains("no agent is running"));
    cluster.startAgent();
    cluster.put("services/web", service());
    cluster.awaitRunning("web");
    assertThat(dowding("status").output())
        .contains("leads")
        .containsPattern("web +running +1/1")
        .containsPattern("web.1 +running +host");
    assertThat(
            JSON.readTree(dowding("status", "--json").output()).at("/services/web/state").asText())
        .isEqualTo("running");
    assertThat(dowding("hosts").output())
        .containsPattern("host1 +up +active .* without encryption \\(insecure: true is not set\\)");
    assertThat(dowding("drain", "host1").status()).isZero();
    assertThat(cluster.all("hosts/")).containsEntry("hosts/host1", "drain");
    assertThat(dowding("activate", "host1").status()).isZero();
    assertThat(cluster.all("hosts/")).isEmpty();
    assertThat(dowding("release").output()).isEqualTo("nothing is held\n");
    assertThat(dowding("release", "nothing"))
        .matches(ran -> ran.status() == 1 && ran.output().contains("no hold named nothing"));
    await()
        .atMost(TestCluster.SOON)
        .until(() -> cluster.all("work/").values().toString().contains("\"action\":\"create\""));
    String events = dowding("events", "--json").output();
    assertThat(events)
        .contains("\"action\":\"create\"")
        .contains("\"key\":\"services/web\"")
        .contains("\"outcome\":\"done\"")
        .contains("\"leader\":");
    assertThat(dowding("events").output()).containsPattern("create +web.1 +host");
  }

  @Test
  @DisplayName("an invalid configuration stops the agent and names the line")
  void badConfiguration() throws Exception {
    Path config = Files.writeString(directory.resolve("dowding.yaml"), "baseKey: /a\nnope: 1\n");
    assertThat(process("agent", "--config", config.toString()))
        .matches(
            ran ->
                ran.status() == 1
                    && ran.output().contains("dowding.yaml:2: nope: unknown setting"));
  }

  @Test
  @DisplayName("a missing file is reported by name and reason")
  void noFile() throws Exception {
    assertThat(process("check", "/no/such.json"))
        .matches(
            ran ->
                ran.status() == 1
                    && ran.output()
                        .contains("/no/such.json: cannot be read: there is no such file"));
  }
}
