package io.dowding.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.SortedMap;
import java.util.TreeMap;

/** The status that agents wrote to etcd. */
final class StatusKeys {

  private static final String PREFIX = Simulation.BASE + "/";
  private static final JsonMapper MAPPER = new JsonMapper();

  private StatusKeys() {}

  /** All keys below {@code status/}, relative to the base, with their values. */
  static SortedMap<String, JsonNode> of(Simulation sim) {
    SortedMap<String, JsonNode> keys = new TreeMap<>();
    sim.etcd
        .keys()
        .forEach(
            (key, entry) -> {
              if (key.startsWith(PREFIX + "status/")) {
                keys.put(key.substring(PREFIX.length()), read(entry.text()));
              }
            });
    return keys;
  }

  private static JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new IllegalStateException(text, broken);
    }
  }
}
