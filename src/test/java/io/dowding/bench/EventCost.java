package io.dowding.bench;

import com.sun.management.ThreadMXBean;
import io.dowding.control.Event;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * What one event costs in a settled cluster: {@code EventCost [HOSTS JOBS] …}, processor time and
 * garbage of each step, for a ping that is answered, a container that is seen, and a service that
 * is put. The cost is to follow the change, and not the size of the cluster.
 */
final class EventCost {

  private static final int[][] SIZES = {{10, 100}, {100, 2000}, {1000, 20_000}, {5000, 100_000}};

  private final ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private EventCost() {}

  /** One measured step. */
  private record Cost(double micros, double kilobytes) {}

  public static void main(String[] arguments) {
    int[][] sizes = SIZES;
    if (arguments.length > 1) {
      sizes = new int[arguments.length / 2][2];
      for (int i = 0; i < arguments.length; i++) {
        sizes[i / 2][i % 2] = Integer.parseInt(arguments[i]);
      }
    }
    System.out.println("hosts/jobs          event      steps   p50 µs   p99 µs   max µs  p50 KB");
    for (int[] size : sizes) {
      new EventCost().measure(size[0], size[1]);
    }
  }

  private void measure(int hosts, int jobs) {
    SettledCluster cluster = new SettledCluster(hosts, jobs);
    long begun = meter.getCurrentThreadCpuTime();
    cluster.settle();
    String name = hosts + "/" + jobs;
    System.out.printf(
        Locale.ROOT,
        "%-19s settled in %.1f s%n",
        name,
        (meter.getCurrentThreadCpuTime() - begun) / 1e9);
    int often = hosts >= 1000 ? 300 : 1000;
    tell(name, "ping", run(cluster, often, cluster::ping));
    tell(name, "seen same", run(cluster, often, cluster::seenAgain));
    tell(name, "seen", run(cluster, often, cluster::restarted));
    List<Cost> put = new ArrayList<>();
    for (int n = 0; n < often / 10; n++) {
      cluster.put(n, events -> put.add(step(cluster, events)));
    }
    tell(name, "put", put);
  }

  private List<Cost> run(SettledCluster cluster, int often, IntFunction<Event> event) {
    List<Cost> costs = new ArrayList<>();
    for (int n = 0; n < often; n++) {
      costs.add(step(cluster, List.of(event.apply(n))));
      cluster.quiet();
    }
    return costs;
  }

  private static void tell(String name, String event, List<Cost> all) {
    // The first ones pay for the compiler.
    List<Cost> costs = all.subList(all.size() / 3, all.size());
    List<Double> micros = costs.stream().map(Cost::micros).sorted().toList();
    List<Double> kilobytes = costs.stream().map(Cost::kilobytes).sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%-19s %-9s %6d %8.1f %8.1f %8.1f %7.1f%n",
        name,
        event,
        costs.size(),
        micros.get(micros.size() / 2),
        micros.get(micros.size() * 99 / 100),
        micros.getLast(),
        kilobytes.get(kilobytes.size() / 2));
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
