package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.model.Host;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that are followed: those of the inventory, and those that are kept because it lost too
 * many at once. Owned by one thread.
 */
final class Hosts {

  private final SortedMap<String, HostWorld> hosts = new TreeMap<>();
  private @Nullable List<Host> list;
  private final Map<String, HostStatus> recalled = new HashMap<>();

  /** Engine ids by hostname; kept when an endpoint changes. */
  private final Map<String, String> engines = new HashMap<>();

  /** Hosts missing from the inventory that are kept until a person confirms their removal. */
  private final Set<String> missing = new TreeSet<>();

  Collection<HostWorld> values() {
    return hosts.values();
  }

  /** Returns the same list until the hosts change. */
  List<Host> list() {
    List<Host> known = list;
    if (known == null) {
      known = hosts.values().stream().map(host -> host.host).toList();
      list = known;
    }
    return known;
  }

  void forEach(BiConsumer<String, HostWorld> what) {
    hosts.forEach(what);
  }

  boolean isEmpty() {
    return hosts.isEmpty();
  }

  @Nullable HostWorld get(String hostname) {
    return hosts.get(hostname);
  }

  Set<String> missing() {
    return missing;
  }

  /** Starts with no hosts. */
  void begin() {
    list = null;
    hosts.clear();
    engines.clear();
    missing.clear();
  }

  void end() {
    list = null;
    hosts.clear();
  }

  boolean isWell(String hostname) {
    HostWorld host = hosts.get(hostname);
    return host != null && host.isWell();
  }

  void forgive(Duration pause) {
    hosts.values().forEach(host -> host.forgive(pause));
  }

  /** Applies what an earlier agent left in the status, to hosts known now and later. */
  void recall(Recalled left) {
    recalled.clear();
    recalled.putAll(left.hosts());
    for (HostWorld host : hosts.values()) {
      recall(host);
      if (left.holds().containsKey(Holds.EMPTY + host.host.hostname())) {
        host.emptied = true;
      }
    }
    for (ServiceStatus service : left.services().values()) {
      service.jobs().forEach(this::recall);
    }
  }

  private void recall(HostWorld host) {
    HostStatus status = recalled.remove(host.host.hostname());
    if (status != null) {
      host.recall(status, status.lastContact(), status.since());
    }
  }

  private void recall(String job, ServiceStatus.JobStatus seen) {
    HostWorld host = seen.host() == null ? null : hosts.get(seen.host());
    if (host != null && seen.incarnation() != null) {
      host.hadContainer(job, seen.incarnation());
    }
  }

  /** Follows the hosts of the inventory. A host with a changed endpoint starts as a new one. */
  void follow(SortedMap<String, Host> inventory, Instant now) {
    list = null;
    missing.removeAll(inventory.keySet());
    Set<String> lost = new TreeSet<>(hosts.keySet());
    lost.removeAll(inventory.keySet());
    lost.removeAll(missing);
    if (isTooMany(lost.size(), hosts.size())) {
      missing.addAll(lost);
    }
    hosts.values().forEach(known -> engines.put(known.host.hostname(), known.knownEngine));
    hosts
        .values()
        .removeIf(
            known ->
                !missing.contains(known.host.hostname())
                    && !known.host.equals(inventory.get(known.host.hostname())));
    engines.keySet().retainAll(inventory.keySet());
    inventory.forEach((name, host) -> hosts.computeIfAbsent(name, n -> begun(host, now)));
  }

  private HostWorld begun(Host host, Instant now) {
    HostWorld fresh = new HostWorld(host, now);
    recall(fresh);
    String known = engines.getOrDefault(host.hostname(), "");
    if (!known.isEmpty()) {
      fresh.knownEngine = known;
      fresh.engineSince = Instant.MIN;
    }
    return fresh;
  }

  /** More than one host and more than 30 % of them, or all. */
  private static boolean isTooMany(int lost, int before) {
    return lost > 0 && (lost == before || (lost > 1 && lost * 100 > before * 30));
  }

  /** Accepts the inventory as it is. */
  void letGo() {
    list = null;
    hosts.keySet().removeAll(missing);
    missing.clear();
  }
}
