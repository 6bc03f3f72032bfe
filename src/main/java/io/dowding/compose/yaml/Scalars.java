package io.dowding.compose.yaml;

import java.math.BigInteger;
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
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{1,2}-\\d{1,2}");
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
    if (DATE.matcher(text).matches()) {
      return date(text);
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
    return FLOAT.matcher(text).matches() ? Double.valueOf(text) : null;
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

  /** Compose prints a date in Go's format. */
  private static String date(String text) {
    String[] parts = text.split("-", 3);
    int month = Integer.parseInt(parts[1]);
    int day = Integer.parseInt(parts[2]);
    boolean exists = month >= 1 && month <= 12 && day >= 1 && day <= 31;
    return exists ? String.format("%s-%02d-%02d 00:00:00 +0000 UTC", parts[0], month, day) : text;
  }
}
