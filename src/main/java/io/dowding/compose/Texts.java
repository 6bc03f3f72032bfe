package io.dowding.compose;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parsers of the small formats inside Compose's texts. Each returns null for text that it cannot
 * parse.
 */
public final class Texts {

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
  private static final Pattern BYTES = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgtp]?)i?b?");
  private static final Pattern CPUS = Pattern.compile("(?=\\.?\\d)\\d{0,6}(\\.\\d{0,9})?");

  private static final int LONGEST_NUMBER = 100;

  /** A registry differs from a path by a dot, a port or upper case, as in Docker. */
  private static final Pattern REGISTRY =
      Pattern.compile("localhost|(?=[^/]*[.:A-Z])[a-zA-Z0-9][a-zA-Z0-9.-]*+(:[0-9]{1,5})?");

  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private Texts() {}

  /**
   * An image reference by Docker's grammar: an optional registry, which may have upper case and a
   * port, a lower-case path, and an optional tag and digest.
   */
  static boolean isImage(String text) {
    int at = text.indexOf('@');
    if (at >= 0 && !DIGEST.matcher(text.substring(at + 1)).matches()) {
      return false;
    }
    String rest = at < 0 ? text : text.substring(0, at);
    int slash = rest.indexOf('/');
    if (slash > 0 && REGISTRY.matcher(rest.substring(0, slash)).matches()) {
      rest = rest.substring(slash + 1);
    }
    int colon = rest.indexOf(':');
    if (colon >= 0 && !TAG.matcher(rest.substring(colon + 1)).matches()) {
      return false;
    }
    return List.of((colon < 0 ? rest : rest.substring(0, colon)).split("/", -1)).stream()
        .allMatch(Texts::isOfPath);
  }

  /** Letters and digits, separated by a dot, one or two underscores, or dashes. */
  private static boolean isOfPath(String component) {
    int at = 0;
    while (at < component.length() && isLower(component.charAt(at))) {
      at++;
      int begin = at;
      while (at < component.length() && "._-".indexOf(component.charAt(at)) >= 0) {
        at++;
      }
      String separator = component.substring(begin, at);
      boolean isOne = separator.isEmpty() || List.of(".", "_", "__").contains(separator);
      if (!isOne && !separator.chars().allMatch(c -> c == '-')) {
        return false;
      }
    }
    return at == component.length() && at > 0 && isLower(component.charAt(at - 1));
  }

  private static boolean isLower(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** {@code 1m30s}; a plain number is seconds. */
  public static @Nullable Duration duration(String text) {
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

  /** {@code 64M} or {@code 64Mi}, in powers of 1024 as in Docker. */
  public static @Nullable Long bytes(String text) {
    String stripped = text.strip();
    Matcher matcher = BYTES.matcher(stripped.toLowerCase(Locale.ROOT));
    if (stripped.length() > LONGEST_NUMBER || !matcher.matches()) {
      return null;
    }
    long factor =
        1L << (10 * " kmgtp".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2)));
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? null : bytes.longValue();
  }

  /** {@code 0.5} CPUs, in billionths. */
  static @Nullable Long nanoCpus(String text) {
    return CPUS.matcher(text.strip()).matches()
        ? new BigDecimal(text.strip()).movePointRight(9).longValue()
        : null;
  }
}
