package io.dowding.compose.project;

import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/** The dependencies between services of a project. */
final class Graph {

  private static final List<String> NAMESPACES = List.of("network_mode", "ipc", "pid");

  private final Map<String, Mapping> services;
  private final Map<String, Map<String, Position>> needs = new TreeMap<>();
  private final Messages problems;
  private final Set<String> done = new HashSet<>();

  private Graph(Map<String, Mapping> services, Messages problems) {
    this.services = services;
    this.problems = problems;
    services.forEach((name, service) -> needs.put(name, needs(service)));
  }

  /** By name, with the place where the service names it. */
  static Map<String, Position> needs(Mapping service) {
    Map<String, Position> needs = new TreeMap<>();
    if (service.get("depends_on") instanceof Mapping all) {
      all.entries()
          .forEach(
              (name, how) -> {
                boolean isOptional =
                    how instanceof Mapping long_
                        && long_.get("required") instanceof Scalar required
                        && required.isFalse();
                if (!isOptional) {
                  needs.put(name, how.at());
                }
              });
    }
    for (String field : List.of("links", "volumes_from")) {
      if (service.get(field) instanceof Items list) {
        for (Yaml item : list.items()) {
          String text = item.json().asText();
          if (!text.startsWith("container:")) {
            needs.putIfAbsent(text.replaceFirst(":.*", ""), item.at());
          }
        }
      }
    }
    for (String field : NAMESPACES) {
      if (service.get(field) instanceof Scalar mode && mode.text().startsWith("service:")) {
        needs.putIfAbsent(mode.text().substring("service:".length()), mode.at());
      }
    }
    return needs;
  }

  /** The services that others wait for until they have completed. */
  static Set<String> completing(Map<String, Mapping> services) {
    Set<String> completing = new HashSet<>();
    for (Mapping service : services.values()) {
      if (service.get("depends_on") instanceof Mapping all) {
        all.entries()
            .forEach(
                (name, how) -> {
                  if (how instanceof Mapping long_
                      && ServiceWriter.text(long_, "condition")
                          .equals("service_completed_successfully")) {
                    completing.add(name);
                  }
                });
      }
    }
    return completing;
  }

  /**
   * Reports missing services and cycles.
   *
   * @param all also services of inactive profiles, which a service need not depend on
   */
  static void check(Map<String, Mapping> services, Map<String, Mapping> all, Messages problems) {
    Graph graph = new Graph(services, problems);
    services.forEach((name, service) -> graph.missing(name, service, all.keySet()));
    services.keySet().forEach(graph::walk);
  }

  private void missing(String name, Mapping service, Set<String> all) {
    Map<String, Position> missing = new TreeMap<>(undefined(service, all));
    needs.getOrDefault(name, Map.of()).forEach(missing::putIfAbsent);
    missing.keySet().removeAll(services.keySet());
    missing.forEach(
        (needed, at) ->
            problems.add(
                at
                    + ": services."
                    + name
                    + " needs "
                    + needed
                    + (all.contains(needed)
                        ? ", which is in a profile that is not active"
                        : ", which does not exist")));
  }

  /** The dependencies that do not exist, even optional ones. */
  private static Map<String, Position> undefined(Mapping service, Set<String> all) {
    Map<String, Position> undefined = new TreeMap<>();
    if (service.get("depends_on") instanceof Mapping written) {
      written
          .entries()
          .forEach(
              (needed, how) -> {
                if (!Places.isOutput(how.at()) && !all.contains(needed)) {
                  undefined.put(needed, how.at());
                }
              });
    }
    return undefined;
  }

  /** Without recursion: a way may be as long as there are services. */
  private void walk(String from) {
    SequencedMap<String, Iterator<String>> path = new LinkedHashMap<>();
    enter(from, path);
    while (!path.isEmpty()) {
      Map.Entry<String, Iterator<String>> last = path.lastEntry();
      if (last.getValue().hasNext()) {
        enter(last.getValue().next(), path);
      } else {
        done.add(last.getKey());
        path.pollLastEntry();
      }
    }
  }

  private void enter(String name, SequencedMap<String, Iterator<String>> path) {
    Mapping service = services.get(name);
    if (service == null || done.contains(name)) {
      return;
    }
    if (!path.containsKey(name)) {
      path.put(name, needs.getOrDefault(name, Map.of()).keySet().iterator());
      return;
    }
    List<String> way = List.copyOf(path.keySet());
    List<String> cycle = new ArrayList<>(way.subList(way.indexOf(name), way.size()));
    cycle.add(name);
    problems.add(
        service.at()
            + ": depends_on has a cycle, "
            + String.join(" -> ", cycle)
            + "; remove one of them");
    done.addAll(cycle);
  }
}
