package io.dowding.compose.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Networks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes a service's networks, by their names on hosts. As in Compose, a service that names none
 * joins the project's default network, and each can be found there by its own name.
 */
final class NetworkWriter {

  private static final String DEFAULT = "default";
  private static final String NETWORK = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";

  /** Fields of a service's network without effect here, with the reason. */
  private static final List<Map.Entry<String, String>> UNUSED =
      List.of(
          Map.entry("driver_opts", "Docker's own bridge has no such options"),
          Map.entry("gw_priority", "Docker's default route is through the first network by name"),
          Map.entry("interface_name", "Docker names the interfaces"),
          Map.entry("link_local_ips", "Docker chooses them"),
          Map.entry("mac_address", "it needs a service with one network only"));

  private final ProjectContext context;

  /** By service: the names that links give to it. */
  private final Map<String, Set<String>> linked = new TreeMap<>();

  NetworkWriter(ProjectContext context, Map<String, Mapping> services) {
    this.context = context;
    services.values().forEach(this::links);
  }

  private void links(Mapping service) {
    if (service.get("links") instanceof Items links) {
      for (Yaml link : links.items()) {
        String[] parts = link.json().asText().split(":", 2);
        if (parts.length == 2) {
          linked.computeIfAbsent(parts[0], _ -> new TreeSet<>()).add(parts[1]);
        }
      }
    }
  }

  void write(String composeName, Mapping service, ObjectNode json) {
    String mode = ServiceWriter.text(service, "network_mode");
    if (mode.equals(DEFAULT)) {
      json.put("network_mode", "bridge");
    }
    boolean isNetwork = mode.matches(NETWORK) && !Networks.isMode(mode);
    if (!mode.isEmpty()) {
      if (service.get("networks") != null) {
        throw new FileProblem(
            service.at(),
            "services." + composeName + " has network_mode and networks; leave out one of them");
      }
      if (isNetwork) {
        join(mode, composeName, service.at(), json);
      }
      return;
    }
    Map<String, Yaml> used = new LinkedHashMap<>();
    if (service.get("networks") instanceof Mapping written) {
      used.putAll(written.entries());
    }
    if (used.isEmpty()) {
      used.put(DEFAULT, new Scalar(null, service.at()));
    }
    ObjectNode networks = json.objectNode();
    used.forEach(
        (name, how) -> {
          ObjectNode one = networks.objectNode();
          if (how instanceof Mapping said) {
            one.setAll((ObjectNode) said.json());
          }
          if (used.size() == 1 && one.has("mac_address")) {
            json.set("mac_address", one.remove("mac_address"));
          }
          for (Map.Entry<String, String> field : UNUSED) {
            if (one.remove(field.getKey()) != null) {
              note(how.at(), "networks." + name + "." + field.getKey(), field.getValue());
            }
          }
          withoutExtensions(one);
          one.set("aliases", aliases(composeName, one));
          networks.set(context.ownName("networks", name), one);
          options(name, how.at(), json);
        });
    json.set("networks", networks);
  }

  /** As the engine does, takes any other mode for the name of a network on the hosts. */
  private void join(String own, String composeName, Position at, ObjectNode json) {
    json.remove("network_mode");
    ObjectNode network = json.putObject("networks").putObject(own);
    network.set("aliases", aliases(composeName, network));
    Set<String> names = new LinkedHashSet<>(Set.of(DEFAULT));
    if (context.tree().get("networks") instanceof Mapping declared) {
      names.addAll(declared.entries().keySet());
    }
    names.stream()
        .filter(name -> context.ownName("networks", name).equals(own))
        .findFirst()
        .ifPresent(name -> options(name, at, json));
  }

  private ArrayNode aliases(String composeName, ObjectNode network) {
    Set<String> aliases = new TreeSet<>();
    network.path("aliases").forEach(alias -> aliases.add(alias.asText()));
    aliases.add(composeName);
    aliases.addAll(linked.getOrDefault(composeName, Set.of()));
    ArrayNode all = network.arrayNode();
    aliases.forEach(all::add);
    return all;
  }

  private void options(String name, Position at, ObjectNode json) {
    Yaml said = context.resource("networks", name);
    if (said == null && !name.equals(DEFAULT)) {
      throw new FileProblem(
          at, "there is no network " + name + " below the file's networks:; add it");
    }
    if (!(said instanceof Mapping mapping) || ProjectContext.isExternal(mapping)) {
      return;
    }
    ObjectNode options = (ObjectNode) mapping.json();
    withoutExtensions(options);
    options.remove(List.of("name", "external", "labels", "attachable"));
    JsonNode ipv4 = options.remove("enable_ipv4");
    if (ipv4 != null && !ipv4.asBoolean(true)) {
      note(mapping.at(), "networks." + name + ".enable_ipv4", "networks always have IPv4");
    }
    if (options.get("ipam") instanceof ObjectNode ipam && ipam.remove("options") != null) {
      note(mapping.at(), "networks." + name + ".ipam.options", "Compose leaves them out too");
    }
    if (options.path("ipam").isEmpty()) {
      options.remove("ipam");
    }
    String ownName = context.ownName("networks", name);
    if (!options.isEmpty()) {
      json.withObjectProperty("x-dowding").withObjectProperty("networks").set(ownName, options);
    } else if (!ownName.startsWith(context.project() + "_")) {
      json.withObjectProperty("x-dowding").withArrayProperty("own_networks").add(ownName);
    }
  }

  private void note(Position at, String field, String why) {
    context.notes().add(at + ": " + field + " is not used; " + why);
  }

  /** Extension fields are for other tools. */
  static void withoutExtensions(ObjectNode options) {
    List<String> names = new ArrayList<>();
    options.fieldNames().forEachRemaining(names::add);
    options.remove(names.stream().filter(name -> name.startsWith("x-")).toList());
  }
}
