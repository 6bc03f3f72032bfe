package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Printable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fills in variables: {@code $NAME}, {@code ${NAME}}, and with {@code :-}, {@code -}, {@code :+},
 * {@code +}, {@code :?} and {@code ?}, whose text may contain variables. A dollar that starts no
 * variable stays; {@code $$} is a dollar.
 */
final class Interpolation {

  private static final List<String> OPERATORS = List.of(":-", ":?", ":+", "-", "?", "+");
  private static final int SHOWN = 60;
  private static final int MOST_DEPTH = 20;
  private static final int LONGEST = 1 << 20;

  private final Map<String, String> environment;
  private final SortedMap<String, Position> unset = new TreeMap<>();
  private final Set<Position> failed = new HashSet<>();
  private final Messages problems;
  private final Budget budget;

  /**
   * @param problems receives malformed and missing required variables, each with its place
   */
  Interpolation(Map<String, String> environment, Messages problems, Budget budget) {
    this.environment = environment;
    this.problems = problems;
    this.budget = budget;
  }

  /** The variables so far that had neither value nor default, and where each was used first. */
  SortedMap<String, Position> unset() {
    return unset;
  }

  /** The places of the problems. */
  Set<Position> failed() {
    return failed;
  }

  /** A tree with its variables filled in, except in field names. */
  Yaml of(Yaml value) {
    return switch (value) {
      case Scalar(String text, Position at, Yaml.Tag tag) ->
          new Scalar(orProblem(text, at), at, tag);
      case Scalar other -> other;
      case Items list ->
          new Items(list.items().stream().map(this::of).toList(), list.at(), list.tag());
      case Mapping mapping -> {
        SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, below) -> entries.put(key, of(below)));
        yield new Mapping(entries, mapping.at(), mapping.tag());
      }
    };
  }

  private String orProblem(String text, Position at) {
    try {
      return of(text, at);
    } catch (FileProblem problem) {
      if (budget.isSpent()) {
        throw problem;
      }
      problems.add(String.valueOf(problem.getMessage()));
      failed.add(at);
      return "";
    }
  }

  String of(String text, Position at) {
    return of(text, at, 0);
  }

  private String of(String text, Position at, int depth) {
    if (text.indexOf('$') < 0) {
      return text;
    }
    if (depth > MOST_DEPTH) {
      throw new FileProblem(at, "has variables nested deeper than " + MOST_DEPTH + " levels");
    }
    StringBuilder resolved = new StringBuilder();
    int from = 0;
    for (int dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', from)) {
      resolved.append(text, from, dollar);
      from = dollar + 1;
      if (text.startsWith("$", from)) {
        resolved.append('$');
        from++;
      } else if (text.startsWith("{", from)) {
        int close = closing(text, from + 1);
        if (close < 0) {
          throw malformed(text.substring(dollar), at);
        }
        append(resolved, braced(text.substring(from + 1, close), at, depth), at);
        from = close + 1;
      } else {
        int end = nameEnd(text, from);
        append(resolved, end == from ? "$" : plain(text.substring(from, end), at), at);
        from = end;
      }
    }
    return resolved.append(text, from, text.length()).toString();
  }

  private void append(StringBuilder resolved, String value, Position at) {
    budget.spend(value.length(), at);
    if (resolved.length() + value.length() > LONGEST) {
      throw new FileProblem(at, "is longer than " + LONGEST + " characters with its variables");
    }
    resolved.append(value);
  }

  private static FileProblem malformed(String text, Position at) {
    return new FileProblem(
        at,
        "\""
            + Printable.of(text, SHOWN)
            + "\" is not a variable such as ${NAME} or ${NAME:-default}; a plain $ is written $$");
  }

  /** The position of the brace that closes the one at {@code from}, or -1. */
  private static int closing(String text, int from) {
    int depth = 1;
    for (int at = from; at < text.length(); at++) {
      if (text.charAt(at) == '{') {
        depth++;
      } else if (text.charAt(at) == '}' && --depth == 0) {
        return at;
      }
    }
    return -1;
  }

  private static int nameEnd(String text, int begin) {
    int end = begin;
    while (end < text.length() && isOfName(text.charAt(end), end > begin)) {
      end++;
    }
    return end;
  }

  private static boolean isOfName(char c, boolean inside) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (inside && c >= '0' && c <= '9');
  }

  private String plain(String name, Position at) {
    String value = environment.get(name);
    if (value == null) {
      unset.putIfAbsent(name, at);
      return "";
    }
    return value;
  }

  private String braced(String inside, Position at, int depth) {
    int end = nameEnd(inside, 0);
    String name = inside.substring(0, end);
    String rest = inside.substring(end);
    if (end > 0 && rest.isEmpty()) {
      return plain(name, at);
    }
    String operator = OPERATORS.stream().filter(rest::startsWith).findFirst().orElse("");
    if (end == 0 || operator.isEmpty()) {
      throw malformed("${" + inside + "}", at);
    }
    String word = rest.substring(operator.length());
    @Nullable String value = environment.get(name);
    boolean isSet = value != null && !(operator.startsWith(":") && value.isEmpty());
    return switch (operator.charAt(operator.length() - 1)) {
      case '+' -> isSet ? of(word, at, depth + 1) : "";
      case '-' -> isSet && value != null ? value : of(word, at, depth + 1);
      default -> {
        if (isSet && value != null) {
          yield value;
        }
        String message = of(word, at, depth + 1);
        throw new FileProblem(
            at,
            "the variable "
                + Printable.of(name, SHOWN)
                + " is required"
                + (message.isEmpty() ? "; set it" : ": " + message));
      }
    };
  }
}
