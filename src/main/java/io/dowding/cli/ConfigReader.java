package io.dowding.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.Durations;
import io.dowding.compose.Hints;
import io.dowding.compose.HostReader;
import io.dowding.compose.InventoryReader;
import io.dowding.compose.TextFile;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Source;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.YamlReader;
import io.dowding.etcd.EtcdSettings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the {@link Config} from a file and the environment. */
final class ConfigReader {

  private static final Duration LEAST_TTL = Duration.ofSeconds(2);
  private static final String ENVIRONMENT = "DOWDING_";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader()))
          .build();

  /** The variable of each setting, such as {@code DOWDING_ETCD_ENDPOINTS} of etcd.endpoints. */
  private static final Map<String, String> VARIABLES = variables("", ENVIRONMENT, Config.class);

  /** A setting that cannot be used, by its path. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;
    private final String path;

    Unusable(String path, String message) {
      super(path + ": " + message);
      this.path = path;
    }
  }

  private final Path file;
  private final Yaml tree;
  private final Map<String, String> environment;

  private ConfigReader(Path file, Yaml tree, Map<String, String> environment) {
    this.file = file;
    this.tree = tree;
    this.environment = environment;
  }

  /**
   * @throws IllegalArgumentException naming the file and line, or the variable, and the setting
   */
  static Config read(Path file, Map<String, String> environment) {
    checkNames(environment.keySet());
    Yaml tree = YamlReader.one(Source.of(file), text(file));
    return new ConfigReader(file, tree, environment).read();
  }

  private static String text(Path file) {
    try {
      return TextFile.read(file);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          file
              + ": cannot be read: "
              + unreadable.getMessage()
              + "; name another file with --config, or run this as a user who may read it",
          unreadable);
    }
  }

  /** The file and the line of a setting in it, or the file alone. */
  static String at(Path file, String setting) {
    Yaml tree = YamlReader.one(Source.of(file), text(file));
    return file + new ConfigReader(file, tree, Map.of()).line(setting);
  }

  private static void checkNames(Collection<String> names) {
    for (String name : names) {
      if (name.startsWith(ENVIRONMENT) && !VARIABLES.containsValue(name)) {
        throw new IllegalArgumentException(
            "environment: " + name + ": unknown setting" + nearest(name, VARIABLES.values()));
      }
    }
  }

  private static String nearest(String name, Collection<String> known) {
    return Hints.nearest(name, known).map(other -> "; did you mean " + other + "?").orElse("");
  }

  private Config read() {
    if (!(tree.json() instanceof ObjectNode root)) {
      throw new FileProblem(tree.at(), "is not a list of settings, each with its value");
    }
    VARIABLES.forEach(
        (path, variable) -> {
          String value = environment.get(variable);
          if (value != null) {
            set(root, path.split("\\."), value);
          }
        });
    try {
      Config config = JSON.treeToValue(root, Config.class);
      check(config);
      checkInventory(config.inventory());
      return config;
    } catch (JsonMappingException wrong) {
      throw problem(path(wrong), what(wrong));
    } catch (Unusable wrong) {
      throw problem(wrong.path, String.valueOf(wrong.getMessage()));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree that cannot be read", impossible);
    }
  }

  private static void set(ObjectNode root, String[] path, String value) {
    ObjectNode node = root;
    for (int n = 0; n < path.length - 1; n++) {
      node = node.get(path[n]) instanceof ObjectNode there ? there : node.putObject(path[n]);
    }
    node.put(path[path.length - 1], value);
  }

  private static Map<String, String> variables(String path, String prefix, Class<?> type) {
    Map<String, String> names = new LinkedHashMap<>();
    for (RecordComponent part : type.getRecordComponents()) {
      String name = prefix + part.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
      if (part.getType().isRecord()) {
        names.putAll(variables(path + part.getName() + ".", name + "_", part.getType()));
      } else {
        names.put(path + part.getName(), name);
      }
    }
    return names;
  }

  private IllegalArgumentException problem(String path, String message) {
    String variable = VARIABLES.get(path);
    if (variable != null && environment.containsKey(variable)) {
      return new IllegalArgumentException("environment: " + variable + ": " + message);
    }
    return new IllegalArgumentException(file + line(path) + ": " + message);
  }

  /** The line of the setting, or of the last part of its path that the file has. */
  private String line(String path) {
    String line = "";
    Yaml at = tree;
    for (String part : List.of(path.split("\\.", -1))) {
      Yaml next =
          switch (at) {
            case Yaml.Mapping mapping -> mapping.get(part);
            case Yaml.Items items when part.matches("\\d{1,6}") ->
                items.items().get(Integer.parseInt(part));
            case Yaml.Items _, Yaml.Scalar _ -> null;
          };
      if (next == null) {
        return line;
      }
      at = next;
      line = ":" + at.at().line();
    }
    return line;
  }

  private static String path(JsonMappingException wrong) {
    return wrong.getPath().stream()
        .map(
            part ->
                part.getFieldName() == null ? String.valueOf(part.getIndex()) : part.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String what(JsonMappingException wrong) {
    String message = String.valueOf(wrong.getOriginalMessage());
    if (wrong instanceof UnrecognizedPropertyException unknown) {
      List<String> known = unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
      message = "unknown setting" + nearest(unknown.getPropertyName(), known);
    } else if (message.startsWith("Cannot ")) {
      message = "has the wrong form; see config/dowding.yaml";
    }
    return path(wrong) + ": " + message.lines().findFirst().orElse("");
  }

  private static void check(Config config) throws Unusable {
    if (!config.base().matches("(/[A-Za-z0-9_.-]+)+")) {
      throw new Unusable("baseKey", '"' + config.base() + "\" is not a path such as /schedule");
    }
    if (config.ttl().compareTo(LEAST_TTL) < 0) {
      throw new Unusable("leaseTtl", "is less than " + LEAST_TTL.toSeconds() + "s");
    }
    if (!config.httpPart().isValid()) {
      throw new Unusable(
          "http.listen",
          '"' + config.httpPart().listen() + "\" is not an address such as 127.0.0.1:9311, or off");
    }
    Config.EtcdPart etcd = config.etcd();
    if (etcd != null) {
      check(etcd);
    }
    PolicyPart policy = config.policy();
    if (policy != null && policy.allow() != null) {
      for (int n = 0; n < policy.allow().size(); n++) {
        if (policy.allow().get(n).services() == null) {
          throw new Unusable(
              "policy.allow." + n, "has no services; add some, such as services: \"db*\"");
        }
      }
    }
    EncryptionPart encryption = config.encryption();
    for (int n = 0; encryption != null && n < encryption.all().size(); n++) {
      String problem = encryption.problem(n);
      if (problem != null) {
        throw new Unusable("encryption.keys." + n, problem);
      }
    }
    DockerPart docker = config.docker();
    if (docker != null && docker.registries() != null) {
      for (int n = 0; n < docker.registries().size(); n++) {
        if (!docker.registries().get(n).isWhole()) {
          throw new Unusable(
              "docker.registries." + n, "needs address, username, and password or passwordFile");
        }
      }
    }
    if (config.reserve() != null) {
      check(config.reserve());
    }
  }

  private static void check(Config.EtcdPart etcd) throws Unusable {
    if (etcd.endpoints() != null && !EtcdSettings.areEndpoints(etcd.endpoints())) {
      throw new Unusable(
          "etcd.endpoints",
          '"'
              + String.join(",", etcd.endpoints())
              + "\" is not such as http://127.0.0.1:2379 or 127.0.0.1:2379, or a list of these");
    }
    boolean inFile = etcd.passwordFile() != null;
    if (inFile && etcd.password() != null) {
      throw new Unusable("etcd.passwordFile", "there is a password, too; remove one of them");
    }
    if ((inFile || etcd.password() != null) != (etcd.user() != null)) {
      throw new Unusable("etcd", "needs both user, and password or passwordFile, or none of them");
    }
    if ((etcd.certificate() == null) != (etcd.key() == null)) {
      throw new Unusable("etcd", "needs both certificate and key, or neither");
    }
  }

  /** A host of a list is refused where it is in the file. */
  private void checkInventory(@Nullable JsonNode inventory) throws Unusable {
    Yaml list = tree instanceof Yaml.Mapping settings ? settings.get("inventory") : null;
    if (inventory == null) {
      return;
    }
    if (inventory.isArray() && list != null) {
      InventoryReader.read(list);
    } else if (!inventory.path("file").isTextual() && !inventory.path("etcd").asBoolean()) {
      throw new Unusable(
          "inventory",
          "is not a list of hosts, each with hostname and docker, nor file: and a path, nor etcd: true");
    }
  }

  private static void check(JsonNode reserve) throws Unusable {
    try {
      HostReader.reserve("reserve", reserve);
    } catch (IllegalArgumentException bad) {
      String[] parts = String.valueOf(bad.getMessage()).split(": ", 2);
      throw new Unusable(parts[0], parts[parts.length - 1]);
    }
  }

  /** {@code 1m30s}. */
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
      if (!duration.isZero() && text.strip().chars().allMatch(Character::isDigit)) {
        throw JsonMappingException.from(
            parser, text.strip() + " has no unit; write " + text.strip() + "s for seconds");
      }
      return duration;
    }
  }
}
