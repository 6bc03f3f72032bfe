package io.dowding.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Wrong answers. Some of them modify the engine's answer, so the engine performs the request. */
enum Lie {
  REDIRECT(false),
  ERROR_OF_10_MB(false),
  TRUNCATED(true),
  WRONG_TYPES(true),
  NULLS(true),
  ENDLESS_BODY(false),
  ENDLESS_HEADERS(false),
  SILENCE(false),
  WRONG_CONTENT_TYPE(true),
  GZIP_BOMB(false);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final boolean needsTruth;

  Lie(boolean needsTruth) {
    this.needsTruth = needsTruth;
  }

  boolean needsTruth() {
    return needsTruth;
  }

  /**
   * Writes the wrong answer.
   *
   * @param truth the body that the engine returned, or empty
   * @param elsewhere the target of redirects
   */
  void tell(Ask ask, byte[] truth, String elsewhere, OutputStream out) throws IOException {
    switch (this) {
      case REDIRECT -> head(out, "307 Over there", "Location: " + elsewhere, "Content-Length: 0");
      case ERROR_OF_10_MB -> {
        head(out, "500 Broken", "Content-Length: " + (10 << 20));
        endless(out, "x".repeat(1024), 10 << 10);
      }
      case TRUNCATED -> {
        byte[] whole = truth.length < 2 ? "{\"a\":1}".getBytes(StandardCharsets.UTF_8) : truth;
        head(out, "200 OK", json(), "Content-Length: " + whole.length);
        out.write(whole, 0, whole.length / 2);
      }
      case WRONG_TYPES -> body(out, mapped(ask, truth, Lie::wrong));
      case NULLS -> body(out, mapped(ask, truth, value -> JsonNodeFactory.instance.nullNode()));
      case ENDLESS_BODY -> {
        head(out, "200 OK", json());
        if (ask == Ask.LIST) {
          String one = "{\"Id\":\"aa\",\"Names\":[\"/a\"],\"State\":\"running\"},";
          out.write('[');
          endless(out, one.repeat(20), Integer.MAX_VALUE);
        }
        out.write("{\"Actor\":\"".getBytes(StandardCharsets.UTF_8));
        endless(out, "x".repeat(1024), Integer.MAX_VALUE);
      }
      case ENDLESS_HEADERS -> {
        out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
        endless(out, "X-More: y\r\n".repeat(50), Integer.MAX_VALUE);
      }
      case SILENCE -> throw new IllegalStateException("SILENCE sends no answer");
      case WRONG_CONTENT_TYPE -> {
        head(out, "200 OK", "Content-Type: text/html", "Content-Length: " + truth.length);
        out.write(truth);
      }
      case GZIP_BOMB -> {
        byte[] bomb = bomb();
        head(out, "200 OK", json(), "Content-Encoding: gzip", "Content-Length: " + bomb.length);
        out.write(bomb);
      }
    }
    out.flush();
  }

  private static String json() {
    return "Content-Type: application/json";
  }

  private static void head(OutputStream out, String status, String... headers) throws IOException {
    String text = "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + String.join("\r\n", headers);
    text += "\r\n\r\n";
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void body(OutputStream out, byte[] body) throws IOException {
    head(out, "200 OK", json(), "Content-Length: " + body.length);
    out.write(body);
  }

  private static void endless(OutputStream out, String part, int times) throws IOException {
    byte[] bytes = part.getBytes(StandardCharsets.US_ASCII);
    for (int n = 0; n < times; n++) {
      out.write(bytes);
    }
  }

  /** 200 MB of zeros, compressed. */
  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      endless(gzip, "\0".repeat(1 << 20), 200);
    }
    return bytes.toByteArray();
  }

  private interface Change {
    JsonNode of(JsonNode value);
  }

  /** Changes every leaf value. */
  private static byte[] mapped(Ask ask, byte[] truth, Change change) throws IOException {
    String text = new String(truth, StandardCharsets.UTF_8);
    boolean usable = !ask.isStream() && (text.startsWith("{") || text.startsWith("["));
    JsonNode tree =
        JSON.readTree(
            usable
                ? text
                : "{\"Id\":\"a\",\"Actor\":{\"ID\":\"a\"},\"status\":\"a\",\"error\":\"a\"}");
    return (JSON.writeValueAsString(mapped(tree, change)) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode mapped(JsonNode node, Change change) {
    return switch (node) {
      case ObjectNode object -> {
        ObjectNode made = JSON.createObjectNode();
        object.properties().forEach(f -> made.set(f.getKey(), mapped(f.getValue(), change)));
        yield made;
      }
      case ArrayNode array -> {
        ArrayNode made = JSON.createArrayNode();
        array.forEach(item -> made.add(mapped(item, change)));
        yield made;
      }
      default -> change.of(node);
    };
  }

  private static JsonNode wrong(JsonNode value) {
    return value.isTextual()
        ? JsonNodeFactory.instance.numberNode(7)
        : JsonNodeFactory.instance.textNode("seven");
  }
}
