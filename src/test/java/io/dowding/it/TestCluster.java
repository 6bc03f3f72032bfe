package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.api.model.Container;
import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/** A cluster for one test: a base key, some hosts, an agent. It removes everything on close. */
final class TestCluster implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Testbed bed = Testbed.shared();
  private final String base = "/t-" + UUID.randomUUID();
  private final Path directory;
  private final Path inventory;
  private final List<TestHost> hosts;
  private Agent agent;

  /** Creates a cluster with this number of hosts. */
  TestCluster(int hostCount) {
    this(hostCount, Testbed.shared().etcdEndpoint());
  }

  /** Creates a cluster that reaches etcd at another endpoint, such as a proxy. */
  TestCluster(int hostCount, String etcdEndpoint) {
    this.hosts = bed.hosts(hostCount);
    try {
      directory = Files.createTempDirectory(bed.root(), "cluster");
      inventory = directory.resolve("inventory.yaml");
      writeInventory(hosts);
      Files.writeString(
          directory.resolve("dowding.yaml"),
          """
          etcd:
            endpoints: %s
          baseKey: %s
          inventory:
            file: %s
          reschedule: 6s
          unknownAfter: 3s
          settle: 300ms
          stateDir: %s
          docker:
            ping: 1s
            callTimeout: 3s
          leaseTtl: 6s
          http:
            listen: "off"
          policy:
            allow:
              - {services: "*", hostNamespaces: true, capabilities: [NET_ADMIN], binds: [/**], networkOptions: [ipam]}
          """
              .formatted(etcdEndpoint, base, inventory, directory.resolve("state")));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Creates a cluster and starts its agent. */
  static TestCluster running(int hostCount) {
    TestCluster cluster = new TestCluster(hostCount);
    cluster.startAgent();
    return cluster;
  }

  void startAgent() {
    try {
      agent = Agent.start(config());
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /** Where the agent answers over HTTP. */
  String address() {
    return agent.address();
  }

  Config config() {
    return Config.read(configFile(), Map.of());
  }

  Path configFile() {
    return directory.resolve("dowding.yaml");
  }

  void stopAgent() {
    if (agent != null) {
      agent.close();
      agent = null;
    }
  }

  void writeInventory(List<TestHost> present) {
    List<String> lines = new ArrayList<>();
    for (TestHost host : present) {
      lines.add("- hostname: " + host.name());
      lines.add("  docker: " + host.endpoint());
      lines.add("  tags: " + (host.name().equals("host1") ? "apple,peach" : "apple"));
      lines.add("  rack: " + (host.name().equals("host3") ? "r2" : "r1"));
    }
    writeInventory(String.join("\n", lines));
  }

  void writeInventory(String text) {
    try {
      Path draft = Files.writeString(directory.resolve("draft"), text);
      Files.move(draft, inventory, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  void inventoryInEtcd() {
    try {
      String text = Files.readString(configFile());
      Files.writeString(configFile(), text.replaceFirst("file: .*", "etcd: true"));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Adds settings below {@code docker} to the agent's configuration. */
  void docker(String lines) {
    try {
      String text = Files.readString(configFile());
      Files.writeString(configFile(), text.replace("docker:\n", "docker:\n" + lines.indent(2)));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Sets the timeouts of pings and of calls, in seconds. */
  void patience(int ping, int call) {
    try {
      String text = Files.readString(configFile());
      Files.writeString(
          configFile(),
          text.replace("ping: 1s", "ping: " + ping + "s")
              .replace("callTimeout: 3s", "callTimeout: " + call + "s"));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Keeps jobs where they are even if their host is too busy to answer in time. */
  void keepJobsOnSlowHosts() {
    try {
      String text = Files.readString(configFile());
      Files.writeString(configFile(), text.replace("reschedule: 6s", "reschedule: 10m"));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Replaces the grants of the policy. */
  void allow(String grant) {
    try {
      String text = Files.readString(configFile());
      String changed = text.replaceFirst("- \\{services.*", "- " + grant);
      if (changed.equals(text)) {
        throw new IllegalStateException("there is no grant to replace in " + text);
      }
      Files.writeString(configFile(), changed);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  Path directory() {
    return directory;
  }

  List<TestHost> hosts() {
    return hosts;
  }

  String base() {
    return base;
  }

  // etcd

  void put(String key, String value) {
    get(etcd().getKVClient().put(bytes(base + "/" + key), bytes(value)));
  }

  void delete(String key) {
    get(etcd().getKVClient().delete(bytes(base + "/" + key)));
  }

  /** The value of a key, or an empty string. */
  String value(String key) {
    List<KeyValue> found = get(etcd().getKVClient().get(bytes(base + "/" + key))).getKvs();
    return found.isEmpty() ? "" : found.getFirst().getValue().toString(StandardCharsets.UTF_8);
  }

  long revision(String key) {
    List<KeyValue> found = get(etcd().getKVClient().get(bytes(base + "/" + key))).getKvs();
    return found.isEmpty() ? 0 : found.getFirst().getModRevision();
  }

  JsonNode json(String key) {
    String value = value(key);
    try {
      return value.isEmpty() ? MissingNode.getInstance() : JSON.readTree(value);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  JsonNode status(String service) {
    return json("status/services/" + service);
  }

  JsonNode jobStatus(String job) {
    return status(job.substring(0, job.indexOf('.'))).path("jobs").path(job);
  }

  Client etcd() {
    return bed.etcd();
  }

  static <T> T get(java.util.concurrent.CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException | ExecutionException failed) {
      throw new IllegalStateException(failed);
    }
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  // services

  /** A service that runs until SIGTERM, with additional fields. */
  static String service(String... fields) {
    List<String> all = new ArrayList<>(List.of("\"image\":\"demo:1\"", "\"command\":[\"serve\"]"));
    all.addAll(Arrays.asList(fields));
    return "{" + String.join(",", all) + "}";
  }

  static String replicas(int count) {
    return "\"deploy\":{\"replicas\":" + count + "}";
  }

  void awaitState(String service, String state) {
    awaitStatus(service, status -> status.path("state").asText().equals(state));
  }

  void awaitStatus(String service, Predicate<JsonNode> wanted) {
    try {
      await().atMost(SOON).until(() -> wanted.test(status(service)));
    } catch (org.awaitility.core.ConditionTimeoutException late) {
      throw new AssertionError("the status of " + service + " is " + status(service), late);
    }
  }

  /** Waits until the newest definition of the service is {@code running}. */
  void awaitRunning(String service) {
    awaitStatus(
        service,
        status ->
            status.path("state").asText().equals("running")
                && status.path("observedGeneration").asLong() == revision("services/" + service));
  }

  // containers

  String cluster() {
    return json("cluster").path("uuid").asText();
  }

  /** Our containers by job; a duplicate job is an error. */
  Map<String, Seen> containers() {
    Map<String, Seen> found = new TreeMap<>();
    String cluster = cluster();
    for (TestHost host : bed.hosts()) {
      for (Container container : host.containers(cluster)) {
        Seen seen = new Seen(host, container.getId(), container.getState());
        Seen other = found.put(container.getLabels().get("dowding.job"), seen);
        if (other != null) {
          throw new AssertionError("twice: " + container.getLabels() + " " + other + " " + seen);
        }
      }
    }
    return found;
  }

  Seen container(String job) {
    Seen seen = containers().get(job);
    if (seen == null) {
      throw new AssertionError("there is no container of " + job);
    }
    return seen;
  }

  /** Waits until the job has a different container; in between it may have none. */
  void awaitAnother(String job, Seen than) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              Seen now = containers().get(job);
              return now != null && !now.id().equals(than.id());
            });
  }

  /** A container and its host. */
  record Seen(TestHost host, String id, String state) {
    @Override
    public String toString() {
      return host.name() + " " + id.substring(0, 12) + " " + state;
    }
  }

  @Override
  public void close() {
    String cluster = cluster();
    stopAgent();
    for (TestHost host : bed.hosts()) {
      if (!cluster.isEmpty()) {
        host.containers(cluster).forEach(container -> host.remove(container.getId()));
        host.removeNetworks(cluster);
      }
    }
    get(
        etcd()
            .getKVClient()
            .delete(bytes(base + "/"), DeleteOption.builder().isPrefix(true).build()));
  }

  /** All keys below a prefix, with their values. */
  Map<String, String> all(String prefix) {
    Map<String, String> values = new TreeMap<>();
    get(etcd()
            .getKVClient()
            .get(bytes(base + "/" + prefix), GetOption.builder().isPrefix(true).build()))
        .getKvs()
        .forEach(
            kv ->
                values.put(
                    kv.getKey().toString(StandardCharsets.UTF_8).substring(base.length() + 1),
                    kv.getValue().toString(StandardCharsets.UTF_8)));
    return values;
  }
}
