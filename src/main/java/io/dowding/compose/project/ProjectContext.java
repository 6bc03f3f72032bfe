package io.dowding.compose.project;

import io.dowding.compose.project.Yaml.Mapping;
import io.dowding.compose.project.Yaml.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all services of a project are written with. */
record ProjectContext(
    String project,
    Mapping tree,
    Path directory,
    Map<String, String> environment,
    ProjectOptions options,
    ProjectFiles files,
    List<String> notes) {

  /** What the file says of one of its volumes, networks, configs or secrets; null if nothing. */
  @Nullable Yaml resource(String section, String name) {
    return tree.get(section) instanceof Mapping all ? all.get(name) : null;
  }

  /** The name on the hosts and in etcd: the file's own, or the project's. */
  String ownName(String section, String name) {
    if (!(resource(section, name) instanceof Mapping said)) {
      return ProjectName.resource(project, name);
    }
    if (said.get("name") instanceof Scalar own && own.value() != null) {
      return own.text();
    }
    if (said.get("external") instanceof Mapping old && old.get("name") instanceof Scalar own) {
      return own.text();
    }
    return isExternal(said) ? name : ProjectName.resource(project, name);
  }

  static boolean isExternal(Mapping said) {
    return switch (said.get("external")) {
      case Mapping _ -> true;
      case Scalar flag -> flag.text().equals("true");
      case null, default -> false;
    };
  }
}
