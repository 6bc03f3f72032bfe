package io.dowding.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The networks of a container, by name, with its aliases in each. A fixed address is an entry that
 * starts with {@code @}. An engine connects one network when it creates the container; the label
 * lists the others, to be connected before the start.
 */
public final class Networks {

  /** {@code front=web,api;back=web}. */
  public static final String LABEL = Ownership.PREFIX + "networks";

  /** Values that Docker takes as a mode instead of a network name. */
  private static final Set<String> MODES = Set.of("", "default", "bridge", "host", "none");

  private static final String ADDRESS = "@";

  private Networks() {}

  /** The entry for a fixed address, to be kept with the aliases. */
  public static String entry(String address) {
    return ADDRESS + address;
  }

  /** The aliases in a network's entries. */
  public static List<String> aliases(List<String> entries) {
    return entries.stream().filter(entry -> !entry.startsWith(ADDRESS)).toList();
  }

  /** The fixed addresses in a network's entries: at most one IPv4 and one IPv6. */
  public static List<String> addresses(List<String> entries) {
    return entries.stream()
        .filter(entry -> entry.startsWith(ADDRESS))
        .map(entry -> entry.substring(ADDRESS.length()))
        .toList();
  }

  /** Whether Docker takes a name as a mode instead of a network. */
  public static boolean isMode(String name) {
    return MODES.contains(name) || name.contains(":");
  }

  /** The names of the networks of a spec. */
  public static Set<String> names(ContainerSpec spec) {
    return of("", spec).keySet();
  }

  /** The networks of a spec; the service's name is an alias in each, as in Compose. */
  public static SortedMap<String, List<String>> of(String service, ContainerSpec spec) {
    SortedMap<String, List<String>> networks = new TreeMap<>();
    if (spec.engine().get("Networks") instanceof Map<?, ?> given) {
      given.forEach(
          (name, aliases) -> {
            List<String> all = new ArrayList<>(List.of(service));
            ((List<?>) aliases).forEach(alias -> all.add(String.valueOf(alias)));
            networks.put(String.valueOf(name), all);
          });
    }
    return networks;
  }

  /**
   * {@code Internal}, {@code Options} and the like, by network, for hosts that create a missing
   * one.
   */
  public static Map<?, ?> options(ContainerSpec spec) {
    return spec.engine().get("NetworkOptions") instanceof Map<?, ?> given ? given : Map.of();
  }

  static String text(SortedMap<String, List<String>> networks) {
    return networks.entrySet().stream()
        .map(network -> network.getKey() + "=" + String.join(",", network.getValue()))
        .collect(Collectors.joining(";"));
  }

  /** The networks in a container's labels that it is not connected to. */
  public static SortedMap<String, List<String>> missing(
      Map<String, String> labels, Set<String> connected) {
    SortedMap<String, List<String>> missing = in(labels);
    missing.keySet().removeAll(connected);
    return missing;
  }

  /** The networks in a container's labels; empty if there is no such label. */
  public static SortedMap<String, List<String>> in(Map<String, String> labels) {
    SortedMap<String, List<String>> networks = new TreeMap<>();
    for (String network : labels.getOrDefault(LABEL, "").split(";", -1)) {
      int equals = network.indexOf('=');
      if (equals > 0) {
        networks.put(
            network.substring(0, equals), List.of(network.substring(equals + 1).split(",", -1)));
      }
    }
    return networks;
  }
}
