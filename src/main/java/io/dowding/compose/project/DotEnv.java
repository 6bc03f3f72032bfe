package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Source;
import io.dowding.model.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * An environment file, parsed as Compose parses {@code .env} and {@code env_file}: {@code
 * NAME=value}, optionally after {@code export}; quotes, which may span lines; comments; variables
 * except in single quotes. A name alone takes its value from the environment, if set.
 */
final class DotEnv {

  private static final int SHOWN = 60;

  private final Source source;
  private final String text;
  private final Map<String, String> around;
  private final SequencedMap<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> known;
  private final Map<String, Position> unset;
  private final Budget budget = new Budget();
  private int at;
  private int counted;
  private int line = 1;

  private DotEnv(
      Source source, String text, Map<String, String> around, Map<String, Position> unset) {
    this.unset = unset;
    this.source = source;
    this.text = text.replace("\r\n", "\n");
    this.around = around;
    this.known = new LinkedHashMap<>(around);
  }

  /**
   * @param around the environment for variables; earlier lines of the file take precedence
   * @param unset receives the variables that are not set, and so are empty
   * @throws FileProblem with the line
   */
  static SequencedMap<String, String> read(
      Source source, String text, Map<String, String> around, Map<String, Position> unset) {
    DotEnv file =
        new DotEnv(source, text.startsWith("\uFEFF") ? text.substring(1) : text, around, unset);
    while (file.at < file.text.length()) {
      file.line();
    }
    return file.values;
  }

  private Position here() {
    for (; counted < at; counted++) {
      line += text.charAt(counted) == '\n' ? 1 : 0;
    }
    return new Position(source, line, 1);
  }

  private int lineEnd() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private void line() {
    int end = lineEnd();
    String line = text.substring(at, end);
    String stripped = line.strip();
    if (stripped.isEmpty() || stripped.startsWith("#")) {
      at = end + 1;
      return;
    }
    int skipped = line.indexOf(stripped);
    String statement = stripped;
    if (stripped.matches("export\\s.*")) {
      statement = stripped.substring("export".length()).strip();
      skipped = line.indexOf(statement, skipped + "export".length());
    }
    int separator = separator(statement);
    String name = (separator < 0 ? statement : statement.substring(0, separator)).strip();
    if (!name.matches("[\\p{L}\\p{N}_.\\[\\]-]+")) {
      throw new FileProblem(
          here(), '"' + Printable.of(stripped, SHOWN) + "\" is not a line such as NAME=value");
    }
    if (separator < 0) {
      String inherited = lookup(name);
      if (inherited != null) {
        put(name, inherited);
      }
      at = end + 1;
      return;
    }
    at += skipped + separator + 1;
    put(name, value());
  }

  private void put(String name, String value) {
    values.put(name, value);
    if (!around.containsKey(name)) {
      known.put(name, value);
    }
  }

  private static int separator(String statement) {
    for (int i = 0; i < statement.length(); i++) {
      if (statement.charAt(i) == '=' || statement.charAt(i) == ':') {
        return i;
      }
    }
    return -1;
  }

  private @Nullable String lookup(String name) {
    return known.get(name);
  }

  private String value() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    char quote = at < text.length() ? text.charAt(at) : '\n';
    return quote == '"' || quote == '\'' ? quoted(quote) : unquoted();
  }

  private String unquoted() {
    int end = lineEnd();
    String value = text.substring(at, end);
    Position place = here();
    at = end + 1;
    int comment = value.indexOf(" #");
    return resolved((comment < 0 ? value : value.substring(0, comment)).strip(), place);
  }

  private String quoted(char quote) {
    Position place = here();
    StringBuilder value = new StringBuilder();
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        value.append(escaped(quote, text.charAt(i)));
      } else if (c == quote) {
        // What follows is another statement.
        at = i + 1;
        return quote == '"' ? resolved(value.toString(), place) : value.toString();
      } else {
        value.append(c);
      }
    }
    throw new FileProblem(place, "a quote is not closed");
  }

  private static String escaped(char quote, char c) {
    if (quote == '\'') {
      return c == '\'' ? "'" : "\\" + c;
    }
    return switch (c) {
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case '"', '\\' -> String.valueOf(c);
      case '$' -> "$$";
      default -> "\\" + c;
    };
  }

  private String resolved(String value, Position place) {
    Interpolation interpolation = new Interpolation(known, new Messages(), budget);
    String resolved = interpolation.of(value, place);
    interpolation.unset().forEach(unset::putIfAbsent);
    return resolved;
  }
}
