package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dowding.model.Names;
import io.dowding.model.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A Compose file, taken apart into services. Anchors and merge keys are YAML's own and are
 * resolved; variables are taken from the environment given. Immutable.
 *
 * @param services the definitions of those that can be run, in JSON, by name
 * @param contents by service: what its configs and secrets hold that are files of their own, by
 *     key, as {@code secrets/password}
 * @param problems of the others, and of what the file says beside its services
 */
public record ComposeFile(
    SortedMap<String, String> services,
    SortedMap<String, SortedMap<String, String>> contents,
    List<String> problems) {

  /** The files that it names. */
  @FunctionalInterface
  public interface Files {
    /**
     * @param path as it is written there
     * @throws IOException if it cannot be read, or is no text
     */
    String text(String path) throws IOException;
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST = 1000;
  private static final int LONGEST_NAME = 100;

  /** What is read, or means nothing here and harms nothing. */
  private static final List<String> TOP_LEVEL =
      List.of("services", "version", "name", "volumes", "networks", "configs", "secrets");

  /**
   * @param environment what {@code ${NAME}} stands for
   */
  public static ComposeFile read(String text, Map<String, String> environment, Files files) {
    List<String> problems = new ArrayList<>();
    SortedMap<String, String> services = new TreeMap<>();
    SortedMap<String, SortedMap<String, String>> contents = new TreeMap<>();
    JsonNode file = yaml(text, problems);
    JsonNode all = file == null ? null : file.get("services");
    if (file == null) {
      return new ComposeFile(services, contents, problems);
    }
    if (all == null || !all.isObject()) {
      problems.add("services: is missing: a Compose file has its services below it");
      return new ComposeFile(services, contents, problems);
    }
    topLevel(file, problems);
    ObjectNode beside = (ObjectNode) file.deepCopy();
    beside.remove("services");
    FileResources resources =
        new FileResources(interpolated(beside, "", environment, problems), environment, files);
    for (Map.Entry<String, JsonNode> entry : all.properties()) {
      String name = entry.getKey();
      List<String> wrong = new ArrayList<>();
      SortedMap<String, String> own = new TreeMap<>();
      JsonNode definition = interpolated(entry.getValue(), "", environment, wrong);
      if (definition instanceof ObjectNode service) {
        resources.writeInto(service, own, wrong);
      }
      List<String> told = wrong.stream().map(problem -> problem.replaceFirst(": .*", "")).toList();
      check(name, definition).stream()
          .filter(problem -> told.stream().noneMatch(path -> isAt(path, problem)))
          .forEach(wrong::add);
      if (wrong.isEmpty()) {
        services.put(name, definition.toString());
        contents.put(name, own);
      } else {
        String path = "services." + Printable.of(name, LONGEST_NAME);
        wrong.forEach(
            problem -> problems.add(path + (Names.isService(name) ? "." : ": ") + problem));
      }
    }
    return new ComposeFile(services, contents, problems);
  }

  /** Whether a text is meant to be such a file, and no single service, which is JSON. */
  public static boolean isOne(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return true;
    }
    JsonNode file = yaml(text, new ArrayList<>());
    return file != null && file.has("services");
  }

  private static @Nullable JsonNode yaml(String text, List<String> problems) {
    try {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      Object loaded = new Yaml(new SafeConstructor(options)).load(text);
      JsonNode node = new YamlTree().of(loaded);
      if (node.isObject()) {
        return node;
      }
      problems.add("is not a Compose file: it has no services");
    } catch (RuntimeException | StackOverflowError bad) {
      String why = String.valueOf(bad.getMessage()).replaceAll("\\s+", " ");
      problems.add("is not YAML: " + Printable.of(why, LONGEST));
    }
    return null;
  }

  private static void topLevel(JsonNode file, List<String> problems) {
    for (Map.Entry<String, JsonNode> entry : file.properties()) {
      String field = entry.getKey();
      if (!TOP_LEVEL.contains(field) && !field.startsWith("x-")) {
        problems.add(field + ": is not supported, and is left out");
      }
    }
  }

  private static List<String> check(String name, JsonNode definition) {
    if (!Names.isService(name)) {
      return List.of(
          "is not a service's name: lower case letters, digits, _ and -, at most 63; rename it");
    }
    try {
      ServiceReader.read(name, 0, definition.toString().getBytes(StandardCharsets.UTF_8));
      return List.of();
    } catch (InvalidServiceException invalid) {
      return invalid.problems();
    }
  }

  /** What is there or below there follows from what was told of it. */
  private static boolean isAt(String path, String problem) {
    return Stream.of(":", ".", "[").anyMatch(next -> problem.startsWith(path + next));
  }

  private static JsonNode interpolated(
      JsonNode node, String path, Map<String, String> environment, List<String> problems) {
    if (node.isTextual()) {
      List<String> unset = new ArrayList<>();
      JsonNode resolved = new TextNode(Variables.resolve(node.asText(), environment, unset));
      unset.forEach(problem -> problems.add(path + ": " + problem));
      return resolved;
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JSON.createObjectNode();
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
        copy.set(entry.getKey(), interpolated(entry.getValue(), below, environment, problems));
      }
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JSON.createArrayNode();
      for (int i = 0; i < array.size(); i++) {
        copy.add(interpolated(array.get(i), path + "[" + i + "]", environment, problems));
      }
      return copy;
    }
    return node;
  }
}
