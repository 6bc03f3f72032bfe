package io.dowding.compose;

import java.util.List;
import java.util.Map;

/** Variables in a Compose file: {@code $NAME}, {@code ${NAME:-default}} and so on. */
final class Variables {

  private static final List<String> KINDS = List.of(":-", ":?", ":+", "-", "?", "+");

  private Variables() {}

  /** What is no variable stays as it is. In one pass: a text may be long. */
  static String resolve(String text, Map<String, String> environment, List<String> problems) {
    StringBuilder resolved = new StringBuilder();
    int lastBrace = text.lastIndexOf('}');
    int at = 0;
    while (at < text.length()) {
      int dollar = text.indexOf('$', at);
      if (dollar < 0) {
        break;
      }
      resolved.append(text, at, dollar);
      at = dollar + 1;
      if (text.startsWith("$", at)) {
        resolved.append('$');
        at++;
        continue;
      }
      boolean braced = text.startsWith("{", at) && lastBrace > at;
      int begin = braced ? at + 1 : at;
      int end = nameEnd(text, begin);
      int close = braced ? text.indexOf('}', end) : end;
      String rest = braced ? text.substring(end, close) : "";
      String kind = KINDS.stream().filter(rest::startsWith).findFirst().orElse("");
      if (end == begin || (kind.isEmpty() && !rest.isEmpty())) {
        resolved.append('$');
        continue;
      }
      String word = rest.substring(kind.length());
      resolved.append(value(text.substring(begin, end), kind, word, environment, problems));
      at = braced ? close + 1 : end;
    }
    return at == 0 ? text : resolved.append(text, at, text.length()).toString();
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

  private static String value(
      String name,
      String kind,
      String word,
      Map<String, String> environment,
      List<String> problems) {
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
