package io.dowding.compose.project;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.project.Project.ProjectService;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Writes each service of a project as a self-contained definition: with the project's names for its
 * resources, and with their settings from the file.
 */
final class ServiceWriter {

  /** Fields without meaning on hosts that build nothing and show no output. */
  private static final List<String> DROPPED =
      List.of("attach", "build", "develop", "env_file", "label_file", "links", "profiles", "scale");

  private final ProjectContext context;
  private final Map<String, Mapping> all;
  private final Map<String, Mapping> services;
  private final SortedMap<String, Content> contents;
  private final Messages problems;
  private final Map<String, String> names = new TreeMap<>();
  private final DeployWriter deploy;
  private final NetworkWriter networks;
  private final DefinitionCheck check;

  ServiceWriter(
      ProjectContext context,
      Map<String, Mapping> all,
      Map<String, Mapping> services,
      SortedMap<String, Content> contents,
      DefinitionCheck check,
      Messages problems) {
    this.context = context;
    this.services = services;
    this.contents = contents;
    this.problems = problems;
    this.all = all;
    this.networks = new NetworkWriter(context, all);
    this.check = check;
    this.deploy = new DeployWriter(context, all);
  }

  SortedMap<String, ProjectService> all() {
    nameAll();
    claimPaths();
    SortedMap<String, ProjectService> written = new TreeMap<>();
    List.copyOf(names.entrySet())
        .forEach(
            entry -> {
              String composeName = entry.getKey();
              String name = entry.getValue();
              Mapping service = services.get(composeName);
              if (service == null) {
                return;
              }
              List<String> keys = new ArrayList<>();
              int before = problems.added();
              ObjectNode definition = definition(composeName, service, keys);
              if (problems.added() == before) {
                check.service(composeName, name, service, definition);
                problems.catching(() -> check.size(service, definition, keys));
              }
              if (problems.added() == before) {
                written.put(name, new ProjectService(composeName, definition.toString(), keys));
              }
            });
    return written;
  }

  /** Also those of inactive services, which may become active later. */
  private void claimPaths() {
    if (context.tree().get("configs") instanceof Mapping declared) {
      declared
          .entries()
          .keySet()
          .forEach(name -> context.paths().declareConfig(context.ownName("configs", name)));
    }
    for (Mapping service : all.values()) {
      problems.catching(() -> VolumeClaims.claim(context, service));
    }
  }

  private void nameAll() {
    Map<String, String> taken = new TreeMap<>();
    services.forEach(
        (composeName, service) -> {
          String name = ProjectName.service(context.project(), composeName);
          if (name == null) {
            problems.add(
                service.at()
                    + ": "
                    + context.project()
                    + "-"
                    + composeName
                    + " is not a service's name: it must end with a letter or a digit");
            return;
          }
          String other = taken.put(name, composeName);
          if (other != null) {
            problems.add(
                service.at()
                    + ": "
                    + composeName
                    + " and "
                    + other
                    + " would both be "
                    + name
                    + "; rename one");
          }
          names.put(composeName, name);
        });
    // Those that are not wanted now may be there already.
    all.keySet()
        .forEach(
            other -> {
              String name = ProjectName.service(context.project(), other);
              if (name != null) {
                names.putIfAbsent(other, name);
              }
            });
  }

