package io.dowding.cli;

import java.util.Locale;

/** Sizes for people, in one unit with one digit behind the point: {@code 1.5 GiB}. */
final class Sizes {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  private static final double STEP = 1024;

  private Sizes() {}

  static String of(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= STEP && unit < UNITS.length - 1) {
      amount /= STEP;
      unit++;
    }
    return unit == 0 || amount >= 100
        ? Math.round(amount) + " " + UNITS[unit]
        : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
  }
}
