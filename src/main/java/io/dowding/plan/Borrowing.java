package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Names;
import io.dowding.model.Policy;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.plan.Running.Located;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Resolves the containers, on a job's own host, whose volumes or namespaces the job uses. */
final class Borrowing {

  private final Pass pass;

  Borrowing(Pass pass) {
    this.pass = pass;
  }

  /**
   * The service to create.
   *
   * @param service the definition with services replaced by containers; null if that is not
   *     possible now
   * @param problem why not
   */
  record Resolved(@Nullable Service service, String problem) {}

  Resolved resolved(Service service, String host) {
    Resolved namespaces = namespaces(service, host);
    return namespaces.service() == null ? namespaces : volumes(namespaces.service(), host);
  }

  private Resolved namespaces(Service service, String host) {
    Map<String, String> containers = new TreeMap<>();
    for (Map.Entry<String, String> entry : service.container().namespaces().entrySet()) {
      String name = entry.getValue();
      pass.reads(name);
      Service other = pass.situation.services().get(name);
      Located located = onHost(name, host);
      if (other == null || located == null) {
        return new Resolved(
            null,
            "waiting for a container of " + name + " on " + host + ", whose namespace it uses");
      }
      // A job must not get through another service what the policy refuses it directly.
      List<String> refusals =
          pass.situation.settings().policy().namespaceRefusals(service.name(), other.container());
      if (!refusals.isEmpty()) {
        return new Resolved(null, "service:" + name + ": " + String.join("; ", refusals));
      }
      containers.put(entry.getKey(), located.owned().container().id());
    }
    return new Resolved(containers.isEmpty() ? service : service.withNamespaces(containers), "");
  }

  private Resolved volumes(Service service, String host) {
    if (service.container().volumesFrom().isEmpty()) {
      return new Resolved(service, "");
    }
    List<String> containers = new ArrayList<>();
    for (String one : service.container().volumesFrom()) {
      String name = one.replaceFirst(":.*", "");
      pass.reads(name);
      Service other = pass.situation.services().get(name);
      Located located = onHost(name, host);
      if (other == null || located == null) {
        return new Resolved(
            null, "waiting for a container of " + name + " on " + host + ", whose volumes it uses");
      }
      // A job must not get through another service what the policy refuses it directly.
      List<String> refusals =
          withOthers(other).stream()
              .flatMap(
                  from ->
                      policy().mountRefusals(service.name(), from.container().mounts()).stream())
              .distinct()
              .toList();
      if (!refusals.isEmpty()) {
        return new Resolved(null, "volumes_from " + name + ": " + String.join("; ", refusals));
      }
      containers.add(located.owned().container().id() + one.substring(name.length()));
    }
    return new Resolved(service.withVolumesFrom(containers), "");
  }

  private Policy policy() {
    return pass.situation.settings().policy();
  }

  /**
   * A service and all that it takes from in turn, because an engine passes on what a container got.
   */
  private Collection<Service> withOthers(Service service) {
    Map<String, Service> all = new TreeMap<>();
    Deque<Service> next = new ArrayDeque<>(List.of(service));
    while (!next.isEmpty()) {
      Service one = next.pop();
      if (all.put(one.name(), one) == null) {
        ContainerSpec spec = one.container();
        Stream.concat(
                spec.namespaces().values().stream(),
                spec.volumesFrom().stream().map(from -> from.replaceFirst(":.*", "")))
            .forEach(
                name -> {
                  pass.reads(name);
                  Service other = pass.situation.services().get(name);
                  if (other != null) {
                    next.push(other);
                  }
                });
      }
    }
    return all.values();
  }

  private @Nullable Located onHost(String service, String host) {
    return pass.situation.allocations().of(service).stream()
        .filter(record -> record.host().equals(host) && !PreStart.isJob(record.job()))
        .sorted((a, b) -> Names.compareJobs(a.job(), b.job()))
        .map(this::current)
        .filter(located -> located != null)
        .findFirst()
        .orElse(null);
  }

  private @Nullable Located current(Allocation record) {
    return pass.running.current(record);
  }
}
