package io.dowding.compose.project;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.model.Content;
import io.dowding.model.Service;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Checks the definitions of a project as the agent does, and says where in the file a problem is.
 */
final class DefinitionCheck {

  private final ProjectContext context;
  private final Map<String, Content> contents;
  private final Messages problems;

  /**
   * @param contents by key
   * @param problems receives the problems, with their places
   */
  DefinitionCheck(ProjectContext context, Map<String, Content> contents, Messages problems) {
    this.context = context;
    this.contents = contents;
    this.problems = problems;
  }

  /** Reports problems with their place in the file, if known. */
  void service(String composeName, String name, Mapping service, ObjectNode definition) {
    try {
      ServiceReader.read(name, 0, definition.toString().getBytes(StandardCharsets.UTF_8));
    } catch (InvalidServiceException invalid) {
      for (String problem : invalid.problems()) {
        problems.add(placed(composeName, service, problem));
      }
    }
  }

  /** Compose parses these fields of services whose profile is not active, and no others. */
  void inactive(String composeName, Mapping service) {
    ObjectNode parsed = JsonNodeFactory.instance.objectNode().put("image", "any");
    for (String field : List.of("ports", "extra_hosts")) {
      Yaml value = service.get(field);
      if (value != null) {
        parsed.set(field, value.json());
      }
    }
    service(composeName, "any", service, parsed);
  }

  /** The agent refuses what does not fit into {@code versions/}. */
  void size(Mapping service, ObjectNode definition, List<String> keys) {
    long bytes = definition.toString().getBytes(StandardCharsets.UTF_8).length;
    for (String key : keys) {
      Content content = contents.get(key);
      bytes += content == null ? 0 : content.size();
    }
    if (bytes > Service.MOST_BYTES) {
      throw new FileProblem(
          service.at(),
          "the definition and its contents have "
              + bytes
              + " bytes, more than the "
              + Service.MOST_BYTES
              + " allowed: put what is large into the image or a volume");
    }
  }

  /** Where the file says it: what a service has of the project's own resources is said there. */
  private String placed(String composeName, Mapping service, String problem) {
    for (String section : List.of("volumes", "networks")) {
      String written = "x-dowding." + section + ".";
      if (problem.startsWith(written)
          && context.tree().get(section) instanceof Mapping declared
          && !isWritten(service, section)) {
        for (Map.Entry<String, Yaml> one : declared.entries().entrySet()) {
          String own = written + context.ownName(section, one.getKey());
          if (problem.startsWith(own + ".") || problem.startsWith(own + ":")) {
            String rest = problem.substring(own.length());
            return Places.of(one.getValue(), rest) + ": " + section + "." + one.getKey() + rest;
          }
        }
      }
    }
    String inFile = problem;
    if (service.get("networks") instanceof Mapping networks) {
      for (String name : networks.entries().keySet()) {
        String own = "networks." + context.ownName("networks", name);
        if (problem.startsWith(own + ".") || problem.startsWith(own + ":")) {
          inFile = "networks." + name + problem.substring(own.length());
        }
      }
    }
    return Places.of(service, inFile) + ": services." + composeName + "." + inFile;
  }

  private static boolean isWritten(Mapping service, String section) {
    return service.get("x-dowding") instanceof Mapping extras && extras.get(section) != null;
  }
}
