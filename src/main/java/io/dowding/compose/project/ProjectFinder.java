package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the files of a project if none are given. */
final class ProjectFinder {

  private static final List<String> NAMES =
      List.of("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml");

  private ProjectFinder() {}

  /**
   * @param around the process's environment over {@code .env} here
   */
  static List<Path> files(ProjectOptions options, Map<String, String> around, ProjectFiles files) {
    if (!options.files().isEmpty()) {
      return options.files();
    }
    String variable = around.getOrDefault("COMPOSE_FILE", "");
    if (!variable.isEmpty()) {
      String separator = around.getOrDefault("COMPOSE_PATH_SEPARATOR", File.pathSeparator);
      return Arrays.stream(variable.split(java.util.regex.Pattern.quote(separator), -1))
          .map(options.workingDirectory()::resolve)
          .toList();
    }
    for (Path at = options.workingDirectory(); at != null; at = at.getParent()) {
      List<Path> found = in(at, files);
      if (!found.isEmpty()) {
        return found;
      }
    }
    throw new FileProblem(
        "there is no compose.yaml in "
            + options.workingDirectory()
            + " or above; name a file with -f FILE");
  }

  private static List<Path> in(Path directory, ProjectFiles files) {
    List<Path> found = new ArrayList<>();
    Path file = first(directory, NAMES, files);
    if (file != null) {
      found.add(file);
      List<String> overrides =
          NAMES.stream().map(name -> name.replaceFirst("\\.(ya?ml)$", ".override.$1")).toList();
      Path override = first(directory, overrides, files);
      if (override != null) {
        found.add(override);
      }
    }
    return found;
  }

  private static @Nullable Path first(Path directory, List<String> names, ProjectFiles files) {
    return names.stream()
        .map(directory::resolve)
        .filter(path -> files.kind(path) == ProjectFiles.Kind.FILE)
        .findFirst()
        .orElse(null);
  }

  /** Where relative paths start. */
  static Path directory(ProjectOptions options, List<Path> all) {
    Path first = all.getFirst();
    Path parent = first.getParent();
    return first.equals(ProjectFiles.STANDARD_INPUT) || parent == null
        ? options.workingDirectory()
        : parent;
  }
}
