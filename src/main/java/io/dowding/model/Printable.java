package io.dowding.model;

/**
 * Makes untrusted text safe for a terminal, a log and a status: escapes unprintable characters as
 * in JSON, and cuts long text. Escapes control characters, format characters (bidirectional
 * overrides, zero-width ones), line and paragraph separators, unpaired surrogates, and characters
 * that Unicode does not assign.
 */
public final class Printable {

  private static final String CUT = "…";

  private Printable() {}

  /**
   * One line of printable text.
   *
   * @param most characters of the result, without the mark of a cut
   */
  public static String of(String text, int most) {
    if (text.length() <= most && isPrintable(text)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      String shown =
          point == '\n'
              ? "\\n"
              : point == '\t' ? "\\t" : isPrintable(point) ? Character.toString(point) : hex(point);
      if (line.length() + shown.length() > most) {
        return line + CUT;
      }
      line.append(shown);
      at += Character.charCount(point);
    }
    return line.toString();
  }

  /** One line of printable text, of any length. */
  public static String of(String text) {
    return of(text, Integer.MAX_VALUE);
  }

  /** Printable JSON; line breaks are kept. */
  public static String json(String json) {
    StringBuilder text = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            point -> {
              if (point == '\n' || isPrintable(point)) {
                text.appendCodePoint(point);
              } else {
                text.append(hex(point));
              }
            });
    return text.toString();
  }

  private static boolean isPrintable(String text) {
    return text.codePoints().allMatch(Printable::isPrintable);
  }

  private static boolean isPrintable(int point) {
    if (point >= ' ' && point <= '~') {
      return true;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static String hex(int point) {
    StringBuilder escaped = new StringBuilder();
    for (char unit : Character.toChars(point)) {
      escaped.append("\\u%04x".formatted((int) unit));
    }
    return escaped.toString();
  }

  /**
   * The message without leading exception names: {@code some.package.SomeException: what happened}.
   */
  public static String withoutExceptions(String message) {
    int begin = 0;
    for (int colon = message.indexOf(": "); colon > begin; colon = message.indexOf(": ", begin)) {
      if (!isClassName(message, begin, colon)) {
        break;
      }
      begin = colon + 2;
    }
    return message.substring(begin);
  }

  /** A name with a dot in it: {@code a.b.C}. */
  private static boolean isClassName(String text, int begin, int end) {
    int dot = text.lastIndexOf('.', end - 1);
    if (dot <= begin) {
      return false;
    }
    for (int i = begin; i < end; i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      boolean separator = c == '.' && i > begin && text.charAt(i - 1) != '.' && i + 1 < end;
      if (!letter && c != '$' && !separator) {
        return false;
      }
    }
    return true;
  }
}
