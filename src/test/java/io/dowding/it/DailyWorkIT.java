package io.dowding.it;

import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.cli.Main;
import io.dowding.cli.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command of everyday work, each on a service of its own. */
@DisplayName("Everyday work")
class DailyWorkIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static TestCluster cluster;

  @BeforeAll
  static void begin() {
    cluster = TestCluster.running(3);
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  /** Many deletions in a short time are held, and these tests share a cluster. */
  @AfterEach
  void removed() {
    await()
        .atMost(TestCluster.SOON)
        .until(
            () -> {
              if (!cluster.all("status/holds/deletions").isEmpty()) {
                cluster.put("release/deletions", "yes");
              }
              int kept = cluster.all("services/").size();
              return cluster.all("status/services/").size() == kept
                  && cluster.all("status/holds/").isEmpty();
            });
  }

  private static Ran dowding(String... arguments) {
    return Ran.dowding(cluster.configFile(), arguments);
  }

  private static void good(String... arguments) {
    Ran ran = dowding(arguments);
    assertThat(ran.status()).as("%s", ran).isZero();
  }

  private static String deploy(int replicas) {
    return "\"deploy\":{\"replicas\":%d,\"update_config\":{\"monitor\":\"1s\",\"failure_action\":\"rollback\"}}"
        .formatted(replicas);
  }

  private static String version(String number) {
    return "\"environment\":{\"V\":\"" + number + "\"}";
  }

  private static String writing(String... fields) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "\"image\":\"demo:1\"",
                "\"command\":[\"sh\",\"-c\",\"echo begin of $$V; echo bad of $$V >&2; trap 'exit 0' TERM; sleep 1000 & wait\"]"
                    .replace("$$", "$"),
                "\"stop_signal\":\"SIGTERM\""));
    all.addAll(List.of(fields));
    return "{" + String.join(",", all) + "}";
  }

  private static Map<String, String> ids(String service) {
    Map<String, String> ids = new java.util.TreeMap<>();
    cluster
        .containers()
        .forEach(
            (job, seen) -> {
              if (job.startsWith(service + ".")) {
                ids.put(job, seen.id());
              }
            });
    return ids;
  }

  @Test
  @DisplayName("services are scaled, and a command can wait for it")
  void scale() {
    cluster.put("services/scaled", service(deploy(1)));
    good("wait", "scaled");
    Map<String, String> one = ids("scaled");
    Ran more = dowding("scale", "scaled=3", "--wait");
    assertThat(more.output()).isEqualTo("scaled: 3 jobs\n");
    assertThat(more.talk()).contains("SERVICE", "scaled");
    assertThat(more.status()).isZero();
    assertThat(ids("scaled")).hasSize(3).containsAllEntriesOf(one);
    assertThat(dowding("scale", "scaled=3").talk())
        .isEqualTo("next: dowding wait scaled --config " + cluster.configFile() + "\n");
    assertThat(dowding("scale", "nobody=3"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("there is no service nobody"));
    assertThat(dowding("wait", "scalled"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("did you mean scaled?"));
    good("service", "remove", "scaled", "--wait");
    good("wait", "scaled");
    assertThat(ids("scaled")).isEmpty();
    assertThat(dowding("service", "remove", "scaled").status()).isEqualTo(1);
  }

  @Test
  @DisplayName("a restart replaces each container of a service once, or that of one job")
  void restart() {
    cluster.put("services/renewed", service(deploy(2)));
    good("wait", "renewed");
    Map<String, String> before = ids("renewed");
    good("restart", "renewed", "--wait");
    Map<String, String> after = ids("renewed");
    assertThat(after).hasSize(2).doesNotContainValue(before.get("renewed.1"));
    assertThat(after.values()).doesNotContainAnyElementsOf(before.values());
    good("restart", "renewed.2", "--wait");
    assertThat(ids("renewed"))
        .containsEntry("renewed.1", after.get("renewed.1"))
        .doesNotContainEntry("renewed.2", after.get("renewed.2"));
    assertThat(dowding("restart", "renewed.7"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("renewed.1, renewed.2"));
    good("service", "remove", "renewed");
  }

  @Test
  @DisplayName("an earlier definition is listed and rolled out again, with today's number of jobs")
  void rollback() throws Exception {
    cluster.put("services/back", service(deploy(1), version("1")));
    good("wait", "back");
    long first = cluster.revision("services/back");
    cluster.put("services/back", service(deploy(1), version("2")));
    good("wait", "back");
    good("scale", "back=2", "--wait");
    await()
        .atMost(TestCluster.SOON)
        .until(() -> cluster.json("versions/back").path("earlier").size() == 1);
    JsonNode list = JSON.readTree(dowding("rollback", "back", "--list", "--json").output());
    assertThat(list.findValuesAsText("what")).containsExactly("present", "earlier");
    assertThat(list.path(1).path("generation").asLong()).isEqualTo(first);
    Ran back = dowding("rollback", "back", "--wait");
    assertThat(back.output())
        .isEqualTo("back: goes back to generation " + first + ", demo:1: changed\n");
    assertThat(back.status()).isZero();
    JsonNode now = cluster.json("services/back");
    assertThat(now.path("environment").path("V").asText()).isEqualTo("1");
    assertThat(now.path("deploy").path("replicas").asInt()).isEqualTo(2);
    assertThat(dowding("rollback", "back", "12345"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("12345 of back is not kept"));
    good("image", "back", "docker.io/library/demo:1", "--wait");
    assertThat(cluster.json("services/back").path("image").asText())
        .isEqualTo("docker.io/library/demo:1");
    good("service", "remove", "back");
  }

  @Test
  @DisplayName("a failed update ends the wait with its reason, and is not tried again by accident")
  void failed(@TempDir Path directory) throws Exception {
    cluster.put("services/sick", service(deploy(1), version("1")));
    good("wait", "sick");
    Path bad =
        Files.writeString(
            directory.resolve("bad.json"), service(deploy(1)).replace("\"serve\"", "\"false\""));
    Ran added = dowding("service", "add", "sick", bad.toString(), "--wait");
    assertThat(added.status()).isEqualTo(1);
    assertThat(added.talk()).contains("sick failed: ", "exited with 1", "dowding status sick");
    cluster.awaitStatus(
        "sick", status -> status.path("update").path("state").asText().equals("rolled back"));
    assertThat(dowding("scale", "sick=2"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("dowding rollback sick first"));
    Map<String, String> running = ids("sick");
    good("rollback", "sick", "--wait");
    assertThat(ids("sick")).isEqualTo(running);
    good("service", "remove", "sick");
  }

  @Test
  @DisplayName("a wait gives up after its time with status 3 and the reason")
  void timeout() {
    cluster.put(
        "services/nowhere",
        service("\"deploy\":{\"placement\":{\"constraints\":[\"node.tags == none\"]}}"));
    Ran waited = dowding("wait", "nowhere", "--timeout=1s");
    assertThat(waited.status()).isEqualTo(3);
    assertThat(waited.talk()).contains("nowhere is not good after 1s: pending", "no host fits");
    cluster.delete("services/nowhere");
  }

  @Test
  @DisplayName("logs of all jobs are shown, and followed to containers that come later")
  void logs() throws Exception {
    cluster.put("services/talks", writing(deploy(2), version("one")));
    good("wait", "talks");
    Ran all = dowding("logs", "talks");
    assertThat(all.output().lines())
        .contains("talks.1 | begin of one", "talks.2 | begin of one", "talks.1 | bad of one")
        .hasSize(4);
    assertThat(dowding("logs", "talks.1", "--tail=1", "-t").output())
        .matches("20[0-9T:.-]+Z (bad|begin) of one\n");
    List<String> stamped = dowding("logs", "talks", "-t").output().lines().toList();
    assertThat(stamped)
        .hasSize(4)
        .allMatch(line -> line.matches("talks.[12] \\| 20\\S+Z .* of one"));
    assertThat(dowding("logs", "talks", "-n", "1", "-t").output().lines())
        .containsExactlyInAnyOrder(last(stamped, "talks.1"), last(stamped, "talks.2"));
    assertThat(dowding("logs", "talks", "--since=1h").output().lines()).hasSize(4);
    String end = stamped.getLast().split(" ", -1)[2];
    assertThat(dowding("logs", "talks", "-t", "--since=" + end).output().lines())
        .isNotEmpty()
        .isSubsetOf(stamped)
        .allMatch(line -> line.split(" ", -1)[2].compareTo(end) >= 0);
    assertThat(dowding("logs", "talks", "--since=2099-01-01T00:00:00Z").output()).isEmpty();
    assertThat(dowding("logs", "nobody").status()).isEqualTo(1);
    Path log = cluster.directory().resolve("follow.log");
    Process follower =
        ChildJvm.start(Main.class, log, "logs", "-f", "talks", "--config=" + cluster.configFile());
    try {
      await()
          .atMost(TestCluster.SOON)
          .untilAsserted(
              () -> assertThat(Files.readString(log)).contains("talks.2 | begin of one"));
      cluster.put("services/talks", writing(deploy(2), version("two")));
      await()
          .atMost(TestCluster.SOON)
          .until(
              () ->
                  Files.readString(log).contains("talks.1 | begin of two")
                      && Files.readString(log).contains("talks.2 | begin of two"));
      assertThat(Files.readAllLines(log)).doesNotHaveDuplicates();
    } finally {
      follower.destroyForcibly().onExit().join();
    }
    good("service", "remove", "talks");
  }

  private static String last(List<String> lines, String job) {
    return lines.stream().filter(line -> line.startsWith(job)).toList().getLast();
  }

  @Test
  @DisplayName("a command runs in a container, with input, output and its exit status")
  void exec() throws Exception {
    cluster.put("services/tool", service());
    good("wait", "tool");
    assertThat(dowding("exec", "tool", "--", "sh", "-c", "exit 7").status()).isEqualTo(7);
    Path output = cluster.directory().resolve("exec.log");
    Path input = Files.writeString(cluster.directory().resolve("input"), "from outside\n");
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    Main.class,
                    "exec",
                    "-it",
                    "--config=" + cluster.configFile(),
                    "tool.1",
                    "--",
                    "sh",
                    "-c",
                    "cat; echo end"))
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    assertThat(Files.readString(output)).isEqualTo("from outside\nend\n");
    assertThat(status).isZero();
    assertThat(dowding("exec", "tool.9", "--", "true").status()).isEqualTo(1);
    good("service", "remove", "tool");
  }

  @Test
  @DisplayName("engines tell what runs, what it uses and what they store")
  void figures() throws Exception {
    cluster.put("services/busy", service(deploy(2)));
    good("wait", "busy");
    assertThat(dowding("ps").output()).containsPattern("host[12].* busy\\.1 .* running .* demo:1");
    JsonNode here =
        JSON.readTree(dowding("ps", cluster.container("busy.1").host().name(), "--json").output());
    assertThat(here.findValuesAsText("job")).contains("busy.1");
    assertThat(dowding("ps", "host99"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("there is no host host99"));
    JsonNode top = JSON.readTree(dowding("top", "--json").output());
    assertThat(
            StreamSupport.stream(top.spliterator(), false)
                .filter(row -> row.path("job").asText().equals("busy.1"))
                .map(row -> row.path("usage").path("memoryBytes").asLong()))
        .singleElement()
        .satisfies(bytes -> assertThat(bytes).isPositive());
    assertThat(dowding("top").output()).contains("HOST/JOB", "  busy.2");
    assertThat(dowding("hosts", "--disk").output()).containsPattern("host1 .*images [1-9].* MiB");
    assertThat(dowding("status", "busy").output())
        .containsPattern("busy +running +2/2 +demo:1")
        .containsPattern("  busy.1 +running +host[1-3] +[0-9]+s");
    assertThat(dowding("status", "nosuch"))
        .matches(ran -> ran.status() == 1 && ran.output().isEmpty());
    good("service", "remove", "busy");
  }

  @Test
  @DisplayName("a mistyped host is refused, and a drain can be waited for")
  void drain() {
    cluster.put(
        "services/moves",
        service("\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname != host1\"]}}"));
    good("wait", "moves");
    assertThat(dowding("drain", "hots1"))
        .matches(ran -> ran.status() == 1 && ran.talk().contains("there is no host hots1"));
    assertThat(cluster.all("hosts/")).isEmpty();
    String from = cluster.container("moves.1").host().name();
    Ran drained = dowding("drain", from, "--wait");
    assertThat(drained.talk()).contains(from + ": no containers of dowding left");
    assertThat(drained.status()).isZero();
    good("wait", "moves");
    assertThat(cluster.container("moves.1").host().name()).isNotEqualTo(from);
    good("activate", from);
    good("service", "remove", "moves");
  }

  @Test
  @DisplayName("a pin away from the data needs force, and unpinning goes back to it")
  void pin() {
    cluster.put("services/store", service("\"volumes\":[\"t-store:/data\"]"));
    good("wait", "store");
    String home = cluster.container("store.1").host().name();
    await()
        .atMost(TestCluster.SOON)
        .until(() -> cluster.value("pins/store.1").equals(home + " # auto: volume data"));
    String other = home.equals("host3") ? "host2" : "host3";
    for (String id : List.of("store", "store.1")) {
      assertThat(dowding("pin", id, other))
          .matches(
              ran ->
                  ran.status() == 1
                      && ran.talk().contains("the data of store.1 is on " + home)
                      && ran.talk().contains("--force"));
      good("pin", id, other, "--force", "--wait");
      assertThat(cluster.container("store.1").host().name()).isEqualTo(other);
      assertThat(cluster.value("pins/store.1")).contains(home);
      Ran unpinned = dowding("unpin", id, "--wait");
      assertThat(unpinned.status()).as("%s", unpinned).isZero();
      await()
          .atMost(TestCluster.SOON)
          .until(() -> cluster.container("store.1").host().name().equals(home));
      cluster.awaitRunning("store");
    }
    good("service", "remove", "store", "--wait");
    cluster.delete("pins/store.1");
  }

  @Test
  @DisplayName("an etcd that is away is named in one line, with the file that named it")
  void away(@TempDir Path directory) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("away.yaml"), "etcd: {endpoints: \"http://127.0.0.1:9\"}\n");
    for (String command : List.of("status", "plan", "hosts", "ps", "least-busy")) {
      Ran ran = Ran.dowding(config, command);
      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.talk().lines())
          .singleElement()
          .satisfies(line -> assertThat(line).contains("http://127.0.0.1:9", "away.yaml"));
    }
  }

  @Test
  @DisplayName("a job is explained: why here, why not there, what is next")
  void explain() throws Exception {
    cluster.put(
        "services/told",
        service("\"deploy\":{\"placement\":{\"constraints\":[\"node.hostname == host2\"]}}"));
    good("wait", "told");
    Ran told = dowding("explain", "told");
    assertThat(told.output())
        .contains("told.1: running on host2 for ")
        .contains("why here: best fit")
        .contains("next: nothing until something changes")
        .containsPattern("host1 +node.hostname == host2 does not hold")
        .containsPattern("host2 \\(here\\) +fits: 0 jobs of this service");
    Ran without = dowding("plan", "told", "--without", "host2");
    assertThat(without.output()).containsPattern("told.1: stays: .*host2 is gone; no host fits");
    assertThat(without.status()).isEqualTo(2);
    Path file = Files.writeString(cluster.directory().resolve("fresh.json"), service());
    assertThat(dowding("plan", "fresh", "--put", file.toString()).output())
        .contains("fresh.1: place on host");
    assertThat(cluster.all("services/")).doesNotContainKey("services/fresh");
    cluster.stopAgent();
    assertThat(dowding("explain", "told").output())
        .contains("next: no agent is running, so nothing changes until you start one");
    cluster.startAgent();
    good("service", "remove", "told");
  }

  @Test
  @DisplayName("a check misses a secret that is not in etcd")
  void check() throws Exception {
    Path file =
        Files.writeString(
            cluster.directory().resolve("secretive.json"), service("\"secrets\":[\"daily\"]"));
    Ran missed = dowding("check", file.toString());
    assertThat(missed.status()).isEqualTo(1);
    assertThat(missed.output()).contains("secrets/daily is not in etcd");
    cluster.put("secrets/daily", "hush");
    good("check", file.toString());
  }

  @Test
  @DisplayName("a doctor looks at everything, and says what to do")
  void doctor() {
    Ran seen = dowding("doctor");
    assertThat(seen.output())
        .containsPattern("configuration +ok .*dowding.yaml")
        .containsPattern("etcd http.* +ok +version 3")
        .containsPattern("agents +ok .* has led for")
        .containsPattern(
            "host host1 +problem +Docker .* without encryption. To do: run dowding tls init");
    assertThat(seen.status()).isEqualTo(1);
  }

  @Test
  @DisplayName("an etcd that is full is found, with what to do")
  void full() throws Exception {
    String configuration = Files.readString(cluster.configFile());
    try (PrivateEtcd etcd = new PrivateEtcd(1)) {
      await().atMost(TestCluster.SOON).ignoreExceptions().until(() -> !etcd.revision().isEmpty());
      etcd.fill();
      Path file =
          Files.writeString(
              cluster.directory().resolve("full.yaml"),
              configuration.replace(Testbed.shared().etcdEndpoint(), etcd.endpoints()));
      assertThat(Ran.dowding(file, "doctor").output())
          .containsPattern(
              "etcd http.* +problem .*, alarm NOSPACE. To do: etcdctl compact and defrag, then");
    }
  }

  @Test
  @DisplayName("load is evened out when a person asks for it")
  void rebalance() throws Exception {
    cluster.put("hosts/host2", "pause");
    cluster.put("hosts/host3", "pause");
    cluster.put("services/heavy", service(deploy(4)));
    good("wait", "heavy");
    cluster.delete("hosts/host2");
    cluster.delete("hosts/host3");
    JsonNode moves = JSON.readTree(dowding("rebalance", "--dry-run", "--json").output());
    assertThat(moves).hasSizeBetween(2, 3);
    assertThat(cluster.container("heavy.1").host().name()).isEqualTo("host1");
    good("rebalance", "--wait");
    for (JsonNode move : moves) {
      assertThat(cluster.container(move.path("job").asText()).host().name())
          .isEqualTo(move.path("to").asText());
    }
    good("service", "remove", "heavy");
  }

  @Test
  @DisplayName("what agents did is shown on any machine")
  void events() throws Exception {
    cluster.put("services/done", service());
    good("wait", "done");
    await()
        .atMost(TestCluster.SOON)
        .until(() -> dowding("events", "done").output().contains("start"));
    assertThat(dowding("events", "done", "--since=10m").output()).contains("start");
    assertThat(dowding("events", "done", "--since=2099-01-01T00:00:00Z").output()).isEmpty();
    assertThat(dowding("events", "done.1").output())
        .containsPattern("[0-9]+s +create +done.1 +host[1-3] +[0-9a-f]{12} best fit");
    JsonNode event =
        JSON.readTree(dowding("events", "done", "--json").output().lines().findFirst().orElse(""));
    assertThat(event.path("job").asText()).isEqualTo("done.1");
    assertThat(event.has("leader")).isTrue();
    good("service", "remove", "done");
  }
}
