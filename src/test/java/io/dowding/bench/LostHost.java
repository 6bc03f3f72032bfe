package io.dowding.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** B8: a host dies, and its jobs start elsewhere. */
final class LostHost {

  private static final int JOBS = 500;
  private static final int AT_ONCE = 8;
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration SLOW = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private LostHost() {}

  static void measure(Report report, Options options) throws Exception {
    double floor;
    try (Cluster cluster = Cluster.withoutAgent(options.hosts(), SLOW)) {
      floor = BareStarts.measure(cluster.hosts, JOBS, AT_ONCE);
    }
    String settings = "reschedule: %ds\n".formatted(GRACE.toSeconds());
    try (Cluster cluster = new Cluster(options.hosts(), SLOW, settings)) {
      // All jobs go to the one host that may be used.
      Map<String, String> others = new TreeMap<>();
      for (int n = 1; n < options.hosts(); n++) {
        others.put("/schedule/hosts/host%04d".formatted(n), "pause");
      }
      cluster.etcd.put(others, 1);
      cluster.startAgent();
      cluster.etcd.put(Cluster.services(0, JOBS), 4);
      cluster.hosts.await(JOBS, PATIENCE);
      cluster.etcd.delete("/schedule/hosts/");
      Thread.sleep(GRACE);
      cluster.hosts.die(0);
      // What ran on the dead host no longer counts.
      cluster.hosts.await(1, PATIENCE);
      long begun = System.nanoTime() - SLOW.toNanos();
      long running = cluster.hosts.await(JOBS, PATIENCE);
      double seconds = (System.nanoTime() - begun) / 1e9;
      String what = "a host of %,d with %d jobs dies".formatted(options.hosts(), JOBS);
      if (running < JOBS) {
        report.note("B8", what + ": running elsewhere after 5 min", (double) running, "");
      } else {
        report.ratio(
            "B8",
            what + ": after the grace period, from the first create",
            seconds,
            "s",
            "bare API",
            floor,
            1.2);
      }
    }
  }
}
