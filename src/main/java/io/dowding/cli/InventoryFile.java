package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dowding.compose.HostReader;
import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.model.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hosts, from the configuration or from a file that is followed as it changes. */
final class InventoryFile {

  private static final Logger log = LoggerFactory.getLogger("dowding.inventory");
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final YAMLMapper YAML = new YAMLMapper();

  private InventoryFile() {}

  /**
   * @throws IllegalArgumentException naming the host and the field
   */
  static SortedMap<String, Host> read(JsonNode inventory) {
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
  static SortedMap<String, Host> read(Path file) {
    try {
      return read(YAML.readTree(Files.readString(file)));
    } catch (IOException | IllegalArgumentException bad) {
      throw new IllegalArgumentException(file + ": " + bad.getMessage(), bad);
    }
  }

  /** Reads the file whenever it changes; a broken one is told, and the last good one stays. */
  static Thread follow(Path file, Sink sink) {
    return Thread.ofVirtual().name("inventory").start(() -> run(file, sink));
  }

  private static void run(Path file, Sink sink) {
    String last = "";
    try {
      while (true) {
        String text;
        try {
          text = Files.readString(file);
        } catch (IOException unreadable) {
          text = "unreadable: " + unreadable.getMessage();
        }
        if (!text.equals(last)) {
          last = text;
          changed(file, sink);
        }
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void changed(Path file, Sink sink) {
    try {
      sink.accept(new Event.InventoryRead(read(file)));
      log.info("inventory read file={}", file);
    } catch (IllegalArgumentException bad) {
      log.error(
          "inventory cannot be used, the last good one stays problem=\"{}\"", bad.getMessage());
    }
  }
}
