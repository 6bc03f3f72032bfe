package io.dowding.compose.project;

import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Source;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The context in which all services of a project are written.
 *
 * @param environment the project's variables
 * @param environments those of each file
 * @param notes receives what users should know
 * @param unset receives the variables that are used but not set
 * @param missing receives what must be there before services can run
 * @param paths the paths on this machine
 */
record ProjectContext(
    String project,
    Mapping tree,
    Path directory,
    Map<String, String> environment,
    Map<Source, Map<String, String>> environments,
    ProjectOptions options,
    ProjectFiles files,
    Messages notes,
    Map<String, Position> unset,
    Messages missing,
    LocalPaths paths) {

  /** The value of a variable in the file of that place; null if it is not set. */
  @Nullable String variable(String name, Position at) {
    return environments.getOrDefault(at.source(), environment).get(name);
  }

  /** The file's entry for a volume, network, config or secret; null if there is none. */
  @Nullable Yaml resource(String section, String name) {
    return tree.get(section) instanceof Mapping all ? all.get(name) : null;
  }

  /** The name on hosts and in etcd: an explicit one, or one with the project's prefix. */
  String ownName(String section, String name) {
    boolean isContent = section.equals("configs") || section.equals("secrets");
    String whole =
        isContent ? ProjectName.content(project, name) : ProjectName.resource(project, name);
    if (!(resource(section, name) instanceof Mapping said)) {
      return whole;
    }
    // A variable in it may be empty.
    if (said.get("name") instanceof Scalar own && !own.text().isEmpty()) {
      return own.text();
    }
    if (said.get("external") instanceof Mapping old
        && old.get("name") instanceof Scalar own
        && !own.text().isEmpty()) {
      return own.text();
    }
    return isExternal(said) ? name : whole;
  }

  static boolean isExternal(Mapping said) {
    return switch (said.get("external")) {
      case Mapping _ -> true;
      case Scalar flag -> flag.isTrue();
      case null, default -> false;
    };
  }
}
