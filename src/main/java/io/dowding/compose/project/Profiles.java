package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Selects services of a project, by {@code profiles} and by name. */
final class Profiles {

  private final Set<String> active;
  private final List<String> wanted;

  private Profiles(Set<String> active, List<String> wanted) {
    this.active = active;
    this.wanted = wanted;
  }

  static Profiles of(ProjectOptions options, Map<String, String> environment) {
    Set<String> active = new LinkedHashSet<>(options.profiles());
    if (active.isEmpty()) {
      // If none is given, the empty one is active, as in profiles: ["${UNSET}"].
      Arrays.stream(environment.getOrDefault("COMPOSE_PROFILES", "").split(",", -1))
          .map(String::strip)
          .forEach(active::add);
    }
    return new Profiles(active, options.services());
  }

  /** The selected services; with names, also their dependencies. */
  Map<String, Mapping> enabled(Map<String, Mapping> all) {
    Map<String, Mapping> enabled = new TreeMap<>();
    all.forEach(
        (name, service) -> {
          if (wanted.contains(name) || isActive(service)) {
            enabled.put(name, service);
          }
        });
    if (wanted.isEmpty()) {
      return enabled;
    }
    Map<String, Mapping> reached = new TreeMap<>();
    Deque<String> next = new ArrayDeque<>(wanted);
    while (!next.isEmpty()) {
      String name = next.pop();
      Mapping service = enabled.get(name);
      if (service == null && wanted.contains(name)) {
        throw new FileProblem("no such service: " + name);
      }
      if (service != null && reached.put(name, service) == null) {
        next.addAll(Graph.needs(service).keySet());
      }
    }
    return reached;
  }

  private boolean isActive(Mapping service) {
    if (!(service.get("profiles") instanceof Items list) || list.items().isEmpty()) {
      return true;
    }
    return active.contains("*")
        || list.items().stream().anyMatch(item -> active.contains(item.json().asText()));
  }
}
