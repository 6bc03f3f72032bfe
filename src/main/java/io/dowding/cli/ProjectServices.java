package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.ServiceInfo;
import io.dowding.compose.project.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds which services in etcd belong to which Compose project. */
final class ProjectServices {

  private ProjectServices() {}

  /** The project that a service belongs to, or empty. */
  static String projectOf(ServiceInfo service) {
    return service.definition().path("x-dowding").path("project").asText();
  }

  /** Conflicts: existing services of the same names that belong to others. */
  static List<String> taken(Project project, Map<String, ServiceInfo> there) {
    List<String> problems = new ArrayList<>();
    for (String name : project.services().keySet()) {
      ServiceInfo other = there.get(name);
      if (other == null || projectOf(other).equals(project.name())) {
        continue;
      }
      String owner = projectOf(other);
      problems.add(
          "service "
              + name
              + " of project "
              + project.name()
              + " already exists and belongs to "
              + (owner.isEmpty() ? "no project" : "project " + owner)
              + "; choose another project name with -p, or remove it first");
    }
    return problems;
  }

  /** Configs and secrets of the project that services of others use. */
  static List<String> takenContents(Project project, Map<String, ServiceInfo> there) {
    List<String> problems = new ArrayList<>();
    for (ServiceInfo other : there.values()) {
      if (projectOf(other).equals(project.name())) {
        continue;
      }
      for (String kind : List.of("configs", "secrets")) {
        for (JsonNode item : other.definition().path(kind)) {
          String key = kind + "/" + (item.isTextual() ? item : item.path("source")).asText();
          if (project.contents().containsKey(key)) {
            problems.add(
                key
                    + " is also used by service "
                    + other.id()
                    + ", which is not part of project "
                    + project.name()
                    + "; rename it");
          }
        }
      }
    }
    return problems;
  }

  /** Services of the project that are no longer in its files. */
  static List<String> vanished(Project project, Map<String, ServiceInfo> there) {
    return there.values().stream()
        .filter(service -> projectOf(service).equals(project.name()))
        .map(ServiceInfo::id)
        .filter(name -> !project.services().containsKey(name))
        .filter(name -> !project.inactive().contains(name))
        .toList();
  }
}
