package io.dowding.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.DockerHost;
import io.dowding.Scheduler;
import io.dowding.SchedulerBuilder;
import io.dowding.compose.HostReader;
import io.dowding.compose.InventoryReader;
import io.dowding.docker.DockerSettings;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.Keyring;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.plan.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The agent's configuration, from a YAML file and the environment. Every setting has a default; an
 * unknown or invalid one is an error that names its line.
 *
 * @param encryption of secrets in etcd; by default none
 * @param inventory a list of hosts, {@code file:} and a path, or {@code etcd: true}
 * @param reserve what is kept free on each host that has no setting of its own; by default nothing
 * @param policy what services may have of their hosts; by default nothing
 */
public record Config(
    @Nullable EtcdPart etcd,
    @Nullable EncryptionPart encryption,
    @Nullable String baseKey,
    @Nullable JsonNode inventory,
    @Nullable JsonNode reserve,
    @Nullable Duration reschedule,
    @Nullable Duration unknownAfter,
    @Nullable Duration settle,
    @Nullable Path stateDir,
    @Nullable String name,
    @Nullable Duration leaseTtl,
    @Nullable DockerPart docker,
    @Nullable HttpPart http,
    @Nullable PolicyPart policy) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static final Path INSTALLED = Path.of("/etc/dowding/dowding.yaml");

  public record EtcdPart(
      @Nullable List<String> endpoints,
      @Nullable String user,
      @Nullable String password,
      @Nullable Path passwordFile,
      @Nullable Path ca,
      @Nullable Path certificate,
      @Nullable Path key) {

    private static final List<String> LOCAL = List.of("http://127.0.0.1:2379");
    private static final EtcdPart DEFAULT = new EtcdPart(null, null, null, null, null, null, null);
  }

  /**
   * @throws IllegalArgumentException naming the file and line, or the variable, and the setting
   */
  public static Config read(Path file, Map<String, String> environment) {
    return ConfigReader.read(file, environment);
  }

  /**
   * The named file, or the installed one, or that of {@code agent --dev} while it runs, or the one
   * delivered with the source.
   *
   * @throws IllegalArgumentException naming the file, the line and the setting
   */
  static Config find(@Nullable Path named) {
    return read(file(named), System.getenv());
  }

  static Path file(@Nullable Path named) {
    if (named != null) {
      return named;
    }
    if (Files.exists(INSTALLED)) {
      return INSTALLED;
    }
    DevDirectory dev = DevDirectory.ofUser();
    return dev.isInUse() && Files.exists(dev.configuration()) ? dev.configuration() : example();
  }

  /** The one delivered with the source. */
  static Path example() {
    return Path.of(System.getProperty("dowding.home", ""), "config", "dowding.yaml");
  }

  /** Files with passwords or keys that others on this machine can read. */
  List<Path> openSecrets(Path file) {
    List<@Nullable Path> secrets = new ArrayList<>();
    List<DockerPart.RegistryPart> registries =
        docker == null || docker.registries() == null ? List.of() : docker.registries();
    if ((etcd != null && etcd.password() != null)
        || registries.stream().anyMatch(registry -> registry.password() != null)) {
      secrets.add(file);
    }
    registries.forEach(registry -> secrets.add(registry.passwordFile()));
    if (etcd != null) {
      secrets.add(etcd.key());
      secrets.add(etcd.passwordFile());
    }
    if (docker != null && docker.certificates() != null) {
      secrets.add(docker.certificates().resolve("key.pem"));
    }
    secrets.add(httpPart().tokenFile());
    List<Path> open = new ArrayList<>();
    for (Path secret : secrets) {
      if (secret != null && PrivateFiles.isOpen(secret)) {
        open.add(secret);
      }
    }
    return open;
  }

  /**
   * @throws IllegalArgumentException naming the file, if an encryption key cannot be read
   */
  EtcdSettings etcdSettings() {
    EtcdPart to = etcd == null ? EtcdPart.DEFAULT : etcd;
    List<String> endpoints = to.endpoints() == null ? EtcdPart.LOCAL : to.endpoints();
    return new EtcdSettings(
        EtcdSettings.endpoints(endpoints),
        to.user(),
        to.password(),
        to.passwordFile(),
        to.ca(),
        to.certificate(),
        to.key(),
        encryption == null ? Keyring.EMPTY : encryption.keyring());
  }

  String base() {
    String base = Objects.requireNonNullElse(baseKey, "/schedule").strip();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  Path state() {
    return Objects.requireNonNullElse(stateDir, Path.of("/var/lib/dowding"));
  }

  /** Where the agent answers over HTTP. */
  HttpPart httpPart() {
    return http == null ? HttpPart.DEFAULT : http;
  }

  /** The agent's own certificates, by what they are for. */
  Map<String, Path> certificates() {
    Map<String, Path> files = new TreeMap<>();
    if (docker != null && docker.certificates() != null) {
      files.put("docker", docker.certificates().resolve("cert.pem"));
    }
    if (etcd != null && etcd.certificate() != null) {
      files.put("etcd", etcd.certificate());
    }
    return files;
  }

  /** The name of this agent in the status and to other agents. */
  String agentName() {
    if (name != null) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName() + "-" + ProcessHandle.current().pid();
    } catch (UnknownHostException unnamed) {
      return "agent-" + ProcessHandle.current().pid();
    }
  }

  /** Another agent takes over after this long without a renewal. */
  Duration ttl() {
    return Objects.requireNonNullElse(leaseTtl, Duration.ofSeconds(10));
  }

  /**
   * Hosts without encryption that do not have {@code insecure: true}.
   *
   * @param inEtcd the keys of the inventory, for hosts that are in etcd
   */
  Set<String> plainHosts(Map<String, String> inEtcd) {
    Set<String> plain = new TreeSet<>();
    for (Host host : hosts(inEtcd).values()) {
      if (dockerSettings().isPlain(host) && !host.isInsecure()) {
        plain.add(host.hostname());
      }
    }
    return plain;
  }

  /**
   * The hosts of the inventory, by name. Skips keys in etcd that cannot be read.
   *
   * @param inEtcd the keys of the inventory, for hosts that are in etcd
   * @throws IllegalArgumentException if the inventory is in a file that cannot be read, naming it
   */
  SortedMap<String, Host> hosts(Map<String, String> inEtcd) {
    if (inventory != null && inventory.path("file").isTextual()) {
      return new TreeMap<>(InventoryReader.read(Path.of(inventory.path("file").asText())));
    }
    if (inventory != null && !inventory.path("etcd").asBoolean()) {
      return new TreeMap<>(InventoryReader.read(inventory));
    }
    SortedMap<String, Host> hosts = new TreeMap<>();
    each(inEtcd, hosts, new TreeMap<>());
    return hosts;
  }

  /**
   * Where hosts are added, such as a file and a line.
   *
   * @param file that of this configuration
   */
  String inventoryPlace(Path file) {
    return inventory != null && isInventoryInEtcd()
        ? "etcd, as keys such as inventory/host1"
        : inventory != null && inventory.path("file").isTextual()
            ? inventory.path("file").asText()
            : ConfigReader.at(file, "inventory");
  }

  /** Whether the hosts are keys in etcd. */
  boolean isInventoryInEtcd() {
    return inventory == null || inventory.path("etcd").asBoolean();
  }

  /** The problems of keys of the inventory that cannot be read, by key. */
  SortedMap<String, String> unreadable(Map<String, String> inEtcd) {
    SortedMap<String, String> problems = new TreeMap<>();
    if (isInventoryInEtcd()) {
      each(inEtcd, new TreeMap<>(), problems);
    }
    return problems;
  }

  private static void each(
      Map<String, String> inEtcd, Map<String, Host> hosts, Map<String, String> problems) {
    inEtcd.forEach(
        (key, json) -> {
          try {
            String name = key.substring(Key.INVENTORY.length());
            hosts.put(name, HostReader.read(name, JSON.readTree(json)));
          } catch (IllegalArgumentException unusable) {
            problems.put(key, String.valueOf(unusable.getMessage()));
          } catch (JsonProcessingException notJson) {
            problems.put(key, "it is not JSON");
          }
        });
  }

  /** The scheduler's API, with the agent's keys and hosts. */
  public Scheduler scheduler() {
    EtcdSettings to = etcdSettings();
    SchedulerBuilder builder = Scheduler.builder().etcd(to.endpoints()).baseKey(base());
    if (to.user() != null && to.password() != null) {
      builder.user(to.user(), to.password());
    }
    if (to.user() != null && to.passwordFile() != null) {
      builder.user(to.user(), to.passwordFile());
    }
    if (to.ca() != null) {
      builder.tls(to.ca(), to.certificate(), to.key());
    }
    if (encryption != null) {
      encryption
          .all()
          .forEach(
              each -> builder.encryption(requireNonNull(each.name()), requireNonNull(each.file())));
    }
    if (docker != null && docker.certificates() != null) {
      builder.dockerCertificates(docker.certificates());
    }
    if (docker != null && docker.sshConfig() != null) {
      builder.sshConfig(docker.sshConfig());
    }
    if (docker != null && docker.requireTls()) {
      builder.requireTls();
    }
    if (inventory != null && inventory.path("file").isTextual()) {
      builder.inventory(Path.of(inventory.path("file").asText()));
    } else if (inventory != null && !inventory.path("etcd").asBoolean()) {
      List<DockerHost> hosts =
          InventoryReader.read(inventory).values().stream()
              .map(h -> new DockerHost(h.hostname(), h.docker(), h.tags(), h.meta(), Set.of(), 0))
              .toList();
      builder.inventory(() -> hosts);
    }
    return builder.build();
  }

  Settings settings() {
    Settings d = Settings.DEFAULT;
    Integer perHost = docker == null ? null : docker.callsPerHost();
    return new Settings(
        Objects.requireNonNullElse(unknownAfter, d.unknownAfter()),
        Objects.requireNonNullElse(reschedule, d.grace()),
        Objects.requireNonNullElse(settle, d.settle()),
        // No call that changes a container may outlast the lease.
        dockerSettings().call().compareTo(ttl()) < 0 ? dockerSettings().call() : ttl(),
        Objects.requireNonNullElse(perHost, d.callsPerHost()),
        d.recordsAtOnce(),
        granted(),
        reserve == null ? d.reserve() : HostReader.reserve("reserve", reserve));
  }

  /** The configured policy; grants nothing by default. */
  Policy granted() {
    return policy == null ? Policy.STRICT : policy.policy();
  }

  DockerSettings dockerSettings() {
    DockerSettings d = DockerSettings.DEFAULT;
    if (docker == null) {
      return d.withPolicy(granted());
    }
    return new DockerSettings(
        d.connect(),
        Objects.requireNonNullElse(docker.callTimeout(), d.call()),
        Objects.requireNonNullElse(docker.pullTimeout(), d.pull()),
        Objects.requireNonNullElse(docker.ping(), d.ping()),
        Objects.requireNonNullElse(docker.resync(), d.resync()),
        docker.certificates(),
        docker.sshConfig(),
        docker.credentials(),
        docker.requireTls(),
        granted());
  }
}
