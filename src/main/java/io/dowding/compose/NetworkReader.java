package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Networks;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code networks}, as a list or a map, with what {@code x-dowding.networks} says of how a host
 * makes one. The default network is every engine's own, and needs no word.
 */
final class NetworkReader {

  private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";

  /** Which an engine would take for the id of another network. */
  private static final String ID = "[0-9a-f]{64}";

  private NetworkReader() {}

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
    if (!networks.isEmpty() && service.get("network_mode") != null) {
      service.problem("networks", "cannot be had together with network_mode: leave out one");
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
    // Which network is the way out is Docker's to say: the first by name.
    network.get("priority");
    network.refuseOthers();
    return aliases.stream().sorted().distinct().toList();
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
