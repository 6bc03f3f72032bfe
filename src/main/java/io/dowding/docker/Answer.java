package io.dowding.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A part of an engine's answer, read strictly: a value has the expected type, or is absent where
 * allowed, or the answer is malformed. JSON {@code null} counts as absent.
 *
 * @param place the position in the answer, for messages
 */
record Answer(String place, JsonNode node) {

  private static final int DEEPEST = 64;
  private static final int LONGEST_TEXT = 1 << 20;

  /** In bytes; as a tree it takes up to twenty times as much memory. */
  private static final int LONGEST_ELEMENT = 8 << 20;

  private static final int LONGEST_NAME = 64 << 10;
  private static final int LONGEST_NUMBER = 64;
  private static final int LONGEST_ID = 128;

  static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder()
              // The host chooses these names; interned, they would stay in memory forever.
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DEEPEST)
                      .maxStringLength(LONGEST_TEXT)
                      .maxNameLength(LONGEST_NAME)
                      .maxNumberLength(LONGEST_NUMBER)
                      .build())
              .build());

  /** Parses a whole answer: one JSON object and nothing after it. */
  static Answer parse(String place, byte[] body) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedAnswer(place + " is not a JSON object");
      }
      Answer answer = new Answer(place, JSON.readTree(parser));
      if (parser.nextToken() != null) {
        throw new MalformedAnswer(place + " continues after its end");
      }
      return answer;
    } catch (IOException broken) {
      throw notJson(place, broken);
    }
  }

  /**
   * Passes on the objects of a list one by one, until the list ends.
   *
   * @param wanted their fields to read; others may be of any length
   */
  static void each(String place, InputStream list, Set<String> wanted, Consumer<Answer> element) {
    Portion portion = new Portion(list, place, LONGEST_ELEMENT);
    try (JsonParser parser = JSON.createParser(portion)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new MalformedAnswer(place + " is not a list");
      }
      for (int n = 0; parser.nextToken() == JsonToken.START_OBJECT; n++) {
        portion.begin();
        element.accept(new Answer(place + "[" + n + "]", object(parser, wanted, portion)));
      }
      if (parser.currentToken() != JsonToken.END_ARRAY || parser.nextToken() != null) {
        throw new MalformedAnswer(place + " is not a list of objects");
      }
    } catch (JsonProcessingException bad) {
      throw notJson(place, bad);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static JsonNode object(JsonParser parser, Set<String> wanted, Portion portion)
      throws IOException {
    ObjectNode object = JSON.createObjectNode();
    JsonToken token = parser.nextToken();
    while (token == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      if (wanted.contains(field)) {
        object.set(field, JSON.readTree(parser));
        token = parser.nextToken();
      } else {
        // A text is passed over on the way to the next token.
        token = portion.free(() -> parser.skipChildren().nextToken());
      }
    }
    return object;
  }

  static MalformedAnswer notJson(String place, IOException broken) {
    String why =
        broken instanceof JsonProcessingException bad
            ? bad.getOriginalMessage()
            : String.valueOf(broken.getMessage());
    String text = place + " cannot be read: " + why;
    return broken instanceof StreamConstraintsException
        ? new MalformedAnswer.TooLong(text)
        : new MalformedAnswer(text);
  }

  Answer at(String field) {
    JsonNode found = node.get(field);
    return new Answer(place + "." + field, found == null ? MissingNode.getInstance() : found);
  }

  boolean isAbsent() {
    return node.isMissingNode() || node.isNull();
  }

  Answer object() {
    return node.isObject() ? this : bad("an object");
  }

  String text() {
    if (!node.isTextual()) {
      bad("text");
    }
    return node.textValue();
  }

  String textOr(String absent) {
    return isAbsent() ? absent : text();
  }

  /** Text that is present and not empty. */
  String name() {
    String text = text();
    if (text.isEmpty()) {
      throw new MalformedAnswer(place + " is empty");
    }
    return text;
  }

  /** An id that is safe in the path of a later request. */
  String id() {
    String id = name();
    boolean plain = id.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
    if (!plain || id.length() > LONGEST_ID) {
      throw new MalformedAnswer(place + " is not an id");
    }
    return id;
  }

  long number(long least, long most, long absent) {
    if (isAbsent()) {
      return absent;
    }
    if (!node.isIntegralNumber()) {
      bad("a whole number");
    }
    if (!node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
      throw new MalformedAnswer(place + " is out of range");
    }
    return node.longValue();
  }

  int whole(int absent) {
    return (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE, absent);
  }

  boolean flag() {
    if (!isAbsent() && !node.isBoolean()) {
      bad("true or false");
    }
    return node.booleanValue();
  }

  /** The elements of a list; empty if it is absent. */
  List<Answer> items() {
    if (!isAbsent() && !node.isArray()) {
      bad("a list");
    }
    List<Answer> items = new ArrayList<>();
    node.forEach(item -> items.add(new Answer(place + "[" + items.size() + "]", item)));
    return items;
  }

  List<String> texts() {
    return items().stream().map(Answer::text).toList();
  }

  /** The fields of an object; empty if it is absent. */
  SortedMap<String, Answer> fields() {
    if (!isAbsent()) {
      object();
    }
    SortedMap<String, Answer> fields = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      fields.put(field.getKey(), new Answer(place + "." + field.getKey(), field.getValue()));
    }
    return fields;
  }

  SortedMap<String, String> textsByName() {
    SortedMap<String, String> texts = new TreeMap<>();
    fields().forEach((name, value) -> texts.put(name, value.text()));
    return texts;
  }

  private Answer bad(String wanted) {
    String found =
        node.isMissingNode() ? "missing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
    throw new MalformedAnswer(place + " is " + found + ", expected " + wanted);
  }
}
