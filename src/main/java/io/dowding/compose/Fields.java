package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object. Fields that are read are known; the others are refused by name at
 * the end. Null counts as absent, because {@code docker compose config} writes nulls.
 */
final class Fields {

  private static final int SHOWN = 60;

  /** Linux's longest path; no field with a format of its own is longer. */
  private static final int MOST_CHARACTERS = 4096;

  private static final int MOST_ITEMS = 10_000;

  private final String path;
  private final JsonNode node;
  private final Problems problems;
  private final Set<String> known = new HashSet<>();

  Fields(String path, JsonNode node, Problems problems) {
    this.path = path;
    this.node = node;
    this.problems = problems;
  }

  /** The value of a field, or null. */
  @Nullable JsonNode get(String field) {
    known.add(field);
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  void problem(String field, String what) {
    problems.add(path(field), () -> what);
  }

  /** A value for a message: short, and as it was written. */
  static String show(JsonNode value) {
    return Printable.of(value.toString(), SHOWN);
  }

  /** The same for text. */
  static String quote(String text) {
    return '"' + Printable.of(text, SHOWN) + '"';
  }

  @Nullable String text(String field) {
    JsonNode value = get(field);
    if (value == null) {
      return null;
    }
    if (value.isContainerNode() || value.isBoolean()) {
      problem(field, show(value) + " is not text");
      return null;
    }
    return value.asText();
  }

  /** Parses text; if that fails, the message says what is expected. */
  <T> @Nullable T text(String field, String expected, Function<String, @Nullable T> parse) {
    String text = text(field);
    if (text == null) {
      return null;
    }
    T value = text.length() > MOST_CHARACTERS ? null : parse.apply(text);
    if (value == null) {
      problem(field, show(node.get(field)) + " is not " + expected);
    }
    return value;
  }

  /** The same, but empty text is no value: an unset variable leaves it. */
  <T> @Nullable T word(String field, String expected, Function<String, @Nullable T> parse) {
    JsonNode value = get(field);
    return value != null && value.isTextual() && value.asText().isEmpty()
        ? null
        : text(field, expected, parse);
  }

  long number(String field, long fallback, long least, long most) {
    Long number =
        text(
            field,
            "a number from " + least + " to " + most,
            text -> {
              try {
                long value = Long.parseLong(text.strip());
                return value < least || value > most ? null : value;
              } catch (NumberFormatException notOne) {
                return null;
              }
            });
    return number == null ? fallback : number;
  }

  @Nullable Long bytes(String field) {
    return text(field, "a size such as 64M", Texts::bytes);
  }

  boolean flag(String field) {
    return flag(field, false);
  }

  boolean flag(String field, boolean fallback) {
    JsonNode value = get(field);
    if (value == null) {
      return fallback;
    }
    // Values of variables are text.
    Boolean flag = Scalar.flag(value.isBoolean() || value.isTextual() ? value.asText() : "");
    if (flag == null) {
      problem(field, show(value) + " is not true or false");
      return fallback;
    }
    return flag;
  }

  /** A nested object; empty if absent. */
  Fields object(String field) {
    JsonNode value = get(field);
    if (value != null && !value.isObject()) {
      problem(field, show(value) + " is not an object");
      value = null;
    }
    JsonNode object =
        value == null ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : value;
    return new Fields(path(field), object, problems);
  }

  /** The keys of an object whose keys are user-defined names. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A list of texts, or a text split as in a shell. */
  @Nullable List<String> words(String field) {
    JsonNode value = get(field);
    if (value == null) {
      return null;
    }
    if (value.isTextual()) {
      CommandLine command = CommandLine.of(value.asText());
      if (command.wrong() != null) {
        problem(field, show(value) + " " + command.wrong());
      } else if (!command.rest().isEmpty()) {
        problem(
            field,
            show(value)
                + " has "
                + quote(command.rest())
                + " outside quotes, but there is no shell; "
                + CommandLine.SHELL);
      }
      return command.words();
    }
    return list(field);
  }

  /**
   * Checks the first of these words, if any. A runtime repeats a program that it cannot find in its
   * error; if that is longer than a pipe takes, the start and every inspection hang forever.
   */
  void program(String field, @Nullable List<String> words) {
    if (words != null && !words.isEmpty() && words.getFirst().length() > MOST_CHARACTERS) {
      problem(
          field,
          "is longer than the "
              + MOST_CHARACTERS
              + " characters that a path may have: its first"
              + " word is the program");
    }
  }

  /** A name or number. */
  @Nullable String user() {
    return text("user", "a user of at most " + MOST_CHARACTERS + " characters", text -> text);
  }

  List<String> list(String field) {
    return list(field, MOST_ITEMS);
  }

  List<String> list(String field, int most) {
    List<String> texts = new ArrayList<>();
    int i = 0;
    for (JsonNode item : items(field, most)) {
      if (item.isContainerNode() || item.isNull()) {
        problem(field + "[" + i + "]", show(item) + " is not text");
      } else {
        texts.add(item.asText());
      }
      i++;
    }
    return texts;
  }

  /** A map of texts, written as a map or as a list of {@code key=value}. */
  Map<String, String> map(String field, String withoutValue) {
    Map<String, String> map = new TreeMap<>();
    JsonNode value = get(field);
    if (value == null) {
      return map;
    }
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        JsonNode item = entry.getValue();
        if (item.isNull()) {
          problem(field + "." + entry.getKey(), withoutValue);
        } else if (item.isContainerNode()) {
          problem(field + "." + entry.getKey(), show(item) + " is not text");
        } else {
          map.put(entry.getKey(), item.asText());
        }
      }
      return map;
    }
    for (String item : list(field)) {
      int equals = item.indexOf('=');
      if (equals < 1) {
        problem(field, quote(item) + ": " + withoutValue);
      } else {
        map.put(item.substring(0, equals), item.substring(equals + 1));
      }
    }
    return map;
  }

  /** Refuses every field that was not read, except {@code x-*}. */
  void refuseOthers() {
    if (!node.isObject()) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String field = entry.getKey();
      if (!known.contains(field) && !field.startsWith("x-") && !entry.getValue().isNull()) {
        problems.add(path(field), () -> Hints.unknown(path(field), known));
      }
    }
  }

  Iterable<JsonNode> items(String field) {
    return items(field, MOST_ITEMS);
  }

  /** The items of a list in which each item is compared with the others. */
  Iterable<JsonNode> items(String field, int most) {
    JsonNode value = get(field);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      problem(field, show(value) + " is not a list");
      return List.of();
    }
    if (value.size() > most) {
      problem(field, "has " + value.size() + " items, more than the " + most + " allowed");
      return List.of();
    }
    return value;
  }

  Problems problems() {
    return problems;
  }
}
