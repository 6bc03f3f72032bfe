package io.dowding.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Ages in one unit, as people compare them: {@code 12s}, {@code 5m}, {@code 3h}, {@code 20d}. */
final class Ages {

  private Ages() {}

  /** The age of a time in ISO 8601; {@code -} where there is none. */
  static String of(String time, Instant now) {
    try {
      return of(Instant.parse(time), now);
    } catch (DateTimeException none) {
      return "-";
    }
  }

  /** Clocks differ: what is not there yet has just begun. */
  static String of(Instant time, Instant now) {
    Duration age = Duration.between(time, now);
    if (age.isNegative()) {
      return "0s";
    }
    return of(age);
  }

  static String of(Duration age) {
    long seconds = age.toSeconds();
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 120 * 60) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  /** Whether it is still to come, as {@code in 5s}; otherwise {@code now}. */
  static String until(String time, Instant now) {
    try {
      Duration left = Duration.between(now, Instant.parse(time));
      return left.isPositive() ? "in " + of(left.plusSeconds(1)) : "now";
    } catch (DateTimeException none) {
      return "now";
    }
  }
}
