package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.model.Service.Condition;
import io.dowding.model.Service.Dependency;
import io.dowding.model.Service.Mode;
import io.dowding.plan.Running.Located;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a service waits for before its first job is created. As in Compose, a running job is not
 * stopped when a dependency goes away.
 */
final class Dependencies {

  private final Pass pass;
  private final Situation situation;
  private final Running running;

  Dependencies(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
    this.running = pass.running;
  }

  /** Why no job of this service may be created yet, or null. */
  @Nullable String missing(Service service) {
    if (service.dependsOn().isEmpty()) {
      return null;
    }
    List<String> circle =
        circle(service.name(), new ArrayList<>(List.of(service.name())), new HashSet<>());
    if (circle != null) {
      return "depends_on has a cycle: " + String.join(" → ", circle) + "; remove one of these";
    }
    for (Dependency dependency : service.dependsOn()) {
      String problem = problem(dependency);
      if (problem != null) {
        return "waiting for " + dependency.service() + ": " + problem;
      }
    }
    return null;
  }

  /**
   * Why the job of this record must be recreated: all jobs of a service that it depends on were
   * recreated, and are ready again. Null if there is no need.
   */
  @Nullable String renewed(Service service, Allocation record) {
    for (Dependency dependency : service.dependsOn()) {
      Service other = definition(dependency.service());
      if (dependency.restart()
          && other != null
          && isNewer(other, record)
          && missing(service) == null) {
        return other.name() + " was recreated";
      }
    }
    return null;
  }

  /** Incarnations grow across the whole cluster, so a later decision has a higher one. */
  private boolean isNewer(Service other, Allocation record) {
    Collection<Allocation> records = recordsOf(other);
    return records.stream().anyMatch(one -> one.incarnation() > record.incarnation())
        && records.stream().allMatch(one -> one.specHash().equals(other.specHash()));
  }

  private Collection<Allocation> recordsOf(Service service) {
    return situation.allocations().of(service.name()).stream()
        .filter(record -> !PreStart.isJob(record.job()))
        .toList();
  }

  private @Nullable Service definition(String name) {
    pass.reads(name);
    return situation.services().get(name);
  }

  /**
   * Finds a path back to the first service, following existing services.
   *
   * @param tried services that lead nowhere or are already on the path
   */
  private @Nullable List<String> circle(String first, List<String> way, Set<String> tried) {
    Service last = definition(way.getLast());
    if (last == null) {
      return null;
    }
    for (Dependency dependency : last.dependsOn()) {
      String next = dependency.service();
      boolean isNew = tried.add(next);
      way.add(next);
      if (next.equals(first)) {
        return way;
      }
      List<String> circle = isNew ? circle(first, way, tried) : null;
      if (circle != null) {
        return circle;
      }
      way.removeLast();
    }
    return null;
  }

  private @Nullable String problem(Dependency dependency) {
    Service other = definition(dependency.service());
    if (other == null) {
      return dependency.required() ? "no such service" : null;
    }
    Collection<Allocation> records = recordsOf(other);
    int wanted = other.mode() instanceof Mode.Replicated(int replicas) ? replicas : 1;
    if (!other.running() || wanted == 0) {
      return "it is stopped or has no replicas";
    }
    if (records.size() < wanted) {
      return "it is not placed yet";
    }
    for (Allocation record : records) {
      Located current = running.current(record);
      if (current == null || !isMet(dependency.condition(), current.owned().container())) {
        return record.job() + " is not " + dependency.condition().word().substring(8);
      }
    }
    return null;
  }

  private static boolean isMet(Condition condition, Container container) {
    return switch (condition) {
      case STARTED -> container.startedAt() != null;
      case HEALTHY ->
          container.state() == Container.State.RUNNING && "healthy".equals(container.health());
      case COMPLETED ->
          container.state() == Container.State.EXITED
              && container.startedAt() != null
              && container.exitCode() == 0;
    };
  }
}
