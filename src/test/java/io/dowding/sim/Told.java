package io.dowding.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.SortedMap;
import java.util.TreeMap;

/** What agents say below {@code status/}, as it stands in etcd. */
final class Told {

  private static final String PREFIX = Simulation.BASE + "/";
  private static final JsonMapper MAPPER = new JsonMapper();

  private Told() {}

  /** Every key below {@code status/}. */
  static SortedMap<String, JsonNode> keys(Simulation sim) {
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
