package io.dowding.compose;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Variables in a Compose file: {@code $NAME}, {@code ${NAME:-default}} and so on. */
final class Variables {

  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\$(?:(?<dollar>\\$)|(?<plain>[A-Za-z_]\\w*)"
              + "|\\{(?<name>[A-Za-z_]\\w*)(?:(?<kind>:?[-?+])(?<word>[^}]*))?})");

  private Variables() {}

  static String resolve(String text, Map<String, String> environment, List<String> problems) {
    return VARIABLE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value(found, environment, problems)));
  }

  private static String value(
      java.util.regex.MatchResult found, Map<String, String> environment, List<String> problems) {
    if (found.group("dollar") != null) {
      return "$";
    }
    String name = found.group("plain") == null ? found.group("name") : found.group("plain");
    String kind = found.group("kind") == null ? "" : found.group("kind");
    String word = found.group("word") == null ? "" : found.group("word");
    String value = environment.get(name);
    boolean there = value != null && !(kind.startsWith(":") && value.isEmpty());
    if (kind.endsWith("+")) {
      return there ? word : "";
    }
    if (there && value != null) {
      return value;
    }
    if (kind.endsWith("-")) {
      return word;
    }
    problems.add(
        "the variable "
            + name
            + " is not set"
            + (word.isEmpty() ? "; set it, or write ${" + name + ":-default}" : ": " + word));
    return "";
  }
}
