package io.dowding.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** B7 and B11: a fleet in which all is as it should be. */
final class Settled {

  private static final int FEW_HOSTS = 10;
  private static final int FEW_SERVICES = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration SETTLE = Duration.ofSeconds(15);
  private static final int PAUSE = 500;

  private Settled() {}

  static void measure(Report report, Options options) throws Exception {
    double few = 0;
    if (options.wants("B11")) {
      try (Cluster small = settled(FEW_HOSTS, FEW_SERVICES)) {
        few = oneMore(small, FEW_SERVICES, options.rounds());
      }
    }
    try (Cluster large = settled(options.hosts(), options.services())) {
      if (options.wants("B11")) {
        double many = oneMore(large, options.services(), options.rounds());
        String what =
            "one more service in %,d hosts × %,d jobs: running"
                .formatted(options.hosts(), options.services());
        report.ratio("B11", what, many, "ms", "in 10 × 100", few, 1.2);
      }
      if (options.wants("B7")) {
        idle(report, large, options);
      }
    }
  }

  private static Cluster settled(int hosts, int services) throws Exception {
    Cluster cluster = new Cluster(hosts, Duration.ZERO);
    cluster.etcd.put(Cluster.services(0, services), 4);
    if (cluster.hosts.await(services, PATIENCE) < services) {
      cluster.close();
      throw new IllegalStateException("not all services run");
    }
    Thread.sleep(SETTLE);
    return cluster;
  }

  /** Milliseconds from its key to its container, the median. */
  private static double oneMore(Cluster cluster, int services, int rounds) throws Exception {
    List<Double> all = new ArrayList<>();
    for (int n = 1; n <= rounds; n++) {
      long begun = System.nanoTime();
      cluster.etcd.put("/schedule/services/more" + n, Cluster.service());
      cluster.hosts.await(services + n, PATIENCE);
      all.add((System.nanoTime() - begun) / 1e6);
      Thread.sleep(PAUSE);
    }
    Thread.sleep(SETTLE);
    return Report.median(all);
  }

  private static void idle(Report report, Cluster cluster, Options options) throws Exception {
    String name =
        "%,d hosts × %,d jobs, idle for %d s: "
            .formatted(options.hosts(), options.services(), options.idle().toSeconds());
    long revision = cluster.etcd.revision();
    double cpu = cluster.agent.cpu();
    double resident = cluster.agent.resident();
    Thread.sleep(options.idle());
    double percent = 100 * (cluster.agent.cpu() - cpu) / options.idle().toMillis() * 1000;
    report.atMost("B7", name + "of a core", percent, "%", 2);
    report.atMost("B7", name + "writes", (double) (cluster.etcd.revision() - revision), "", 0);
    report.atMost("B7", name + "resident", cluster.agent.resident(), "MiB", 512);
    report.note("B7", name + "more resident", cluster.agent.resident() - resident, "MiB");
  }
}
