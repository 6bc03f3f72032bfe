package io.dowding.model;

import io.dowding.model.Service.Mode;
import io.dowding.model.Service.Placement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which services of a project are placed on one host: those that find each other by name, directly
 * or through others. Each host has its own copy of a project's network, so names resolve on one
 * host only.
 */
public final class Together {

  /** More containers than a bridge can connect are of no use on one host, and slow to place. */
  public static final int MOST = 500;

  private Together() {}

  /**
   * The services that are placed together with this one, including itself; empty if there is no
   * other, or if there are more than {@value #MOST}.
   *
   * @param project all services of its project
   */
  public static SortedMap<String, Service> groupOf(Service service, Collection<Service> project) {
    SortedMap<String, Service> group = groups(project).get(service.name());
    return group == null || group.size() > MOST ? Collections.emptyNavigableMap() : group;
  }

  /**
   * The services that need one host, by the name of each. Those of a group of more than {@value
   * #MOST} are placed by themselves nonetheless. Takes time in proportion to their number.
   */
  public static Map<String, SortedMap<String, Service>> groups(Collection<Service> project) {
    Map<String, Service> left = new TreeMap<>();
    project.stream()
        .filter(service -> whyApart(service) == null)
        .forEach(service -> left.put(service.name(), service));
    Map<String, List<Service>> meetings = new HashMap<>();
    for (Service service : left.values()) {
      for (String place : meetings(service)) {
        meetings.computeIfAbsent(place, _ -> new ArrayList<>()).add(service);
      }
    }
    Map<String, SortedMap<String, Service>> groups = new TreeMap<>();
    while (!left.isEmpty()) {
      SortedMap<String, Service> group = new TreeMap<>();
      Deque<Service> next = new ArrayDeque<>(List.of(left.values().iterator().next()));
      left.remove(next.getFirst().name());
      while (!next.isEmpty()) {
        Service one = next.remove();
        group.put(one.name(), one);
        for (String place : meetings(one)) {
          // Once is enough: it takes all that are left there.
          List<Service> there = meetings.remove(place);
          for (Service other : there == null ? List.<Service>of() : there) {
            if (left.remove(other.name()) != null) {
              next.add(other);
            }
          }
        }
      }
      if (group.size() > 1) {
        group.keySet().forEach(name -> groups.put(name, group));
      }
    }
    return groups;
  }

  /** Why a group of so many services is not placed together. */
  public static String tooMany(int services) {
    return services
        + " services share networks, too many for one host (the most is "
        + MOST
        + "): each is placed by itself, and their names do not resolve from one host to another";
  }

  /** Services with one of these in common are placed together. */
  private static List<String> meetings(Service service) {
    List<String> places = new ArrayList<>();
    service.membership().networks().forEach(network -> places.add("network " + network));
    places.add("service " + service.name());
    String parent = service.parent();
    if (parent != null) {
      places.add("service " + Names.serviceOf(parent));
    }
    return places;
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
