package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dowding.model.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads an inventory: a list of hosts, or an object with one under {@code inventory}. */
public final class InventoryReader {

  private static final YAMLMapper YAML = new YAMLMapper();

  private InventoryReader() {}

  /**
   * @throws IllegalArgumentException naming the host and the field
   */
  public static SortedMap<String, Host> read(JsonNode inventory) {
    JsonNode list = inventory.isObject() ? inventory.path("inventory") : inventory;
    if (!list.isArray()) {
      throw new IllegalArgumentException(
          "inventory: is not a list of hosts, each with hostname and docker");
    }
    SortedMap<String, Host> hosts = new TreeMap<>();
    for (JsonNode node : list) {
      Host host = HostReader.read(node.path("hostname").asText(""), node);
      if (hosts.put(host.hostname(), host) != null) {
        throw new IllegalArgumentException("inventory: " + host.hostname() + " is there twice");
      }
    }
    return hosts;
  }

  /**
   * @throws IllegalArgumentException naming the file and what is wrong in it
   */
  public static SortedMap<String, Host> read(Path file) {
    try {
      return parse(TextFile.read(file));
    } catch (IOException | IllegalArgumentException bad) {
      throw new IllegalArgumentException(file + ": " + bad.getMessage(), bad);
    }
  }

  /**
   * @throws IllegalArgumentException naming what is wrong in it
   */
  public static SortedMap<String, Host> parse(String yaml) {
    try {
      return read(YAML.readTree(yaml));
    } catch (IOException bad) {
      throw new IllegalArgumentException("is not YAML: " + bad.getMessage(), bad);
    }
  }
}
