package io.dowding.compose.yaml;

import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Printable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Parses YAML text. Aliases are expanded and merge keys resolved within budgets, because a few
 * lines of aliases may exceed memory or never end.
 */
public final class YamlReader {

  private static final int MOST_NODES = 200_000;
  private static final int MOST_DEPTH = 100;
  private static final int SHOWN = 60;
  private static final int LONGEST = 300;

  private final Source source;

  /** Whether a field's name must not be a number, a date, true, false or null, as in Compose. */
  private final boolean namesAreText;

  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int nodes;

  /** The end of a text whose last line has no line break, in code points; none if it is 0. */
  private int openEnd;

  private YamlReader(Source source, boolean namesAreText) {
    this.source = source;
    this.namesAreText = namesAreText;
  }

  /**
   * The documents in a Compose file.
   *
   * @throws FileProblem if it is not YAML, or a field's name is not text; with the place
   */
  public static List<Yaml> read(Source source, String text) {
    return read(new YamlReader(source, true), source, text);
  }

  private static List<Yaml> read(YamlReader reader, Source source, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source.name())
            .setUseMarks(true)
            .setAllowDuplicateKeys(true)
            .setAllowRecursiveKeys(true)
            .setMaxAliasesForCollections(MOST_NODES)
            .setSchema(new Untyped())
            .build();
    List<Yaml> documents = new ArrayList<>();
    try {
      String withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
      reader.openEnd =
          withoutMark.endsWith("\n") ? 0 : withoutMark.codePointCount(0, withoutMark.length());
      for (Node node : new Compose(settings).composeAllFromString(withoutMark)) {
        documents.add(reader.of(node, null, 0));
      }
    } catch (MarkedYamlEngineException bad) {
      Position at = bad.getProblemMark().map(mark -> position(source, mark)).orElse(start(source));
      throw new FileProblem(at, "not YAML: " + printable(bad.getProblem()));
    } catch (YamlEngineException bad) {
      throw new FileProblem(start(source), "not YAML: " + printable(bad.getMessage()));
    } catch (StackOverflowError deep) {
      throw new FileProblem(start(source), "is nested too deeply");
    }
    return documents;
  }

  /**
   * The only document in a file; an empty mapping if there is none.
   *
   * @throws FileProblem if it is not YAML, or has several documents; with the place
   */
  public static Yaml one(Source source, String text) {
    List<Yaml> documents = read(new YamlReader(source, false), source, text);
    if (documents.size() > 1) {
      throw new FileProblem(
          documents.get(1).at(), "a second document begins here; only one is read");
    }
    Yaml nothing = new Mapping(new LinkedHashMap<>(), start(source));
    Yaml document = documents.isEmpty() ? nothing : documents.getFirst();
    return document instanceof Scalar scalar && scalar.value() == null ? nothing : document;
  }

  /** Marks unquoted scalars, to distinguish them from an explicit {@code !!str}. */
  private static final class Untyped extends FailsafeSchema {
    private static final Tag OPEN = new Tag("!open");

    @Override
    public ScalarResolver getScalarResolver() {
      return (value, isPlain) -> isPlain ? OPEN : Tag.STR;
    }
  }

  private static String printable(@Nullable String text) {
    return Printable.of(String.valueOf(text).replaceAll("\\s+", " "), LONGEST);
  }

  private static Position start(Source source) {
    return new Position(source, 1, 1);
  }

  private static Position position(Source source, Mark mark) {
    return new Position(source, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Position position(Node node) {
    return node.getStartMark().map(mark -> position(source, mark)).orElse(start(source));
  }

  /**
   * @param key the place of the key, for messages; null if there is none
   */
  private Yaml of(Node node, @Nullable Position key, int depth) {
    Position at = key == null ? position(node) : key;
    if (++nodes > MOST_NODES) {
      throw new FileProblem(
          at, "with its aliases the file has more than the " + MOST_NODES + " values allowed");
    }
    if (depth > MOST_DEPTH) {
      throw new FileProblem(at, "is nested deeper than the " + MOST_DEPTH + " levels allowed");
    }
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar, at);
    }
    if (!open.add(node)) {
      throw new FileProblem(at, "contains itself");
    }
    Yaml value =
        node instanceof SequenceNode sequence
            ? items(sequence, at, depth)
            : mapping((MappingNode) node, at, depth);
    open.remove(node);
    return value;
  }

  private static Yaml.Tag tag(Node node) {
    return switch (node.getTag().getValue()) {
      case "!reset" -> Yaml.Tag.RESET;
      case "!override" -> Yaml.Tag.OVERRIDE;
      default -> Yaml.Tag.NONE;
    };
  }

  private Scalar scalar(ScalarNode node, Position at) {
    Object value =
        node.isPlain() && !node.getTag().equals(Tag.STR)
            ? Scalars.plain(node.getValue())
            : text(node);
    return new Scalar(value, at, tag(node));
  }

  /** The parser adds a line break at the end of a file; Compose's parser does not. */
  private String text(ScalarNode node) {
    String text = node.getValue();
    boolean isBlock =
        node.getScalarStyle() == ScalarStyle.LITERAL || node.getScalarStyle() == ScalarStyle.FOLDED;
    boolean isLast =
        openEnd > 0 && node.getEndMark().map(end -> end.getIndex() >= openEnd).orElse(false);
    return isBlock && isLast && text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private Items items(SequenceNode node, Position at, int depth) {
    List<Yaml> items = new ArrayList<>();
    for (Node item : node.getValue()) {
      items.add(of(item, null, depth + 1));
    }
    return new Items(items, at, tag(node));
  }

  private Mapping mapping(MappingNode node, Position at, int depth) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
    SequencedMap<String, Yaml> merged = new LinkedHashMap<>();
    Map<String, Position> keys = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      Position place = position(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        throw new FileProblem(place, "a field's name must be text");
      }
      String key = scalar.getValue();
      if (namesAreText && !(scalar(scalar, place).value() instanceof String)) {
        throw new FileProblem(
            place, "a field's name must be text; put " + Printable.of(key, SHOWN) + " in quotes");
      }
      Position before = keys.put(key, place);
      if (before != null) {
        throw new FileProblem(
            place,
            '"'
                + Printable.of(key, SHOWN)
                + "\" is here twice, first in line "
                + before.line()
                + "; remove one");
      }
      Yaml value = of(tuple.getValueNode(), place, depth + 1);
      if (key.equals("<<") && scalar.isPlain()) {
        merge(value, merged);
      } else {
        entries.put(key, value);
      }
    }
    merged.forEach(entries::putIfAbsent);
    return new Mapping(entries, at, tag(node));
  }

  /** Among several, the first that has a field wins. */
  private static void merge(Yaml value, SequencedMap<String, Yaml> merged) {
    switch (value) {
      case Mapping mapping -> mapping.entries().forEach(merged::putIfAbsent);
      case Items list -> list.items().forEach(item -> merge(item, merged));
      case Scalar scalar ->
          throw new FileProblem(scalar.at(), "<< takes a mapping, or a list of mappings");
    }
  }
}
