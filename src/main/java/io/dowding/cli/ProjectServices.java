package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.dowding.compose.project.Project;
import io.dowding.model.Content;
import io.dowding.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys in etcd that belong to one Compose project: services by the project's name in them,
 * contents by the lists of contents in these services.
 */
final class ProjectServices {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> CONTENTS = List.of("configs", "secrets");

  private final String project;
  private final NavigableMap<String, JsonNode> there = new TreeMap<>();

  /**
   * @param definitions of all services, by name
   */
  ProjectServices(String project, Map<String, String> definitions) {
    this.project = project;
    definitions.forEach((name, definition) -> there.put(name, json(definition)));
  }

  /** The project that a definition belongs to, or empty. */
  private static String projectOf(JsonNode definition) {
    return definition.path("x-dowding").path("project").asText();
  }

  private boolean isOurs(JsonNode definition) {
    return !project.isEmpty() && projectOf(definition).equals(project);
  }

  /** The project's services, by name. */
  List<String> ours() {
    return there.entrySet().stream()
        .filter(entry -> isOurs(entry.getValue()))
        .map(Map.Entry::getKey)
        .filter(Names::isService)
        .toList();
  }

  private List<JsonNode> definitions() {
    return there.values().stream().filter(this::isOurs).toList();
  }

  /** Conflicts: existing keys that belong to others. */
  List<String> problems(Project wanted, Function<String, Optional<byte[]>> content) {
    List<String> problems = new ArrayList<>();
    for (String name : wanted.services().keySet()) {
      JsonNode other = there.get(name);
      if (other != null && !isOurs(other)) {
        String owner = projectOf(other);
        problems.add(
            "service "
                + name
                + " of project "
                + project
                + " is already there and belongs to "
                + (owner.isEmpty() ? "no project" : "project " + owner)
                + "; choose another project name with -p, or remove it first");
      }
    }
    there.forEach(
        (name, other) -> {
          if (!isOurs(other)) {
            used(other).stream()
                .filter(key -> wanted.contents().containsKey(key))
                .forEach(
                    key ->
                        problems.add(
                            key
                                + " is also used by service "
                                + name
                                + ", which is not part of project "
                                + project
                                + "; rename it"));
          }
        });
    Set<String> written = written();
    wanted
        .contents()
        .forEach(
            (key, value) -> {
              if (!written.contains(key)
                  && content
                      .apply(key)
                      .map(Content::of)
                      .filter(is -> !is.equals(value))
                      .isPresent()) {
                problems.add(
                    key
                        + " is already there with another value, which was not written for project "
                        + project
                        + "; declare it external, rename it, or delete that key first");
              }
            });
    return problems;
  }

  /** Services of the project that are no longer in its files. */
  List<String> vanished(Project wanted) {
    return ours().stream()
        .filter(name -> !wanted.services().containsKey(name))
        .filter(name -> !wanted.inactive().contains(name))
        .toList();
  }

  /**
   * Contents written for the project that no service uses once these are removed. A definition can
   * list any key, so only those with the project's name are certainly the project's.
   *
   * @param wanted what is written at the same time, if anything
   */
  Set<String> unused(List<String> removed, @Nullable Project wanted) {
    return unused(removed, wanted, this::hasOurName);
  }

  /** Contents that the project lists, that no service uses any more, and that stay. */
  Set<String> doubtful(List<String> removed, @Nullable Project wanted) {
    return unused(removed, wanted, key -> !hasOurName(key));
  }

  /** A sentence for a person about one of {@link #doubtful}. */
  static String stays(String key) {
    return key
        + " stays: its name is not the project's, so others may need it; delete that key if not";
  }

  private boolean hasOurName(String key) {
    return key.startsWith(project + "_", key.indexOf('/') + 1);
  }

  private Set<String> unused(
      List<String> removed, @Nullable Project wanted, Predicate<String> which) {
    Set<String> keys = new TreeSet<>();
    definitions().stream()
        .flatMap(ProjectServices::listed)
        .filter(Names::isContentKey)
        .filter(which)
        .forEach(keys::add);
    there.values().stream()
        .filter(definition -> !isOurs(definition))
        .flatMap(ProjectServices::listed)
        .forEach(keys::remove);
    NavigableMap<String, JsonNode> remaining = new TreeMap<>(there);
    remaining.keySet().removeAll(removed);
    if (wanted != null) {
      wanted.services().forEach((name, service) -> remaining.put(name, json(service.definition())));
    }
    remaining.values().forEach(definition -> keys.removeAll(used(definition)));
    return keys;
  }

  private Set<String> written() {
    Set<String> keys = new TreeSet<>();
    for (JsonNode definition : definitions()) {
      if (contents(definition).isArray()) {
        listed(definition).forEach(keys::add);
      } else {
        // Written by a release that kept no such list.
        keys.addAll(used(definition));
      }
    }
    return keys;
  }

  private static JsonNode contents(JsonNode definition) {
    return definition.path("x-dowding").path("contents");
  }

  private static Stream<String> listed(JsonNode definition) {
    return contents(definition).valueStream().map(JsonNode::asText);
  }

  /** One that was written by hand and is not JSON belongs to no project. */
  private static JsonNode json(String definition) {
    try {
      return JSON.readTree(definition);
    } catch (JsonProcessingException notJson) {
      return MissingNode.getInstance();
    }
  }

  private static Set<String> used(JsonNode definition) {
    Set<String> keys = new TreeSet<>();
    for (String kind : CONTENTS) {
      for (JsonNode item : definition.path(kind)) {
        keys.add(kind + "/" + (item.isTextual() ? item : item.path("source")).asText());
      }
    }
    return keys;
  }
}
