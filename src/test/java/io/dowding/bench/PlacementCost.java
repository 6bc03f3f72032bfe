package io.dowding.bench;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.model.Availability;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Reach;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Fleet;
import io.dowding.placement.Request;
import io.dowding.plan.Allocations;
import io.dowding.plan.HostState;
import io.dowding.plan.Loads;
import io.dowding.plan.Plan;
import io.dowding.plan.Planner;
import io.dowding.plan.Projects;
import io.dowding.plan.Running;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * B4: how many jobs are placed in a second of one processor on an empty fleet, by the fleet alone
 * and by a plan of everything; the best of a few runs of about a second each. A harness with forks
 * would not tell more: processor time of one thread is counted, and the best run counts.
 */
final class PlacementCost {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int RUNS = 8;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private static final Settings SETTINGS = unlimited(Settings.DEFAULT);

  private PlacementCost() {}

  static void measure(Report report) {
    double small = report(report, 1000, 100_000, 100, "plain", 1_000_000);
    report(report, 1000, 100_000, 1, "plain", 1_000_000);
    report(report, 5000, 100_000, 100, "spread", 300_000);
    double large = fleet(hosts(10_000), services(1_000_000, 100, "plain"), 100);
    String name = "10,000 hosts × 1,000,000 jobs: fleet";
    report.atMost("B4", name, large, "s", 3);
    report.ratio("B4", name, large, "s", "1,000 × 100,000, ten times", 10 * small, 1.5);
  }

  /** Seconds of the fleet. */
  private static double report(
      Report report, int hosts, int jobs, int replicas, String kind, double goal) {
    String name = "%,d hosts × %,d jobs of %d, %s".formatted(hosts, jobs, replicas, kind);
    List<Host> all = hosts(hosts);
    SortedMap<String, Service> services = services(jobs, replicas, kind);
    double fleet = fleet(all, services, replicas);
    report.atLeast("B4", name + ": fleet", jobs / fleet, "jobs/s", goal);
    report.note("B4", name + ": plan", jobs / plan(all, services), "jobs/s");
    return fleet;
  }

  private static Settings unlimited(Settings of) {
    return new Settings(
        of.unknownAfter(),
        of.grace(),
        of.settle(),
        of.callDeadline(),
        of.callsPerHost(),
        Integer.MAX_VALUE,
        of.policy(),
        of.reserve());
  }

  private static List<Host> hosts(int count) {
    List<Host> all = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      String name = String.format("host%05d", n);
      Set<String> tags = n % 10 == 0 ? Set.of() : Set.of("apple");
      all.add(new Host(name, "tcp://" + name, tags, Map.of("rack", "r" + n / 7 % 50)));
    }
    return all;
  }

  private static SortedMap<String, Service> services(int jobs, int replicas, String kind) {
    SortedMap<String, Service> services = new TreeMap<>();
    for (int n = 0; n < jobs / replicas; n++) {
      services.put("s" + n, service("s" + n, n, replicas, kind));
    }
    return services;
  }

  private static double fleet(List<Host> hosts, SortedMap<String, Service> services, int replicas) {
    double best = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      Fleet fleet = new Fleet();
      hosts.forEach(host -> fleet.add(new Candidate(host, Availability.ACTIVE, null)));
      long begun = CPU.getCurrentThreadCpuTime();
      place(fleet.draft(), services.values(), replicas);
      best = Math.min(best, (CPU.getCurrentThreadCpuTime() - begun) / 1e9);
    }
    return best;
  }

  private static double plan(List<Host> hosts, SortedMap<String, Service> services) {
    double best = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      Situation situation = situation(hosts, services);
      long begun = CPU.getCurrentThreadCpuTime();
      Plan made = Planner.plan(situation);
      best = Math.min(best, (CPU.getCurrentThreadCpuTime() - begun) / 1e9);
      if (made.full() != null) {
        throw new IllegalStateException("not all were placed");
      }
    }
    return best;
  }

  private static void place(Fleet fleet, Iterable<Service> services, int replicas) {
    for (Service service : services) {
      for (int number = 1; number <= replicas; number++) {
        String job = Names.replica(service.name(), number);
        Choice choice = fleet.choose(new Request(job, service, Map.of()));
        String host = choice.host();
        if (host == null) {
          throw new IllegalStateException(choice.why());
        }
        fleet.place(job, service.placement(), host, null);
        service.container().ports().forEach(port -> fleet.take(host, port, job));
      }
    }
  }

  private static Service service(String name, int number, int replicas, String kind) {
    String deploy = "\"replicas\":" + replicas;
    if (kind.equals("spread")) {
      deploy +=
          ",\"placement\":{\"constraints\":[\"node.tags == apple\"],"
              + "\"preferences\":[{\"spread\":\"node.labels.rack\"}]}";
    }
    String ports = kind.equals("ports") ? ",\"ports\":[\"" + (1000 + number % 60) + ":80\"]" : "";
    String json =
        "{\"image\":\"demo@sha256:"
            + "0".repeat(64)
            + "\""
            + ports
            + ",\"deploy\":{"
            + deploy
            + "}}";
    try {
      return ServiceReader.read(name, 1, json.getBytes(StandardCharsets.UTF_8));
    } catch (InvalidServiceException invalid) {
      throw new IllegalStateException(invalid);
    }
  }

  private static Situation situation(List<Host> all, SortedMap<String, Service> services) {
    SortedMap<String, HostState> hosts = new TreeMap<>();
    for (Host host : all) {
      hosts.put(
          host.hostname(),
          new HostState(
              host,
              Availability.ACTIVE,
              Reach.UP,
              NOW,
              null,
              List.of(),
              List.of(),
              List.of(),
              EngineInfo.UNKNOWN,
              Set.of(),
              id -> NOW));
    }
    Allocations records = new Allocations();
    return new Situation(
        NOW,
        SETTINGS,
        "uuid",
        20,
        job -> false,
        Instant.MIN,
        7,
        services,
        Projects.of(services.values()),
        Map.of(),
        Map.of(),
        Set.of(),
        Set.of(),
        Set.of(),
        new TreeMap<>(),
        Map.of(),
        records,
        Map.of(),
        hosts,
        new Running(),
        Loads.of(Resources.NONE, hosts.values(), records, id -> services.get(id), NOW),
        false,
        Map.of(),
        job -> false,
        Map.of(),
        Map.of(),
        Set.of(),
        false);
  }
}
