package io.dowding.plan;

import io.dowding.model.Service;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The services of each Compose project, indexed. */
public final class Projects {

  private final Map<String, SortedMap<String, Service>> byProject = new HashMap<>();
  private final Map<String, String> projectOf = new HashMap<>();

  /** An index of these services. */
  public static Projects of(Collection<Service> services) {
    Projects projects = new Projects();
    services.forEach(service -> projects.put(service.name(), service));
    return projects;
  }

  /**
   * Adds, replaces or removes a service.
   *
   * @param service in its effective version, or null if it no longer exists
   * @return the projects that it belonged or belongs to
   */
  public Set<String> put(String name, @Nullable Service service) {
    Set<String> touched = new HashSet<>();
    String before = projectOf.remove(name);
    if (before != null) {
      touched.add(before);
      byProject.computeIfPresent(
          before,
          (_, some) -> {
            some.remove(name);
            return some.isEmpty() ? null : some;
          });
    }
    String after = service == null ? "" : service.membership().project();
    if (service != null && !after.isEmpty()) {
      touched.add(after);
      projectOf.put(name, after);
      byProject.computeIfAbsent(after, p -> new TreeMap<>()).put(name, service);
    }
    return touched;
  }

  /** Sorted by name. */
  Collection<Service> of(String project) {
    return byProject.getOrDefault(project, Collections.emptySortedMap()).values();
  }
}
