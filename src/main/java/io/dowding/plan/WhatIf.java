package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.model.Host;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Situations that are not there, to see what would be planned in them. */
public final class WhatIf {

  private WhatIf() {}

  /** A host is dead, and will not come back as it was. */
  public static Situation without(Situation is, String hostname) {
    SortedMap<String, HostState> hosts = new TreeMap<>(is.hosts());
    hosts.computeIfPresent(hostname, (_, host) -> with(host, Availability.GONE, "gone"));
    Set<String> gone = new TreeSet<>(is.gone());
    gone.add(hostname);
    return is.with(is.services(), hosts, gone);
  }

  private static HostState with(HostState of, Availability word, String unusable) {
    return new HostState(
        of.host(),
        word,
        Reach.DOWN,
        of.lastContact(),
        unusable,
        of.containers(),
        of.ours(),
        of.renamed(),
        of.engine(),
        of.volumes(),
        of.seenAt());
  }

  /**
   * There is another host, with an empty engine like that of a known one.
   *
   * @param like a host of the inventory
   */
  public static Situation with(Situation is, String hostname, HostState like) {
    SortedMap<String, HostState> hosts = new TreeMap<>(is.hosts());
    Host host = new Host(hostname, like.host().docker(), like.host().tags(), like.host().meta());
    hosts.put(
        hostname,
        new HostState(
            host,
            Availability.ACTIVE,
            Reach.UP,
            is.now(),
            null,
            List.of(),
            List.of(),
            List.of(),
            like.engine(),
            Set.of(),
            like.seenAt()));
    Set<String> gone = new TreeSet<>(is.gone());
    gone.remove(hostname);
    return is.with(is.services(), hosts, gone);
  }

  /** A service is added or changed. */
  public static Situation put(Situation is, Service service) {
    SortedMap<String, Service> services = new TreeMap<>(is.services());
    services.put(service.name(), service);
    return is.with(services, is.hosts(), is.gone());
  }
}
