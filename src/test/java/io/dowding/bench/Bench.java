package io.dowding.bench;

import java.nio.file.Path;

/**
 * Measures what dowding costs: {@code bin/bench [ROW …] [--hosts N] [--services N] [--minutes N]
 * [--rounds N]}. Each figure stands beside its floor or peer, measured in the same run.
 */
final class Bench {

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    Options options = Options.of(arguments);
    Report report = new Report();
    if (options.wants("B1") || options.wants("B2") || options.wants("B3")) {
      RealHosts.measure(report, options);
    }
    if (options.wants("B4")) {
      PlacementCost.measure(report);
    }
    if (options.wants("B5")) {
      EventCost.measure(report);
    }
    if (options.wants("B6")) {
      Mass.measure(report, options);
    }
    if (options.wants("B7") || options.wants("B11")) {
      Settled.measure(report, options);
    }
    if (options.wants("B8")) {
      LostHost.measure(report, options);
    }
    if (options.wants("B9")) {
      Start.measure(report, options);
    }
    if (options.wants("B10")) {
      LibraryCost.measure(report, options);
    }
    if (options.wants("B12")) {
      SshCost.measure(report, options);
    }
    report.write(Path.of("target", "bench.json"));
    System.exit(0);
  }
}
