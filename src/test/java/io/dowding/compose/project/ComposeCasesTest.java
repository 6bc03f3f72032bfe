package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Cases recorded from docker compose. dowding must accept what Compose accepts, with the same
 * meaning as the output of {@code docker compose config}, and refuse what Compose refuses.
 */
@DisplayName("Compose files are read like docker compose reads them")
class ComposeCasesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DIRECTORY = "/proj";

  private static final String RELATIVE = "a path on this machine does not exist on the hosts";
  private static final String ENGINE = "no engine accepts it";
  private static final String FOREIGN = "unmanaged containers are left alone";

  /** Intended differences, with the reason. */
  private static final Map<String, String> DIFFERENT =
      Map.ofEntries(
          Map.entry("merge-two", "Compose takes a one-letter volume for a Windows drive"),
          Map.entry("envfile-raw", "newer versions support raw"),
          Map.entry("svc-names", "dowding gives a.b and A-b the same name"),
          Map.entry("relbind", RELATIVE),
          Map.entry("form-105", RELATIVE),
          Map.entry("form-106", RELATIVE),
          Map.entry("form-108", RELATIVE),
          Map.entry("form-130", RELATIVE),
          Map.entry("form-115", ENGINE),
          Map.entry("form-121", "non-recursive mounts are not supported"),
          Map.entry("form-124", "needs engine version 28 or newer"),
          Map.entry("form-126", "only on Windows"),
          Map.entry("form-127", "only with Swarm"),
          Map.entry("form-139", "dowding accepts seconds without a unit"),
          Map.entry("form-144", "dowding accepts days"),
          Map.entry("form-148", ENGINE),
          Map.entry("form-150", ENGINE),
          Map.entry("form-267", "dowding accepts a name alone"),
          Map.entry("form-288", ENGINE),
          Map.entry("form-289", ENGINE),
          Map.entry("form-316", FOREIGN),
          Map.entry("form-318", "a network must be written below networks"),
          Map.entry("form-339", FOREIGN),
          Map.entry("form-349", "only with Swarm"),
          Map.entry("form-366", "only on Windows"),
          Map.entry("form-279", "0 is the same as no value"),
          Map.entry("form-354", "0 is the same as no value"),
          Map.entry("form-381", "dowding does not build"),
          Map.entry("form-372", "a duration is a plain string in dowding"));

  @TestFactory
  @DisplayName("a project has the same meaning as in Compose")
  Stream<DynamicTest> files() throws IOException {
    return cases("/compose/files.jsonl").map(one -> test(one, ComposeCasesTest::file));
  }

  @TestFactory
  @DisplayName("a form of a field has the same meaning as in Compose")
  Stream<DynamicTest> forms() throws IOException {
    return cases("/compose/forms.jsonl").map(one -> test(one, ComposeCasesTest::form));
  }

  private interface Loader {
    Project of(JsonNode one);
  }

  private static DynamicTest test(JsonNode one, Loader loader) {
    String id = one.path("id").asText();
    return DynamicTest.dynamicTest(
        id,
        () -> {
          String difference = difference(one, loader.of(one));
          if (DIFFERENT.containsKey(id)) {
            assertThat(difference).as("differs: " + DIFFERENT.get(id)).isNotEmpty();
          } else {
            assertThat(difference).isEmpty();
          }
        });
  }

  private static String difference(JsonNode one, Project ours) {
    if (!accepts(one)) {
      return ours.problems().isEmpty() ? "accepted, but Compose refuses it: " + one : "";
    }
    if (!ours.problems().isEmpty()) {
      return "refused: " + ours.problems() + ", but Compose accepts it: " + one;
    }
    Project normalized = normalized(one);
    if (!normalized.problems().isEmpty()) {
      return "its normal form is refused: " + normalized.problems() + " " + one;
    }
    SortedMap<String, String> own = definitions(ours);
    SortedMap<String, String> theirs = definitions(normalized);
    boolean isNamed = !one.path("normalised").has("name") || ours.name().equals(normalized.name());
    return own.equals(theirs) && isNamed ? "" : "is\n" + own + "\nbut in Compose\n" + theirs;
  }

  private static boolean accepts(JsonNode one) {
    return one.path("compose").asText().equals("accepts");
  }

  private static SortedMap<String, String> definitions(Project project) {
    SortedMap<String, String> all = new TreeMap<>();
    project
        .services()
        .forEach((name, service) -> all.put(name, Meaning.of(name, service.definition())));
    return all;
  }

  /** The output of docker compose config, read as a Compose file. */
  private static Project normalized(JsonNode one) {
    JsonNode printed = one.path("normalised");
    // Compose escapes dollar signs in a whole project, but not in a single service.
    String file =
        printed.has("services")
            ? printed.toString()
            : withResources((ObjectNode) printed, true).toString().replace("$", "$$");
    MemoryFiles files =
        resources().with(DIRECTORY + "/compose.yaml", file.replace("PROJECT_DIR", DIRECTORY));
    return ProjectLoader.load(options(List.of(), Map.of(), List.of("--profile", "*")), files);
  }

  private static Project file(JsonNode one) {
    MemoryFiles files = new MemoryFiles();
    one.path("files")
        .properties()
        .forEach(file -> files.with(DIRECTORY + "/" + file.getKey(), file.getValue().asText()));
    Map<String, String> environment = new HashMap<>();
    one.path("env")
        .properties()
        .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
    List<String> arguments = new ArrayList<>();
    one.path("args").forEach(argument -> arguments.add(argument.asText()));
    return ProjectLoader.load(options(List.of(), environment, arguments), files);
  }

  private static Project form(JsonNode one) {
    MemoryFiles files =
        resources()
            .with(
                DIRECTORY + "/compose.yaml",
                withResources(
                        (ObjectNode) one.path("service"),
                        !one.path("because").asText().contains("image"))
                    .toString());
    return ProjectLoader.load(options(List.of(), Map.of(), List.of("--profile", "*")), files);
  }

  private static MemoryFiles resources() {
    return new MemoryFiles()
        .with(DIRECTORY + "/x.env", "A=1\n")
        .with(DIRECTORY + "/s1", "secret")
        .with(DIRECTORY + "/c1", "config");
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

  private static ProjectOptions options(
      List<String> services, Map<String, String> environment, List<String> arguments) {
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
        files, name, envFiles, profiles, services, all, Path.of(DIRECTORY), null, false);
  }

  private static Stream<JsonNode> cases(String resource) throws IOException {
    try (var stream = ComposeCasesTest.class.getResourceAsStream(resource)) {
      List<JsonNode> all = new ArrayList<>();
      for (String line :
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        all.add(JSON.readTree(line));
      }
      return all.stream();
    }
  }
}
