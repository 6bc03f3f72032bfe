package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Source;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.YamlReader;
import io.dowding.model.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads an inventory: a list of hosts; in a file of its own, that list may be under {@code
 * inventory}.
 */
public final class InventoryReader {

  private static final String FORM =
      "inventory: is not a list of hosts, each with hostname and docker";

  private InventoryReader() {}

  /**
   * @throws IllegalArgumentException naming the host and the field
   */
  public static SortedMap<String, Host> read(JsonNode inventory) {
    SortedMap<String, Host> hosts = new TreeMap<>();
    inventory.forEach(node -> add(node, hosts));
    return hosts;
  }

  private static void add(JsonNode node, SortedMap<String, Host> hosts) {
    Host host = HostReader.read(node.path("hostname").asText(""), node);
    if (hosts.put(host.hostname(), host) != null) {
      throw new IllegalArgumentException("inventory: " + host.hostname() + " is there twice");
    }
  }

  /**
   * @throws IllegalArgumentException naming the file, the line, the host and the field
   */
  public static SortedMap<String, Host> read(Path file) {
    try {
      return parse(Source.of(file), TextFile.read(file));
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(file + ": " + unreadable.getMessage(), unreadable);
    }
  }

  /**
   * @throws IllegalArgumentException naming the source, the line, the host and the field
   */
  public static SortedMap<String, Host> parse(Source source, String text) {
    Yaml document = YamlReader.one(source, text);
    Yaml list =
        document instanceof Yaml.Mapping mapping && mapping.get("inventory") != null
            ? mapping.entries().getOrDefault("inventory", document)
            : document;
    return read(list);
  }

  /**
   * @throws IllegalArgumentException naming the source, the line, the host and the field
   */
  public static SortedMap<String, Host> read(Yaml list) {
    if (!(list instanceof Yaml.Items items)) {
      throw new FileProblem(list.at(), FORM);
    }
    SortedMap<String, Host> hosts = new TreeMap<>();
    for (Yaml item : items.items()) {
      try {
        add(item.json(), hosts);
      } catch (IllegalArgumentException bad) {
        throw new FileProblem(item.at(), String.valueOf(bad.getMessage()));
      }
    }
    return hosts;
  }
}
