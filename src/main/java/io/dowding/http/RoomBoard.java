package io.dowding.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.keys.Key;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The keys that agents publish, in the units that the page shows: {@code host/host1}, {@code
 * service/web}, {@code job/web.1}, {@code hold/deletions}, {@code problem/pins/x} and {@code
 * event/…}, each a JSON object. A key that is not JSON has none. Not thread-safe.
 */
final class RoomBoard {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> WHOLE =
      Map.of(Key.HOST_STATUS, "host/", Key.HOLDS, "hold/", Key.PROBLEMS, "problem/");

  private final Map<String, Map<String, String>> byKey = new HashMap<>();

  /**
   * All keys.
   *
   * @return the units that are not as before; empty for one that does not exist any more
   */
  Map<String, Optional<String>> listed(SortedMap<String, String> values) {
    Map<String, Optional<String>> all = new HashMap<>();
    Set<String> gone = new HashSet<>(byKey.keySet());
    gone.removeAll(values.keySet());
    gone.forEach(key -> all.put(key, Optional.empty()));
    values.forEach((key, value) -> all.put(key, Optional.of(value)));
    return changed(all);
  }

  /** The same for these keys; empty for one that was deleted. */
  Map<String, Optional<String>> changed(Map<String, Optional<String>> values) {
    Map<String, Optional<String>> changes = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          Map<String, String> now = value.map(text -> units(key, text)).orElse(Map.of());
          Map<String, String> before = now.isEmpty() ? byKey.remove(key) : byKey.put(key, now);
          compare(before == null ? Map.of() : before, now, changes);
        });
    return changes;
  }

  private static void compare(
      Map<String, String> before, Map<String, String> now, Map<String, Optional<String>> changes) {
    for (String unit : before.keySet()) {
      if (!now.containsKey(unit)) {
        changes.put(unit, Optional.empty());
      }
    }
    now.forEach(
        (unit, value) -> {
          if (!value.equals(before.get(unit))) {
            changes.put(unit, Optional.of(value));
          }
        });
  }

  private static Map<String, String> units(String key, String value) {
    Map<String, String> units = new HashMap<>();
    try {
      if (key.startsWith(Key.SERVICE_STATUS)) {
        service(key.substring(Key.SERVICE_STATUS.length()), value, units);
      } else if (key.startsWith(Key.WORK)) {
        value.lines().forEach(line -> event(line, units));
      } else {
        for (Map.Entry<String, String> kind : WHOLE.entrySet()) {
          if (key.startsWith(kind.getKey()) && JSON.readTree(value) instanceof ObjectNode node) {
            units.put(kind.getValue() + key.substring(kind.getKey().length()), node.toString());
          }
        }
      }
    } catch (JsonProcessingException notJson) {
      units.clear();
    }
    return units;
  }

  private static void service(String name, String value, Map<String, String> units)
      throws JsonProcessingException {
    if (!(JSON.readTree(value) instanceof ObjectNode service)) {
      return;
    }
    JsonNode jobs = service.remove("jobs");
    units.put("service/" + name, service.toString());
    if (jobs instanceof ObjectNode) {
      for (Map.Entry<String, JsonNode> job : jobs.properties()) {
        if (job.getValue() instanceof ObjectNode status) {
          units.put("job/" + job.getKey(), status.put("service", name).toString());
        }
      }
    }
  }

  private static void event(String line, Map<String, String> units) {
    RoomEvents.read(line)
        .ifPresent(
            event ->
                units.put(
                    "event/"
                        + event.path("time").asText()
                        + "/"
                        + Integer.toHexString(line.hashCode()),
                    event.toString()));
  }
}
