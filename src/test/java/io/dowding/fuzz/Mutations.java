package io.dowding.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Mutates valid inputs, by structure if they are JSON, otherwise by bytes. */
final class Mutations {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MOST_STEPS = 4;

  /** Strings that often cause problems. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "null",
          "-1",
          "0",
          "01",
          "99999999999999999999",
          "1e999999999",
          "0x10",
          "NaN",
          "a".repeat(64),
          "a".repeat(300),
          "a/".repeat(2500) + "a",
          "9".repeat(5000),
          "/".repeat(3000) + "x",
          "..",
          "../../etc/passwd",
          "/",
          "a:b:c:d",
          "[::1]:80:80",
          "1-65535:1-65535",
          "65535-1",
          "$${x:-$y}",
          "\u001b[2J",
          "\n",
          "\u0000",
          "\u202e",
          "\ud800",
          "{",
          "[]",
          "job:",
          "job:a.1",
          "A",
          "host1",
          "9999-12-31T23:59:59Z",
          "+1000000000-12-31T23:59:59.999999999Z",
          "-9999999999s",
          "106751991167300d");

  private final SplittableRandom random;

  Mutations(SplittableRandom random) {
    this.random = random;
  }

  /** An example, with its tree if it is JSON. */
  static final class Text {
    private final byte[] bytes;
    private final JsonNode tree;

    Text(String text) {
      bytes = text.getBytes(StandardCharsets.UTF_8);
      JsonNode read = NODES.missingNode();
      try {
        read = JSON.readTree(text);
      } catch (JsonProcessingException notJson) {
        // Not JSON, so it is mutated by bytes.
      }
      tree = read;
    }
  }

  byte[] of(Text example) {
    int steps = random.nextInt(MOST_STEPS) + 1;
    if (example.tree.isContainerNode() && random.nextInt(4) > 0) {
      JsonNode tree = example.tree.deepCopy();
      for (int n = 0; n < steps; n++) {
        tree = mutated(tree, 0);
      }
      return tree.toString().getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = example.bytes;
    for (int n = 0; n < steps; n++) {
      bytes = mutated(bytes);
    }
    return bytes;
  }

  /** Replaces one node anywhere in the tree. */
  private JsonNode mutated(JsonNode node, int depth) {
    boolean here = node.isEmpty() || (depth > 0 && random.nextInt(3 + depth) == 0);
    if (here) {
      return strange(node);
    }
    if (node instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      JsonNode value = object.get(name);
      switch (random.nextInt(8)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(text(), value.deepCopy());
        case 2 -> object.set(name + "x", object.remove(name));
        default -> object.set(name, mutated(value, depth + 1));
      }
      return object;
    }
    if (node instanceof ArrayNode array) {
      int at = random.nextInt(array.size());
      JsonNode value = array.get(at);
      switch (random.nextInt(8)) {
        case 0 -> array.remove(at);
        case 1 -> array.add(value.deepCopy());
        case 2 -> array.insert(0, strange(value.deepCopy()));
        default -> array.set(at, mutated(value, depth + 1));
      }
      return array;
    }
    return strange(node);
  }

  private JsonNode strange(JsonNode node) {
    return switch (random.nextInt(14)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextLong());
      case 3 -> NODES.numberNode(random.nextDouble() * 1e300);
      case 4 -> NODES.numberNode(-random.nextInt(5));
      case 5 -> NODES.arrayNode();
      case 6 -> NODES.objectNode();
      case 7 -> NODES.arrayNode().add(node.deepCopy());
      case 8 -> NODES.objectNode().set("a", node.deepCopy());
      case 9 -> deep(node);
      default -> NODES.textNode(text());
    };
  }

  private JsonNode deep(JsonNode node) {
    JsonNode deep = node.deepCopy();
    for (int n = random.nextInt(150); n > 0; n--) {
      deep = n % 2 == 0 ? NODES.arrayNode().add(deep) : NODES.objectNode().set("a", deep);
    }
    return deep;
  }

  String text() {
    if (random.nextInt(3) > 0) {
      return TEXTS.get(random.nextInt(TEXTS.size()));
    }
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      text.append((char) random.nextInt(random.nextInt(4) == 0 ? 0x10000 : 0x7f));
    }
    return text.toString();
  }

  private byte[] mutated(byte[] bytes) {
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    int to = at + (bytes.length == at ? 0 : random.nextInt(Math.min(20, bytes.length - at)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      out.write(bytes, 0, at);
      switch (random.nextInt(6)) {
        case 0 -> out.write(random.nextInt(256));
        case 1 -> out.write(text().getBytes(StandardCharsets.UTF_8));
        case 2 -> {
          for (int n = random.nextInt(200); n > 0; n--) {
            out.write(bytes, at, to - at);
          }
        }
        case 3 -> {
          return out.toByteArray();
        }
        case 4 ->
            out.write("[{\"a\":".repeat(random.nextInt(300)).getBytes(StandardCharsets.UTF_8));
        default -> {}
      }
      out.write(bytes, to, bytes.length - to);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return out.toByteArray();
  }
}
