package io.dowding.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What to measure, and how large.
 *
 * @param rows empty for all
 * @param hosts of the large fleet, and {@code services} on it
 * @param idle how long an idle agent is watched
 * @param rounds how often a short time is measured
 */
record Options(List<String> rows, int hosts, int services, Duration idle, int rounds) {

  private static final List<String> ALL =
      List.of("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B12");

  /**
   * @throws IllegalArgumentException if there is no such row
   */
  static Options of(String[] arguments) {
    List<String> rows = new ArrayList<>();
    int hosts = 1000;
    int services = 10_000;
    double minutes = 10;
    int rounds = 21;
    for (int n = 0; n < arguments.length; n++) {
      String one = arguments[n];
      switch (one) {
        case "--hosts" -> hosts = Integer.parseInt(arguments[++n]);
        case "--services" -> services = Integer.parseInt(arguments[++n]);
        case "--minutes" -> minutes = Double.parseDouble(arguments[++n]);
        case "--rounds" -> rounds = Integer.parseInt(arguments[++n]);
        default -> rows.add(row(one.toUpperCase(Locale.ROOT)));
      }
    }
    Duration idle = Duration.ofMillis(Math.round(minutes * 60_000));
    return new Options(rows, hosts, services, idle, rounds);
  }

  private static String row(String name) {
    if (!ALL.contains(name)) {
      throw new IllegalArgumentException("no such row: " + name + "; there are " + ALL);
    }
    return name;
  }

  boolean wants(String row) {
    return rows.isEmpty() || rows.contains(row);
  }
}
