package io.dowding.bench;

import com.sun.management.ThreadMXBean;
import io.dowding.control.Event;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/**
 * B5: what one event costs in a settled cluster, processor time and garbage of each step: for a
 * ping that is answered, a container that is seen, and a service that is put. The cost is to follow
 * the change, and not the size of the cluster.
 */
final class EventCost {

  private static final int ROUNDS = 600;
  private static final double WARM_UP = 1 / 3.0;

  private final ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private EventCost() {}

  /** One measured step. */
  private record Cost(double micros, double kilobytes) {}

  static void measure(Report report) {
    Map<String, List<Cost>> small = new EventCost().measure(10, 100);
    Map<String, List<Cost>> large = new EventCost().measure(5000, 100_000);
    large.forEach(
        (event, costs) -> {
          String name = "5,000 hosts × 100,000 jobs, " + event;
          double few = percentile(small.get(event), 50, Cost::micros);
          double many = percentile(costs, 50, Cost::micros);
          report.ratio("B5", name + ": median", many, "µs", "10 × 100", few, 2);
          report.atMost("B5", name + ": p99", percentile(costs, 99, Cost::micros), "µs", 1000);
          report.atMost(
              "B5", name + ": garbage", percentile(costs, 50, Cost::kilobytes), "KiB", 64);
        });
  }

  private Map<String, List<Cost>> measure(int hosts, int jobs) {
    SettledCluster cluster = new SettledCluster(hosts, jobs);
    cluster.settle();
    Map<String, List<Cost>> costs = new LinkedHashMap<>();
    costs.put("a ping", run(cluster, cluster::ping));
    costs.put("a container seen unchanged", run(cluster, cluster::seenAgain));
    costs.put("a container seen restarted", run(cluster, cluster::restarted));
    List<Cost> put = new ArrayList<>();
    for (int n = 0; n < ROUNDS / 10; n++) {
      cluster.put(n, events -> put.add(step(cluster, events)));
    }
    costs.put("a service put, each step", put);
    return costs;
  }

  private static double percentile(List<Cost> all, int percent, ToDoubleFunction<Cost> what) {
    // The first ones pay for the compiler.
    double[] sorted =
        all.stream().skip((long) (all.size() * WARM_UP)).mapToDouble(what).sorted().toArray();
    return sorted[sorted.length * percent / 100];
  }

  private List<Cost> run(SettledCluster cluster, IntFunction<Event> event) {
    List<Cost> costs = new ArrayList<>();
    for (int n = 0; n < ROUNDS; n++) {
      costs.add(step(cluster, List.of(event.apply(n))));
      cluster.quiet();
    }
    return costs;
  }

  private Cost step(SettledCluster cluster, List<Event> events) {
    long thread = Thread.currentThread().threadId();
    long bytes = meter.getThreadAllocatedBytes(thread);
    long nanos = meter.getCurrentThreadCpuTime();
    cluster.step(events);
    nanos = meter.getCurrentThreadCpuTime() - nanos;
    bytes = meter.getThreadAllocatedBytes(thread) - bytes;
    return new Cost(nanos / 1e3, bytes / 1024.0);
  }
}
