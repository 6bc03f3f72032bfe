package io.dowding.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dowding.DockerHost;
import io.dowding.Scheduler;
import io.dowding.SchedulerBuilder;
import io.dowding.compose.Durations;
import io.dowding.compose.HostReader;
import io.dowding.compose.InventoryReader;
import io.dowding.compose.TextFile;
import io.dowding.docker.Credentials;
import io.dowding.docker.DockerSettings;
import io.dowding.etcd.EtcdSettings;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.Right;
import io.dowding.plan.Settings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The agent's configuration, from a YAML file and the environment. Every setting has a default; an
 * unknown or invalid one is an error that names its line.
 *
 * @param inventory a list of hosts, {@code file:} and a path, or {@code etcd: true}
 * @param reserve what is kept free on each host that has no setting of its own; by default nothing
 * @param policy what services may have of their hosts; by default nothing
 */
public record Config(
    @Nullable EtcdPart etcd,
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
    @Nullable PolicyPart policy) {

  static final Path INSTALLED = Path.of("/etc/dowding/dowding.yaml");

  private static final Duration LEAST_TTL = Duration.ofSeconds(2);

  private static final String ENVIRONMENT = "DOWDING_";
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader()))
          .build();

  public record EtcdPart(
      @Nullable List<String> endpoints,
      @Nullable String user,
      @Nullable String password,
      @Nullable Path ca,
      @Nullable Path certificate,
      @Nullable Path key) {}

  public record DockerPart(
      @Nullable Path certificates,
      boolean requireTls,
      @JsonProperty("callTimeout") @Nullable Duration callTimeout,
      @Nullable Duration pullTimeout,
      @Nullable Duration ping,
      @Nullable Duration resync,
      @Nullable Integer callsPerHost,
      @Nullable Path configFile,
      @Nullable List<RegistryPart> registries) {

    Credentials credentials() {
      Map<String, Credentials.Login> logins = new TreeMap<>();
      for (RegistryPart registry : registries == null ? List.<RegistryPart>of() : registries) {
        logins.put(String.valueOf(registry.address()), registry.login());
      }
      Path file = Objects.requireNonNullElse(configFile, Credentials.OF_DOCKER.dockerConfig());
      return new Credentials(logins, file);
    }
  }

  public record RegistryPart(
      @Nullable String address,
      @Nullable String username,
      @Nullable String password,
      @Nullable Path passwordFile) {

    Credentials.Login login() {
      return new Credentials.Login(String.valueOf(username), password, passwordFile);
    }

    boolean isWhole() {
      return address != null && username != null && (password == null) != (passwordFile == null);
    }
  }

  public record PolicyPart(@Nullable List<String> registries, @Nullable List<GrantPart> allow) {

    Policy policy() {
      return new Policy(
          allow == null ? List.of() : allow.stream().map(GrantPart::grant).toList(),
          registries == null ? List.of() : registries);
    }
  }

  public record GrantPart(
      @Nullable List<String> services,
      boolean privileged,
      boolean hostNamespaces,
      boolean dockerSocket,
      boolean unconfined,
      boolean hostResources,
      @Nullable List<String> devices,
      @Nullable List<String> capabilities,
      @Nullable List<String> binds,
      @Nullable List<String> logDrivers,
      @Nullable List<String> runtimes,
      @Nullable List<String> volumeDrivers,
      @Nullable List<String> networkOptions,
      @Nullable List<String> sysctls,
      @Nullable List<String> annotations,
      @Nullable List<String> secrets,
      @Nullable List<String> configs,
      @Nullable List<String> volumes,
      @Nullable List<String> networks) {

    Policy.Grant grant() {
      Map<Right, List<String>> rights = new EnumMap<>(Right.class);
      for (Right right : Right.values()) {
        List<String> values =
            switch (right) {
              case PRIVILEGED -> flag(privileged);
              case HOST_NAMESPACES -> flag(hostNamespaces);
              case DOCKER_SOCKET -> flag(dockerSocket);
              case UNCONFINED -> flag(unconfined);
              case HOST_RESOURCES -> flag(hostResources);
              case DEVICES -> devices;
              case CAPABILITIES -> capabilities;
              case BINDS -> binds;
              case LOG_DRIVERS -> logDrivers;
              case RUNTIMES -> runtimes;
              case VOLUME_DRIVERS -> volumeDrivers;
              case NETWORK_OPTIONS -> networkOptions;
              case SYSCTLS -> sysctls;
              case ANNOTATIONS -> annotations;
              case SECRETS -> secrets;
              case CONFIGS -> configs;
              case VOLUMES -> volumes;
              case NETWORKS -> networks;
            };
        if (values != null) {
          rights.put(right, values);
        }
      }
      return new Policy.Grant(services == null ? List.of() : services, rights);
    }

    private static @Nullable List<String> flag(boolean granted) {
      return granted ? List.of("true") : null;
    }
  }

  /**
   * @throws IllegalArgumentException naming the file, the line and the setting
   */
  public static Config read(Path file, Map<String, String> environment) {
    String text = text(file);
    try {
      // Read twice: once for line numbers, once with the environment applied.
      YAML.readValue(text, Config.class);
      JsonNode tree = YAML.readTree(text);
      if (tree instanceof ObjectNode root) {
        override(root, Config.class, ENVIRONMENT, environment);
      }
      return YAML.treeToValue(tree, Config.class).checked();
    } catch (JsonMappingException wrong) {
      throw new IllegalArgumentException(file + at(wrong, text) + ": " + what(wrong), wrong);
    } catch (JsonProcessingException notYaml) {
      var at = notYaml.getLocation();
      throw new IllegalArgumentException(
          file
              + (at == null ? "" : ":" + at.getLineNr())
              + ": not YAML: "
              + notYaml.getOriginalMessage(),
          notYaml);
    }
  }

  private static String text(Path file) {
    try {
      String text = TextFile.read(file);
      return text.isBlank() ? "{}" : text;
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          file + ": cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  /**
   * The named file, or the installed one, or the one delivered with the source.
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
    return Files.exists(INSTALLED) ? INSTALLED : Path.of("config/dowding.yaml");
  }

  /** Files with passwords or keys that others on this machine can read. */
  List<Path> openSecrets(Path file) {
    List<@Nullable Path> secrets = new ArrayList<>();
    List<RegistryPart> registries =
        docker == null || docker.registries() == null ? List.of() : docker.registries();
    if ((etcd != null && etcd.password() != null)
        || registries.stream().anyMatch(registry -> registry.password() != null)) {
      secrets.add(file);
    }
    registries.forEach(registry -> secrets.add(registry.passwordFile()));
    if (etcd != null) {
      secrets.add(etcd.key());
    }
    if (docker != null && docker.certificates() != null) {
      secrets.add(docker.certificates().resolve("key.pem"));
    }
    List<Path> open = new ArrayList<>();
    for (Path secret : secrets) {
      if (secret != null && PrivateFiles.isOpen(secret)) {
        open.add(secret);
      }
    }
    return open;
  }

  /** The line of the setting at fault: the parser is past it when it reports the error. */
  private static String at(JsonMappingException wrong, String text) {
    if (wrong.getLocation() == null || wrong.getPath().isEmpty()) {
      return "";
    }
    String field = wrong.getPath().getLast().getFieldName();
    List<String> lines = text.lines().toList();
    int last = Math.min(wrong.getLocation().getLineNr(), lines.size());
    for (int line = last; field != null && line > 0; line--) {
      if (lines.get(line - 1).matches("[\\s{,-]*" + Pattern.quote(field) + "\\s*:.*")) {
        return ":" + line;
      }
    }
    return last > 0 ? ":" + last : "";
  }

  private static String what(JsonMappingException wrong) {
    StringBuilder path = new StringBuilder();
    wrong
        .getPath()
        .forEach(
            part ->
                path.append(path.isEmpty() ? "" : ".")
                    .append(part.getFieldName() == null ? part.getIndex() : part.getFieldName()));
    String message = String.valueOf(wrong.getOriginalMessage());
    if (wrong instanceof UnrecognizedPropertyException) {
      message = "unknown setting";
    } else if (message.startsWith("Cannot ")) {
      message = "has the wrong form; see config/dowding.yaml";
    }
    return path + ": " + message.lines().findFirst().orElse("");
  }

  /** {@code DOWDING_ETCD_ENDPOINTS} for {@code etcd.endpoints}, and so on for every setting. */
  private static void override(
      ObjectNode node, Class<?> type, String prefix, Map<String, String> environment) {
    for (RecordComponent part : type.getRecordComponents()) {
      String name = prefix + part.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
      String value = environment.get(name);
      if (part.getType().isRecord()) {
        ObjectNode nested =
            node.get(part.getName()) instanceof ObjectNode there ? there : YAML.createObjectNode();
        override(nested, part.getType(), name + "_", environment);
        if (!nested.isEmpty()) {
          node.set(part.getName(), nested);
        }
      } else if (value != null) {
        node.put(part.getName(), value);
      }
    }
  }

  private Config checked() {
    if (!base().matches("(/[A-Za-z0-9_.-]+)+")) {
      throw new IllegalArgumentException(
          "baseKey: \"" + base() + "\" is not a path such as /schedule");
    }
    if (ttl().compareTo(LEAST_TTL) < 0) {
      throw new IllegalArgumentException("leaseTtl: " + ttl() + " is less than two seconds");
    }
    if (policy != null && policy.allow() != null) {
      for (GrantPart grant : policy.allow()) {
        if (grant.services() == null) {
          throw new IllegalArgumentException(
              "policy.allow: each entry needs services, such as services: \"db*\"");
        }
      }
    }
    if (docker != null
        && docker.registries() != null
        && !docker.registries().stream().allMatch(RegistryPart::isWhole)) {
      throw new IllegalArgumentException(
          "docker.registries: each entry needs address, username, and password or passwordFile");
    }
    if (reserve != null) {
      HostReader.reserve("reserve", reserve);
    }
    for (Duration duration : Arrays.asList(reschedule, unknownAfter, settle)) {
      if (duration != null && duration.isNegative()) {
        throw new IllegalArgumentException("a duration cannot be negative: " + duration);
      }
    }
    return this;
  }

  EtcdSettings etcdSettings() {
    if (etcd == null) {
      return EtcdSettings.at("http://127.0.0.1:2379");
    }
    List<String> endpoints =
        etcd.endpoints() == null ? List.of("http://127.0.0.1:2379") : etcd.endpoints();
    return new EtcdSettings(
        EtcdSettings.endpoints(endpoints),
        etcd.user(),
        etcd.password(),
        etcd.ca(),
        etcd.certificate(),
        etcd.key());
  }

  String base() {
    String base = Objects.requireNonNullElse(baseKey, "/schedule").strip();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  Path state() {
    return Objects.requireNonNullElse(stateDir, Path.of("/var/lib/dowding"));
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
   * The hosts of the inventory, by name. Skips what cannot be read; the agent reports it.
   *
   * @param inEtcd the keys of the inventory, for hosts that are in etcd
   */
  SortedMap<String, Host> hosts(Map<String, String> inEtcd) {
    SortedMap<String, Host> hosts = new TreeMap<>();
    try {
      if (inventory != null && inventory.path("file").isTextual()) {
        hosts.putAll(InventoryReader.read(Path.of(inventory.path("file").asText())));
        return hosts;
      }
      if (inventory != null && !inventory.path("etcd").asBoolean()) {
        hosts.putAll(InventoryReader.read(inventory));
        return hosts;
      }
    } catch (IllegalArgumentException unreadable) {
      return hosts;
    }
    inEtcd.forEach(
        (key, json) -> {
          try {
            String name = key.substring(Key.INVENTORY.length());
            hosts.put(name, HostReader.read(name, YAML.readTree(json)));
          } catch (IllegalArgumentException | JsonProcessingException unreadable) {
            // The other hosts are still used.
          }
        });
    return hosts;
  }

  /** The scheduler's API, with the agent's keys and hosts. */
  public Scheduler scheduler() {
    EtcdSettings to = etcdSettings();
    SchedulerBuilder builder = Scheduler.builder().etcd(to.endpoints()).baseKey(base());
    if (to.user() != null && to.password() != null) {
      builder.user(to.user(), to.password());
    }
    if (to.ca() != null) {
      builder.tls(to.ca(), to.certificate(), to.key());
    }
    if (docker != null && docker.certificates() != null) {
      builder.dockerCertificates(docker.certificates());
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
        docker.credentials(),
        docker.requireTls(),
        granted());
  }

  /** {@code 1m30s}, or a number of seconds. */
  private static final class DurationReader extends StdDeserializer<Duration> {
    private static final long serialVersionUID = 1;

    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getValueAsString("");
      Duration duration = Durations.parse(text);
      if (duration == null) {
        throw JsonMappingException.from(
            parser, "\"" + text + "\" is not a duration such as 60s or 1m30s");
      }
      return duration;
    }
  }
}
