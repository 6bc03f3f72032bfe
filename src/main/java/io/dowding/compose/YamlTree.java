package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A YAML document as a tree of JSON. An alias is written out wherever it stands, so a few lines may
 * be more than any memory holds, or have no end: both are refused.
 */
final class YamlTree {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_NODES = 200_000;
  private static final int MOST_DEPTH = 100;

  private int nodes;

  /**
   * @throws IllegalArgumentException if it is too large, too deep, or contains itself
   */
  JsonNode of(@Nullable Object loaded) {
    return of(loaded, 0);
  }

  private JsonNode of(@Nullable Object loaded, int depth) {
    if (++nodes > MOST_NODES) {
      throw new IllegalArgumentException(
          "with its aliases it has more than the " + MOST_NODES + " values allowed");
    }
    if (depth > MOST_DEPTH) {
      throw new IllegalArgumentException(
          "it is nested deeper than the " + MOST_DEPTH + " levels allowed, or contains itself");
    }
    if (loaded instanceof Map<?, ?> map) {
      ObjectNode object = JSON.createObjectNode();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getKey() == null || entry.getKey() instanceof Collection<?>) {
          throw new IllegalArgumentException("a field has no name");
        }
        object.set(entry.getKey().toString(), of(entry.getValue(), depth + 1));
      }
      return object;
    }
    if (loaded instanceof Collection<?> list) {
      ArrayNode array = JSON.createArrayNode();
      for (Object item : list) {
        array.add(of(item, depth + 1));
      }
      return array;
    }
    return JSON.valueToTree(loaded);
  }
}
