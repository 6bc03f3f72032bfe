package io.dowding.compose.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A project, or one service, with the verdict of docker compose on it.
 *
 * @param files by path below the project's directory
 * @param verdict whether Compose accepts it, and its output then
 */
record ComposeCase(
    String id,
    SortedMap<String, String> files,
    Map<String, String> environment,
    List<String> arguments,
    JsonNode verdict) {

  static final String DIRECTORY = "/proj";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Small projects. */
  static Stream<ComposeCase> projects() throws IOException {
    return lines("/compose/files.jsonl").map(ComposeCase::project);
  }

  /** Forms of one field of a service. */
  static Stream<ComposeCase> forms() throws IOException {
    return lines("/compose/forms.jsonl").map(ComposeCase::form);
  }

  private static Stream<JsonNode> lines(String resource) throws IOException {
    try (var stream = ComposeCase.class.getResourceAsStream(resource)) {
      List<JsonNode> all = new ArrayList<>();
      for (String line :
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        all.add(JSON.readTree(line));
      }
      return all.stream();
    }
  }

  static ComposeCase project(JsonNode one) {
    SortedMap<String, String> files = new TreeMap<>();
    one.path("files")
        .properties()
        .forEach(file -> files.put(file.getKey(), file.getValue().asText()));
    Map<String, String> environment = new HashMap<>();
    one.path("env")
        .properties()
        .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
    List<String> arguments = new ArrayList<>();
    one.path("args").forEach(argument -> arguments.add(argument.asText()));
    return new ComposeCase(one.path("id").asText(), files, environment, arguments, one);
  }

  static ComposeCase form(JsonNode one) {
    boolean withImage = !one.path("because").asText().contains("image");
    SortedMap<String, String> files = new TreeMap<>(RESOURCES);
    files.put(
        "compose.yaml", withResources((ObjectNode) one.path("service"), withImage).toString());
    return new ComposeCase(
        one.path("id").asText(), files, Map.of(), List.of("--profile", "*"), one);
  }

  private static final Map<String, String> RESOURCES =
      Map.of("x.env", "A=1\n", "s1", "secret", "c1", "config");

  boolean isAccepted() {
    return verdict.path("compose").asText().equals("accepts");
  }

  /** How dowding differs from the recorded verdict; empty if it does not. */
  String difference() {
    if (!isAccepted()) {
      return ours().problems().isEmpty() ? "accepted, but Compose refuses it: " + verdict : "";
    }
    JsonNode printed = verdict.path("normalised");
    boolean isProject = printed.has("services");
    // Compose escapes dollar signs in a whole project, but not in a single service.
    String output =
        isProject
            ? printed.toString()
            : withResources((ObjectNode) printed, true).toString().replace("$", "$$");
    return difference(output.replace("PROJECT_DIR", DIRECTORY));
  }

  /** How dowding's reading of the project differs from its reading of Compose's output of it. */
  String difference(String output) {
    Project ours = ours();
    if (!refusals(ours).isEmpty()) {
      return "refused: " + ours.problems() + ", but Compose accepts it: " + this;
    }
    SortedMap<String, String> withOutput = new TreeMap<>(RESOURCES);
    withOutput.putAll(files);
    withOutput.keySet().removeIf(name -> name.endsWith("ml") || name.equals(".env"));
    withOutput.put("compose.yaml", output);
    Project normalized = load(withOutput, Map.of(), List.of("--profile", "*"));
    if (!refusals(normalized).isEmpty()) {
      return "its normal form is refused: " + normalized.problems() + " " + output;
    }
    SortedMap<String, String> own = definitions(ours);
    SortedMap<String, String> theirs = definitions(normalized);
    boolean isNamed = !output.contains("\"name\"") || ours.name().equals(normalized.name());
    return own.equals(theirs) && isNamed ? "" : "is\n" + own + "\nbut in Compose\n" + theirs;
  }

  /** Compose accepts contents that are not there yet. */
  private static List<String> refusals(Project project) {
    return project.problems().stream()
        .filter(problem -> !project.missing().contains(problem))
        .toList();
  }

  Project ours() {
    return load(files, environment, arguments);
  }

  private static SortedMap<String, String> definitions(Project project) {
    SortedMap<String, String> all = new TreeMap<>();
    project
        .services()
        .forEach((name, service) -> all.put(name, Meaning.of(name, service.definition())));
    return all;
  }

  private static Project load(
      SortedMap<String, String> files, Map<String, String> environment, List<String> arguments) {
    MemoryFiles all = new MemoryFiles();
    files.forEach((name, text) -> all.with(DIRECTORY + "/" + name, text));
    return ProjectLoader.load(options(environment, arguments), all);
  }

  /** A file with one service, and the networks, volumes, configs and secrets that it may use. */
  private static ObjectNode withResources(ObjectNode service, boolean withImage) {
    ObjectNode file = JSON.createObjectNode();
    ObjectNode s = service.deepCopy();
    if (withImage && !s.has("image") && !s.has("build")) {
      s.put("image", "x");
    }
    file.withObjectProperty("services").set("s", s);
    file.withObjectProperty("services").withObjectProperty("a").put("image", "x");
    file.withObjectProperty("networks").withObjectProperty("a");
    file.withObjectProperty("volumes").withObjectProperty("d");
    file.withObjectProperty("volumes").withObjectProperty("name");
    file.withObjectProperty("secrets").withObjectProperty("s1").put("file", "./s1");
    file.withObjectProperty("configs").withObjectProperty("c1").put("file", "./c1");
    return file;
  }

  private static ProjectOptions options(Map<String, String> environment, List<String> arguments) {
    List<Path> files = new ArrayList<>();
    List<Path> envFiles = new ArrayList<>();
    List<String> profiles = new ArrayList<>();
    String name = null;
    for (Iterator<String> each = arguments.iterator(); each.hasNext(); ) {
      switch (each.next()) {
        case "-f" -> files.add(Path.of(DIRECTORY, each.next()));
        case "--env-file" -> envFiles.add(Path.of(DIRECTORY, each.next()));
        case "--profile" -> profiles.add(each.next());
        case "-p" -> name = each.next();
        default -> throw new IllegalArgumentException("unknown: " + arguments);
      }
    }
    Map<String, String> all = new HashMap<>(Map.of("HOME", "/home/u"));
    all.putAll(environment);
    return new ProjectOptions(
        files, name, envFiles, profiles, List.of(), all, Path.of(DIRECTORY), null, false);
  }
}
