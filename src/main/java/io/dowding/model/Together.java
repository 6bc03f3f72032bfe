package io.dowding.model;

import io.dowding.model.Service.Mode;
import io.dowding.model.Service.Placement;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which services of a project are placed on one host: those that find each other by name, directly
 * or through others. Each host has its own copy of a project's network, so names resolve on one
 * host only.
 */
public final class Together {

  private Together() {}

  /**
   * The services that are placed together with this one, including itself; empty if there is no
   * other.
   *
   * @param project all services of its project
   */
  public static SortedMap<String, Service> groupOf(Service service, Collection<Service> project) {
    SortedMap<String, Service> group = new TreeMap<>();
    if (whyApart(service) != null) {
      return group;
    }
    Deque<Service> next = new ArrayDeque<>();
    next.add(service);
    while (!next.isEmpty()) {
      Service one = next.remove();
      if (group.put(one.name(), one) != null) {
        continue;
      }
      for (Service other : project) {
        if (!group.containsKey(other.name()) && whyApart(other) == null && needs(one, other)) {
          next.add(other);
        }
      }
    }
    if (group.size() == 1) {
      group.clear();
    }
    return group;
  }

  /** Whether one needs the other by name, or shares its host. */
  public static boolean needs(Service one, Service other) {
    return shares(one, other) || isBeside(one, other) || isBeside(other, one);
  }

  /** Whether both are in a network of their project. */
  public static boolean shares(Service one, Service other) {
    return one.membership().project().equals(other.membership().project())
        && one.membership().networks().stream().anyMatch(other.membership().networks()::contains);
  }

  private static boolean isBeside(Service one, Service other) {
    String parent = one.parent();
    return parent != null && Names.serviceOf(parent).equals(other.name());
  }

  /**
   * Why this service is not placed together with others of its project, as a clause after
   * "because"; null if it is.
   */
  public static @Nullable String whyApart(Service service) {
    if (service.membership().project().isEmpty()) {
      return "it is not part of a project";
    }
    if (!service.membership().together()) {
      return "x-dowding.together is false";
    }
    return switch (service.mode()) {
      case Mode.Global() -> "it is global";
      case Mode.Replicated(int replicas) -> replicas > 1 ? whySpread(service, replicas) : null;
    };
  }

  /** Why its jobs cannot share one host, or should not; or null. */
  private static @Nullable String whySpread(Service service, int replicas) {
    Placement placement = service.placement();
    if (placement.exclusive()) {
      return "x-dowding.exclusive keeps its " + replicas + " replicas on separate hosts";
    }
    if (placement.maxPerHost() > 0 && placement.maxPerHost() < replicas) {
      return "max_replicas_per_node is less than its " + replicas + " replicas";
    }
    if (!placement.spreadOver().isEmpty()) {
      return "placement.preferences spread its " + replicas + " replicas";
    }
    for (Port port : service.container().ports()) {
      if (port.published() != 0) {
        return "its " + replicas + " replicas publish the same port " + port.published();
      }
    }
    return null;
  }
}
