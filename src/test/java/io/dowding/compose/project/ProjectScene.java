package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Loads Compose projects from files in memory. */
abstract class ProjectScene {

  private static final Map<String, String> ENVIRONMENT = Map.of("HOME", "/home/u", "TAG", "1.29");

  final MemoryFiles files = new MemoryFiles();

  Project load(String compose, String... services) {
    files.with("/shop/compose.yaml", compose);
    return ProjectLoader.load(options(List.of(services), ENVIRONMENT, null, false), files);
  }

  Project loadOutput(String text) {
    files.with("-", text);
    return ProjectLoader.load(
        new ProjectOptions(
            List.of(ProjectFiles.STANDARD_INPUT),
            "shop",
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            Path.of("/shop"),
            null,
            false),
        files);
  }

  /** Of the project in {@code /shop}. */
  static ProjectOptions options(
      List<String> services,
      Map<String, String> environment,
      @Nullable Path directory,
      boolean strict) {
    return new ProjectOptions(
        List.of(),
        null,
        List.of(),
        List.of(),
        services,
        environment,
        Path.of("/shop"),
        directory,
        strict);
  }

  static JsonNode definition(Project project, String name) throws Exception {
    assertThat(project.problems()).isEmpty();
    return new ObjectMapper()
        .readTree(Objects.requireNonNull(project.services().get(name), name).definition());
  }
}
