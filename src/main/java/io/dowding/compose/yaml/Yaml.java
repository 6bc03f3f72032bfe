package io.dowding.compose.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A value of a YAML document, with its place in the file. */
public sealed interface Yaml {

  /** Compose's tags for merging. */
  enum Tag {
    NONE,
    /** {@code !reset}: removes the field. */
    RESET,
    /** {@code !override}: this value replaces the other one instead of being merged. */
    OVERRIDE
  }

  Position at();

  Tag tag();

  Yaml withTag(Tag tag);

  /** As JSON, without places. */
  JsonNode json();

  /** A date without quotes, which Compose does not take for text. */
  record Date(String text) {

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * @param value a String, Boolean, Long, BigInteger, Double or {@link Date}, or null
   */
  record Scalar(@Nullable Object value, Position at, Tag tag) implements Yaml {

    public Scalar(@Nullable Object value, Position at) {
      this(value, at, Tag.NONE);
    }

    @Override
    public Scalar withTag(Tag another) {
      return new Scalar(value, at, another);
    }

    /** A boolean as Compose reads it in text; null if it is neither true nor false. */
    public static @Nullable Boolean flag(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "yes", "y", "on" -> true;
        case "false", "no", "n", "off" -> false;
        default -> null;
      };
    }

    public boolean isTrue() {
      return Boolean.TRUE.equals(flag(text()));
    }

    /** Whether it is false; text may be neither true nor false. */
    public boolean isFalse() {
      return Boolean.FALSE.equals(flag(text()));
    }

    /** As text the way Compose prints it: empty for null. */
    public String text() {
      return switch (value) {
        case null -> "";
        case Double number -> Scalars.text(number);
        default -> value.toString();
      };
    }

    @Override
    public JsonNode json() {
      return switch (value) {
        case null -> NullNode.getInstance();
        case Boolean flag -> BooleanNode.valueOf(flag);
        case BigInteger number -> BigIntegerNode.valueOf(number);
        case Long number -> LongNode.valueOf(number);
        case Double number when isWhole(number) -> LongNode.valueOf(number.longValue());
        case Double number -> DoubleNode.valueOf(number);
        default -> TextNode.valueOf(value.toString());
      };
    }

    private static boolean isWhole(double number) {
      return number == Math.rint(number) && Math.abs(number) < Long.MAX_VALUE;
    }
  }

  record Items(List<Yaml> items, Position at, Tag tag) implements Yaml {

    public Items(List<Yaml> items, Position at) {
      this(items, at, Tag.NONE);
    }

    @Override
    public Items withTag(Tag another) {
      return new Items(items, at, another);
    }

    @Override
    public JsonNode json() {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
      items.forEach(item -> array.add(item.json()));
      return array;
    }
  }

  record Mapping(SequencedMap<String, Yaml> entries, Position at, Tag tag) implements Yaml {

    public Mapping(SequencedMap<String, Yaml> entries, Position at) {
      this(entries, at, Tag.NONE);
    }

    @Override
    public Mapping withTag(Tag another) {
      return new Mapping(entries, at, another);
    }

    public @Nullable Yaml get(String key) {
      return entries.get(key);
    }

    @Override
    public JsonNode json() {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      entries.forEach((key, value) -> object.set(key, value.json()));
      return object;
    }
  }
}
