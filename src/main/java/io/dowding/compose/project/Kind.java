package io.dowding.compose.project;

import io.dowding.compose.Texts;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a value in a Compose file may be. */
sealed interface Kind {

  /** The field for every name that a user chooses. */
  String ANY_NAME = "*";

  /**
   * A value with nothing inside.
   *
   * @param expected how messages describe it, such as "a number"
   */
  record Plain(String expected, Predicate<@Nullable Object> fits) implements Kind {}

  /**
   * A list.
   *
   * @param expected how messages describe it
   * @param isUnique whether equal items are refused
   */
  record Listed(String expected, Kind item, boolean isUnique) implements Kind {}

  /**
   * A mapping with these fields, and with {@code x-} fields unless users choose the names.
   *
   * @param required the fields that must be there
   */
  record Fields(Map<String, Kind> fields, List<String> required) implements Kind {

    Fields needing(String... names) {
      return new Fields(fields, List.of(names));
    }

    boolean isNamedByUsers() {
      return fields.containsKey(ANY_NAME);
    }
  }

  /** One of several kinds of different forms. */
  record Either(List<Kind> kinds) implements Kind {}

  Plain TEXT = new Plain("text", value -> value instanceof String);

  Plain DATE = new Plain("a date", value -> value instanceof Yaml.Date);

  Plain NUMBER =
      new Plain(
          "a number",
          value ->
              value instanceof Number number
                  ? Double.isFinite(number.doubleValue())
                  : value instanceof String text && text.matches("[-+]?[0-9.]+([eE][-+]?\\d+)?"));

  Plain INTEGER =
      new Plain(
          "a whole number",
          value ->
              value instanceof Long
                  || value instanceof BigInteger
                  || (value instanceof Double number && number == Math.rint(number))
                  || (value instanceof String text && text.matches("[-+]?\\d{1,19}")));

  Plain FLAG =
      new Plain(
          "true or false",
          value ->
              value instanceof Boolean
                  || (value instanceof String text && Scalar.flag(text) != null));

  Plain SIZE =
      new Plain(
          "a size such as 64M",
          value -> value instanceof Number || (value instanceof String text && isSize(text)));

  Plain SIZE_AS_TEXT =
      new Plain("a size with a unit, such as 64M", value -> value instanceof String t && isSize(t));

  Plain DURATION =
      new Plain(
          "a duration with a unit, such as 1m30s",
          value ->
              value instanceof String text
                  && (text.equals("0") || text.matches(".*\\D"))
                  && Texts.duration(text) != null);

  Plain SCALAR = new Plain("text or a number", value -> !isEndless(value));

  Plain NOTHING = new Plain("nothing", value -> value == null);

  private static boolean isSize(String text) {
    return text.equals("-1") || Texts.bytes(text) != null;
  }

  private static boolean isEndless(@Nullable Object value) {
    return value instanceof Double number && !Double.isFinite(number);
  }

  static Plain words(String... words) {
    return new Plain(
        "one of " + String.join(", ", words),
        value -> value != null && List.of(words).contains(value));
  }

  /** A value of this kind, or none, as in {@code networks: {front: }}. */
  static Kind orNothing(Kind kind) {
    return either(kind, NOTHING);
  }

  static Listed list(Kind item) {
    return new Listed("a list", item, false);
  }

  static Listed unique(Kind item) {
    return new Listed("a list", item, true);
  }

  static Fields named(Kind each) {
    return new Fields(Map.of(ANY_NAME, each), List.of());
  }

  static Either either(Kind... kinds) {
    return new Either(List.of(kinds));
  }

  /**
   * @param namesAndKinds in turn: names with spaces between them, and their {@link Kind}
   */
  static Fields fields(Object... namesAndKinds) {
    Map<String, Kind> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndKinds.length; i += 2) {
      for (String name : namesAndKinds[i].toString().split(" ", -1)) {
        fields.put(name, (Kind) namesAndKinds[i + 1]);
      }
    }
    return new Fields(fields, List.of());
  }
}