  private ObjectNode definition(String composeName, Mapping service, List<String> keys) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    service
        .entries()
        .forEach(
            (field, value) -> {
              if (!DROPPED.contains(field) && !isForOthers(field)) {
                json.set(field, value.json());
              }
            });
    pairs(service, json, "sysctls");
    pairs(service, json, "annotations");
    logging(service, json);
    EnvironmentWriter variables = new EnvironmentWriter(context);
    List<Runnable> steps =
        List.of(
            () -> image(composeName, service, json),
            () -> json.set("environment", variables.environment(service)),
            () -> variables.hooks(service, json),
            () -> new CommandWriter(context).write(composeName, service, json),
            () -> labels(composeName, service, json),
            () -> deploy.write(composeName, service, json),
            () -> networks.write(composeName, service, json),
            () -> new ContentWriter(context, contents, keys).write(service, json),
            () ->
                new VolumeWriter(context, contents, keys, problems)
                    .write(composeName, service, json),
            () -> dependencies(service, json));
    steps.forEach(problems::catching);
    ObjectNode extras = json.withObjectProperty("x-dowding");
    extras.put("project", context.project());
    extras.remove("contents");
    if (!keys.isEmpty()) {
      ArrayNode contents = extras.putArray("contents");
      new TreeSet<>(keys).forEach(contents::add);
    }
    return json;
  }

  private static boolean isForOthers(String field) {
    return field.startsWith("x-") && !field.equals("x-dowding");
  }

  private void image(String composeName, Mapping service, ObjectNode json) {
    Yaml build = service.get("build");
    if (build != null && service.get("image") == null) {
      throw new FileProblem(
          build.at(),
          "services."
              + composeName
              + " is built from source; build and push its image, and name it in image:");
    }
    if (build != null) {
      context.notes().add(build.at() + ": build is not used; the hosts pull the image");
    }
    if (json.path("pull_policy").asText().equals("build")) {
      json.remove("pull_policy");
    }
  }

  private void labels(String composeName, Mapping service, ObjectNode json) {
    ObjectNode labels = new EnvironmentWriter(context).labels(service);
    labels.put("com.docker.compose.project", context.project());
    labels.put("com.docker.compose.service", composeName);
    json.set("labels", labels);
  }

  /** A missing value counts as empty. */
  private static void pairs(Mapping service, ObjectNode json, String field) {
    if (service.get(field) instanceof Mapping all) {
      ObjectNode texts = json.objectNode();
      all.entries().forEach((key, value) -> texts.put(key, Merger.text(value)));
      json.set(field, texts);
    }
  }

  private static void logging(Mapping service, ObjectNode json) {
    if (service.get("logging") instanceof Mapping logging
        && logging.get("options") instanceof Mapping options) {
      ObjectNode texts = json.withObjectProperty("logging").putObject("options");
      options.entries().forEach((key, value) -> texts.put(key, Merger.text(value)));
    }
  }

  /** Uses the names in etcd; links are dependencies too. */
  private void dependencies(Mapping service, ObjectNode json) {
    ObjectNode all = json.objectNode();
    if (service.get("depends_on") instanceof Mapping written) {
      written
          .entries()
          .forEach(
              (needed, how) -> {
                if (services.containsKey(needed)) {
                  all.set(names.getOrDefault(needed, needed), how.json());
                }
              });
    }
    if (service.get("links") instanceof Items links) {
      links.items().stream()
          .map(link -> names.get(link.json().asText().replaceFirst(":.*", "")))
          .flatMap(Stream::ofNullable)
          .filter(needed -> !all.has(needed))
          .forEach(needed -> all.putObject(needed).put("restart", true));
    }
    if (all.isEmpty()) {
      json.remove("depends_on");
    } else {
      json.set("depends_on", all);
    }
    for (String field : List.of("network_mode", "ipc", "pid")) {
      String mode = text(service, field);
      if (mode.startsWith("service:")) {
        String other = mode.substring("service:".length());
        json.put(field, "service:" + names.getOrDefault(other, other));
      }
    }
    if (service.get("volumes_from") instanceof Items others) {
      var renamed = json.putArray("volumes_from");
      for (Yaml other : others.items()) {
        String[] parts = other.json().asText().split(":", 2);
        String rest = parts.length > 1 ? ":" + parts[1] : "";
        renamed.add(names.getOrDefault(parts[0], parts[0]) + rest);
      }
    }
    if (json.path("x-dowding").path("parent").isTextual()) {
      String parent = json.path("x-dowding").path("parent").asText();
      String whose = parent.replaceFirst("\\..*", "");
      json.withObjectProperty("x-dowding")
          .put("parent", names.getOrDefault(whose, whose) + parent.substring(whose.length()));
    }
  }

  /** A field's text, or empty. */
  static String text(Mapping mapping, String field) {
    return mapping.get(field) instanceof Scalar scalar ? scalar.text() : "";
  }
}
