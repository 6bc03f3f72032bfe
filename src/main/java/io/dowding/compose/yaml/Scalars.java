package io.dowding.compose.yaml;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses unquoted scalars by the rules of Compose's own parser (yaml.v3): YAML 1.2 core, plus octal
 * numbers with a leading zero, underscores in numbers, and dates.
 */
final class Scalars {

  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]++|[0-9]++(\\.[0-9]*+)?)([eE][-+]?[0-9]++)?");
  private static final Pattern INTEGER =
      Pattern.compile(
          "([-+]?)(0[xX]([0-9a-fA-F]++)|0[bB]([01]++)|0[oO]?([0-7]++)|(0|[1-9][0-9]*+))");
  private static final Pattern DATE =
      Pattern.compile(
          "(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})"
              + "(?:(?:(?<t>[Tt])|\\s+)(?<hour>\\d{1,2}):(?<minute>\\d{1,2}):(?<second>\\d{1,2})"
              + "(?<fraction>\\.\\d{1,9})?(?<zone>Z|[-+]\\d\\d:\\d\\d)?)?");

  /** From this exponent on, Go prints one. */
  private static final int PLAIN_DIGITS = 6;

  private static final int LONGEST_NUMBER = 100;

  private Scalars() {}

  static @Nullable Object plain(String text) {
    if (text.isEmpty() || List.of("~", "null", "Null", "NULL").contains(text)) {
      return null;
    }
    if (List.of("true", "True", "TRUE").contains(text)) {
      return true;
    }
    if (List.of("false", "False", "FALSE").contains(text)) {
      return false;
    }
    if (text.length() > LONGEST_NUMBER || "+-.0123456789".indexOf(text.charAt(0)) < 0) {
      return text;
    }
    if (text.replaceFirst("^[-+]", "").equalsIgnoreCase(".inf")) {
      return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (text.equalsIgnoreCase(".nan")) {
      return Double.NaN;
    }
    Matcher date = DATE.matcher(text);
    if (date.matches()) {
      String printed = date(date);
      return printed == null ? text : new Yaml.Date(printed);
    }
    Object number = number(text.replace("_", ""));
    return number == null ? text : number;
  }

  private static @Nullable Object number(String text) {
    Matcher integer = INTEGER.matcher(text);
    if (integer.matches()) {
      BigInteger value = magnitude(integer);
      BigInteger signed = integer.group(1).equals("-") ? value.negate() : value;
      if (signed.bitLength() < Long.SIZE) {
        return signed.longValue();
      }
      // As far as Compose's numbers without a sign reach.
      return signed.signum() > 0 && signed.bitLength() == Long.SIZE ? signed : signed.doubleValue();
    }
    Double number = FLOAT.matcher(text).matches() ? Double.valueOf(text) : null;
    return number == null || number.isInfinite() ? null : number;
  }

  private static BigInteger magnitude(Matcher integer) {
    if (integer.group(3) != null) {
      return new BigInteger(integer.group(3), 16);
    }
    if (integer.group(4) != null) {
      return new BigInteger(integer.group(4), 2);
    }
    return integer.group(5) != null
        ? new BigInteger(integer.group(5), 8)
        : new BigInteger(integer.group(6));
  }

  /** As Compose prints it, in Go's format; null if it is not a date. */
  private static @Nullable String date(Matcher parts) {
    // With a T there is a zone, with a space there is none.
    if ((parts.group("t") == null) != (parts.group("zone") == null)) {
      return null;
    }
    String zone = parts.group("zone");
    boolean isUtc = zone == null || zone.matches("Z|[-+]00:00");
    try {
      LocalDate day =
          LocalDate.of(number(parts, "year"), number(parts, "month"), number(parts, "day"));
      String time =
          parts.group("hour") == null
              ? "00:00:00"
              : String.format(
                  "%02d:%02d:%02d",
                  number(parts, "hour"), number(parts, "minute"), number(parts, "second"));
      LocalTime.parse(time);
      String fraction =
          parts.group("fraction") == null
              ? ""
              : parts.group("fraction").replaceFirst("\\.?0*$", "");
      String offset = isUtc || zone == null ? "+0000" : zone.replace(":", "");
      return day + " " + time + fraction + " " + offset + " " + (isUtc ? "UTC" : offset);
    } catch (DateTimeException none) {
      return null;
    }
  }

  private static int number(Matcher parts, String group) {
    return Integer.parseInt(parts.group(group));
  }

  /** A number as Go prints it. */
  static String text(double number) {
    if (!Double.isFinite(number)) {
      return Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < PLAIN_DIGITS) {
      return decimal.toPlainString();
    }
    String digits = decimal.movePointLeft(exponent).stripTrailingZeros().toPlainString();
    return String.format("%se%s%02d", digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
