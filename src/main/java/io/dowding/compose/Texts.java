package io.dowding.compose;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The small languages inside Compose's texts. Each answers null for what it does not understand.
 */
final class Texts {

  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);
  private static final Pattern BYTES =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(b|k|kb|kib|m|mb|mib|g|gb|gib|t|tb|tib|p|pb|pib)?");
  private static final Pattern CPUS = Pattern.compile("\\d{1,6}(\\.\\d{1,9})?");

  private static final int LONGEST_NUMBER = 100;
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private Texts() {}

  /** An image reference, with or without registry, tag and digest. */
  static boolean isImage(String text) {
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    if (at >= 0 && !DIGEST.matcher(text.substring(at + 1)).matches()) {
      return false;
    }
    if (name.isEmpty() || !isLower(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (isLower(c) || (c >= 'A' && c <= 'Z')) {
        continue;
      }
      // Two underscores are one separator, and stand before lower case only.
      boolean two = c == '_' && i + 2 < name.length() && name.charAt(i + 1) == '_';
      if (two && isLower(name.charAt(i + 2))) {
        i += 2;
      } else if ("._:/-".indexOf(c) < 0 || i + 1 == name.length() || !isAlnum(name, i + 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLower(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static boolean isAlnum(String text, int at) {
    char c = text.charAt(at);
    return isLower(c) || (c >= 'A' && c <= 'Z');
  }

  /** {@code 1m30s}; a plain number is seconds. */
  static @Nullable Duration duration(String text) {
    String rest = text.strip();
    if (rest.length() > LONGEST_NUMBER) {
      return null;
    }
    if (rest.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(rest));
    }
    Matcher part = DURATION_PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos =
          nanos.add(
              new BigDecimal(part.group(1))
                  .multiply(BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 0L))));
      end = part.end();
    }
    boolean whole = end == rest.length() && end > 0;
    return whole && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
        ? Duration.ofNanos(nanos.longValue())
        : null;
  }

  /** {@code 64M}, in powers of 1024 as Docker counts. */
  static @Nullable Long bytes(String text) {
    String stripped = text.strip();
    Matcher matcher = BYTES.matcher(stripped.toLowerCase(Locale.ROOT));
    if (stripped.length() > LONGEST_NUMBER || !matcher.matches()) {
      return null;
    }
    String unit = matcher.group(2) == null ? "b" : matcher.group(2);
    long factor = 1L << (10 * "bkmgtp".indexOf(unit.charAt(0)));
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? null : bytes.longValue();
  }

  /** {@code 0.5} CPUs, in thousand-millionths. */
  static @Nullable Long nanoCpus(String text) {
    return CPUS.matcher(text.strip()).matches()
        ? new BigDecimal(text.strip()).movePointRight(9).longValue()
        : null;
  }

  /** Splits as a shell does: quotes and backslashes, and nothing else; null for an open quote. */
  static @Nullable List<String> shellWords(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escapes = c == '\\' && quote != '\'' && i + 1 < text.length();
      if (escapes) {
        word.append(text.charAt(++i));
        inWord = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return quote == 0 ? words : null;
  }
}
