package io.dowding.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** B6: very many services written at once. */
final class Mass {

  private static final Duration SLOW = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int AT_ONCE = 8;

  /** The size of a record of an allocation. */
  private static final String RECORD = "x".repeat(170);

  private Mass() {}

  static void measure(Report report, Options options) throws Exception {
    measure(report, options, Duration.ZERO);
    measure(report, options, SLOW);
  }

  private static void measure(Report report, Options options, Duration start) throws Exception {
    int services = options.services();
    double recordFloor;
    double startFloor;
    String name =
        "%,d services on %,d hosts, %d ms per start"
            .formatted(services, options.hosts(), start.toMillis());
    try (Cluster cluster = Cluster.withoutAgent(options.hosts(), start)) {
      recordFloor = records(cluster, services);
      startFloor = BareStarts.measure(cluster.hosts, services, AT_ONCE);
    }
    try (Cluster cluster = new Cluster(options.hosts(), start)) {
      double before = cluster.agent.cpu();
      long begun = System.nanoTime();
      Thread watch =
          Thread.ofVirtual()
              .unstarted(() -> recorded(report, cluster, services, begun, name, recordFloor));
      watch.start();
      cluster.etcd.put(Cluster.services(0, services), 4);
      long running = cluster.hosts.await(services, PATIENCE);
      double seconds = (System.nanoTime() - begun) / 1e9;
      watch.join();
      if (running < services) {
        report.note("B6", name + ": running of them after 10 min", (double) running, "");
        return;
      }
      report.ratio("B6", name + ": running", seconds, "s", "bare API", startFloor, 1.2);
      report.note("B6", name + ": processor time", cluster.agent.cpu() - before, "s");
      report.note("B6", name + ": resident at most", cluster.agent.peak(), "MiB");
    }
  }

  private static void recorded(
      Report report, Cluster cluster, int services, long begun, String name, double floor) {
    try {
      Wait.until(
          PATIENCE, "all records", () -> cluster.etcd.count("/schedule/allocations/") >= services);
    } catch (Exception notAll) {
      return;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    report.ratio("B6", name + ": recorded", seconds, "s", "etcd", floor, 1.5);
  }

  /** How long etcd takes for the same keys and bytes, in transactions one after the other. */
  private static double records(Cluster cluster, int services) throws Exception {
    Map<String, String> records = new TreeMap<>();
    for (int n = 0; n < services; n++) {
      records.put("/floor/%05d".formatted(n), RECORD);
    }
    long begun = System.nanoTime();
    cluster.etcd.put(Cluster.services(0, services), 4);
    cluster.etcd.put(records, 1);
    return (System.nanoTime() - begun) / 1e9;
  }
}
