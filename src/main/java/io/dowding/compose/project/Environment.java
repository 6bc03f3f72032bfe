package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The values of variables: the process's environment over {@code .env}. */
final class Environment {

  private static final String DISABLE = "COMPOSE_DISABLE_ENV_FILE";
  private static final Pattern DISABLED = Pattern.compile("1|t|T|true|True|TRUE");

  private Environment() {}

  /**
   * @param given files used instead of {@code .env}; they must exist
   * @param around takes precedence over the files
   * @param unset receives the variables that files use but that are not set
   * @throws FileProblem if a file cannot be read
   */
  static Map<String, String> of(
      Path directory,
      List<Path> given,
      Map<String, String> around,
      ProjectFiles files,
      Map<String, Position> unset) {
    Map<String, String> all = new LinkedHashMap<>();
    if (given.isEmpty() && !DISABLED.matcher(around.getOrDefault(DISABLE, "")).matches()) {
      Path dotEnv = directory.resolve(".env");
      if (files.kind(dotEnv) == ProjectFiles.Kind.FILE) {
        all.putAll(read(dotEnv, around, files, unset));
      }
    }
    for (Path file : given) {
      Map<String, String> known = new LinkedHashMap<>(all);
      known.putAll(around);
      all.putAll(read(file, known, files, unset));
    }
    all.putAll(around);
    return all;
  }

  static Map<String, String> read(
      Path file, Map<String, String> around, ProjectFiles files, Map<String, Position> unset) {
    Path directory = file.getParent();
    Source source = new Source(file.toString(), directory == null ? file : directory, Source.HOME);
    try {
      return DotEnv.read(source, files.variables(file), around, unset);
    } catch (IOException unreadable) {
      throw new FileProblem(file + " cannot be read: " + unreadable.getMessage());
    }
  }
}
