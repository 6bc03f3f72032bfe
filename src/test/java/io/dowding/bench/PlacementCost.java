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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many jobs are placed in a second of one processor on an empty fleet: {@code PlacementCost
 * [HOSTS JOBS REPLICAS KIND] …}, by the fleet alone and by a plan of everything, the best of a few
 * runs. KIND is {@code plain}, {@code spread} (over 50 racks, and only where there are tags),
 * {@code ports} (each service has one) or {@code full} (every third host is full).
 */
final class PlacementCost {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int RUNS = 8;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private static final String[] SIZES = {
    "1000", "100000", "100", "plain",
    "1000", "100000", "5", "plain",
    "1000", "100000", "1", "plain",
    "1000", "100000", "10000", "plain",
    "5000", "100000", "100", "spread",
    "5000", "100000", "5", "spread",
    "5000", "100000", "100", "ports",
    "10000", "1000000", "100", "plain",
  };

  private PlacementCost() {}

  public static void main(String[] arguments) {
    String[] sizes = arguments.length < 4 ? SIZES : arguments;
    for (int i = 0; i + 3 < sizes.length; i += 4) {
      int hosts = Integer.parseInt(sizes[i]);
      int jobs = Integer.parseInt(sizes[i + 1]);
      int replicas = Integer.parseInt(sizes[i + 2]);
      measure(hosts, jobs, replicas, sizes[i + 3]);
    }
  }

  private static void measure(int hosts, int jobs, int replicas, String kind) {
    List<Host> all = new ArrayList<>();
    for (int n = 0; n < hosts; n++) {
      String name = String.format("host%05d", n);
      Set<String> tags = n % 10 == 0 ? Set.of() : Set.of("apple");
      all.add(new Host(name, "tcp://" + name, tags, Map.of("rack", "r" + n / 7 % 50)));
    }
    SortedMap<String, Service> services = new TreeMap<>();
    for (int n = 0; n < jobs / replicas; n++) {
      services.put("s" + n, service("s" + n, n, replicas, kind));
    }
    double fleet = Double.MAX_VALUE;
    double plan = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      Fleet one = new Fleet();
      all.forEach(host -> one.add(new Candidate(host, Availability.ACTIVE, null)));
      long begun = CPU.getCurrentThreadCpuTime();
      place(one.draft(), services.values(), replicas);
      fleet = Math.min(fleet, (CPU.getCurrentThreadCpuTime() - begun) / 1e9);
    }
    for (int run = 0; run < RUNS && jobs <= 200_000; run++) {
      Situation situation = situation(all, services);
      long begun = CPU.getCurrentThreadCpuTime();
      Plan made = Planner.plan(situation);
      plan = Math.min(plan, (CPU.getCurrentThreadCpuTime() - begun) / 1e9);
      if (made.services().size() != services.size()) {
        throw new IllegalStateException("not all were planned");
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%6d hosts %8d jobs of %5d, %-7s fleet %10.0f/s (%.2f s)  plan %10.0f/s (%.2f s)%n",
        hosts,
        jobs,
        replicas,
        kind,
        jobs / fleet,
        fleet,
        jobs / plan,
        plan);
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
        fleet.place(job, 1, host, null);
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
        Settings.DEFAULT,
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
