package io.dowding.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.keys.Key;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Lines of the audit log, reduced to what the page shows. */
final class RoomEvents {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FIELDS =
      List.of("time", "leader", "action", "job", "host", "container", "outcome", "error", "reason");

  private RoomEvents() {}

  /** Empty if the line is no event, or is cut off. */
  static Optional<ObjectNode> read(String line) {
    try {
      if (!(JSON.readTree(line) instanceof ObjectNode event)) {
        return Optional.empty();
      }
      Instant.parse(event.path("time").asText());
      String key = event.path("key").asText();
      if (!event.has("job") && key.startsWith(Key.PINS)) {
        event.put("job", key.substring(Key.PINS.length()));
      }
      return event.has("job") ? Optional.of(event.retain(FIELDS)) : Optional.empty();
    } catch (JsonProcessingException | DateTimeException notAnEvent) {
      return Optional.empty();
    }
  }
}
