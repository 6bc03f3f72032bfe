package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code networks}, as a list or a map, with {@code x-dowding.networks} for how a host creates one.
 * The default network is the engine's own and needs no entry.
 */
final class NetworkReader {

  private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";

  /** An engine would take such a name for the id of another network. */
  private static final String ID = "[0-9a-f]{64}";

  private static final int MOST_SUBNETS = 16;
  private static final String IPV4 = "\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}";
  private static final String IPV6 = "[0-9a-fA-F:]{2,39}(%\\w{1,15})?";

  private NetworkReader() {}

  private static @Nullable String anAddress(String text) {
    return text.matches(IPV4) || text.matches(IPV6) ? text : null;
  }

  private static @Nullable String aSubnet(String text) {
    return text.matches("(" + IPV4 + "|" + IPV6 + ")/\\d{1,3}") ? text : null;
  }

  static void read(Fields service, SortedMap<String, Object> engine) {
    SortedMap<String, Object> networks = new TreeMap<>();
    JsonNode written = service.get("networks");
    if (written != null && written.isObject()) {
      Fields all = service.object("networks");
      for (String name : all.names()) {
        networks.put(name, aliases(all.object(name)));
      }
    } else {
      service.list("networks").forEach(name -> networks.put(name, List.of()));
    }
    networks.remove("default");
    for (String name : networks.keySet()) {
      if (!name.matches(NAME) || name.matches(ID)) {
        service.problem("networks", Fields.quote(name) + " is not a network name");
      } else if (Networks.isMode(name)) {
        service.problem(
            "networks",
            Fields.quote(name) + " is a mode, not a network: write network_mode: " + name);
      }
    }
    if (!networks.isEmpty() && service.word("network_mode", "", text -> text) != null) {
      service.problem("networks", "cannot be combined with network_mode; remove one");
    }
    SortedMap<String, Object> options =
        options(service.object("x-dowding").object("networks"), networks);
    if (!networks.isEmpty()) {
      engine.put("Networks", networks);
    }
    if (!options.isEmpty()) {
      engine.put("NetworkOptions", options);
    }
  }

  private static List<String> aliases(Fields network) {
    List<String> aliases = network.list("aliases");
    aliases.stream()
        .filter(alias -> !alias.matches(NAME))
        .forEach(alias -> network.problem("aliases", Fields.quote(alias) + " is not a host name"));
    List<String> addresses = new ArrayList<>();
    address(network, "ipv4_address", IPV4, addresses);
    address(network, "ipv6_address", IPV6, addresses);
    // Docker chooses the default route: the first network by name.
    network.get("priority");
    network.refuseOthers();
    return Stream.concat(aliases.stream().sorted().distinct(), addresses.stream()).toList();
  }

  private static void address(Fields network, String field, String form, List<String> addresses) {
    String address =
        network.word(field, "an address in the network", text -> text.matches(form) ? text : null);
    if (address != null) {
      addresses.add(Networks.entry(address));
    }
  }

  private static List<Object> subnets(Fields ipam) {
    ipam.text("driver", "default", text -> text.equals("default") ? text : null);
    List<Object> subnets = new ArrayList<>();
    int index = 0;
    for (JsonNode item : ipam.items("config", MOST_SUBNETS)) {
      Fields given = new Fields(ipam.path("config[" + index++ + "]"), item, ipam.problems());
      SortedMap<String, Object> subnet = new TreeMap<>();
      put(
          subnet,
          "Subnet",
          given.text("subnet", "a subnet such as 172.28.0.0/16", NetworkReader::aSubnet));
      put(
          subnet,
          "IPRange",
          given.text("ip_range", "a subnet such as 172.28.5.0/24", NetworkReader::aSubnet));
      put(subnet, "Gateway", given.text("gateway", "an address", NetworkReader::anAddress));
      Map<String, String> others = given.map("aux_addresses", "has no address");
      put(subnet, "AuxiliaryAddresses", others.isEmpty() ? null : others);
      given.refuseOthers();
      subnets.add(subnet);
    }
    ipam.refuseOthers();
    return subnets;
  }

  private static void put(SortedMap<String, Object> into, String name, @Nullable Object value) {
    if (value != null) {
      into.put(name, value);
    }
  }

  private static SortedMap<String, Object> options(Fields given, Map<String, Object> networks) {
    SortedMap<String, Object> all = new TreeMap<>();
    for (String name : given.names()) {
      Fields network = given.object(name);
      if (!networks.containsKey(name)) {
        given.problem(name, "is none of this service's networks");
      }
      SortedMap<String, Object> options = new TreeMap<>();
      Map<String, String> driver = network.map("driver_opts", "has no value");
      if (!driver.isEmpty()) {
        options.put("Options", driver);
      }
      if (network.flag("internal")) {
        options.put("Internal", true);
      }
      if (network.flag("enable_ipv6")) {
        options.put("EnableIPv6", true);
      }
      List<Object> subnets = subnets(network.object("ipam"));
      if (!subnets.isEmpty()) {
        options.put("IPAM", new TreeMap<>(Map.of("Config", subnets, "Driver", "default")));
      }
      network.text(
          "driver",
          "bridge: there is no network across hosts here",
          text -> text.equals("bridge") ? text : null);
      network.refuseOthers();
      all.put(name, options);
    }
    return all;
  }
}
