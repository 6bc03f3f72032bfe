package io.dowding.bench;

import io.dowding.it.RealFleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** B12: the same real Docker hosts through SSH and over TCP, in turns. */
final class SshCost {

  private static final int HOSTS = 4;
  private static final int JOBS = 20;

  /** For each round, because a request takes little time. */
  private static final int REQUESTS = 20;

  private SshCost() {}

  /** The times of both, in milliseconds. */
  private static final class Times {
    private final List<Double> ssh = new ArrayList<>();
    private final List<Double> tcp = new ArrayList<>();

    void report(Report report, String what, double goal) {
      report.ratio("B12", what, Report.median(ssh), "ms", "over TCP", Report.median(tcp), goal);
    }
  }

  static void measure(Report report, Options options) throws Exception {
    try (RealFleet ssh = RealFleet.throughSsh(HOSTS);
        RealFleet tcp = new RealFleet(HOSTS)) {
      Times requests = new Times();
      Times puts = new Times();
      Times many = new Times();
      for (int n = 0; n < options.rounds(); n++) {
        String round = Integer.toString(n);
        for (int again = 0; again < REQUESTS; again++) {
          add(requests, ssh, tcp, RealFleet::request);
        }
        // Not removed: many deletions at once would be held.
        add(puts, ssh, tcp, fleet -> fleet.service("put" + round, 1));
        if (n % 4 == 0) {
          add(many, ssh, tcp, fleet -> fleet.service("many" + round, JOBS));
        }
      }
      requests.report(report, "a request through SSH", 2);
      puts.report(report, "one put through SSH, until its container runs", 1.1);
      many.report(report, "%d jobs on %d hosts through SSH".formatted(JOBS, HOSTS), 1.1);
    }
  }

  private static void add(
      Times times, RealFleet ssh, RealFleet tcp, Function<RealFleet, Duration> measured) {
    times.ssh.add(measured.apply(ssh).toNanos() / 1e6);
    times.tcp.add(measured.apply(tcp).toNanos() / 1e6);
  }
}
