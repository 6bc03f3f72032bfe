package io.dowding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Constraint;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Membership;
import io.dowding.model.Mount;
import io.dowding.model.Names;
import io.dowding.model.Port;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The indexes must find the same host as a scan of all hosts. */
class IndexedChoiceTest {

  private static final int SEEDS = 150;
  private static final int STEPS = 80;

  @Test
  @DisplayName("on random fleets and drafts, the indexes and a full scan choose the same host")
  void agrees() {
    int chosen = 0;
    int nowhere = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Run run = new Run(seed);
      for (int step = 0; step < STEPS; step++) {
        run.step();
      }
      chosen += run.chosen;
      nowhere += run.nowhere;
    }
    assertThat(chosen).isGreaterThan(SEEDS * STEPS / 2);
    assertThat(nowhere).isGreaterThan(SEEDS);
  }

  /** A fleet that changes at random. */
  private static final class Run {

    private final int seed;
    private final Random random;
    private final Fleet base = new Fleet();
    private final List<String> names = new ArrayList<>();
    private final List<Service> services = new ArrayList<>();

    /** The host of each job in the fleet and its current drafts. */
    private final Map<String, String> places = new HashMap<>();

    private final List<Fleet> drafts = new ArrayList<>();
    private final List<Map<String, String>> placesOfDrafts = new ArrayList<>();
    private int chosen;
    private int nowhere;

    Run(int seed) {
      this.seed = seed;
      random = new Random(seed);
      int hosts = 1 + random.nextInt(seed % 10 == 0 ? 300 : 30);
      for (int n = 0; n < hosts; n++) {
        names.add("h" + n);
      }
      for (int n = 0; n < 6; n++) {
        services.add(service("s" + n));
      }
      names.forEach(this::put);
    }

    private boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    private <T> T one(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }

    /** Replaces the host with random capacity but with its current jobs. */
    private void put(String name) {
      Candidate before = base.host(name);
      Host host =
          before != null && !oneIn(20)
              ? before.host()
              : new Host(
                  name,
                  "tcp://" + name + ":2375",
                  oneIn(2) ? Set.of("apple") : Set.of(),
                  Map.of("rack", "r" + random.nextInt(4), "zone", "z" + random.nextInt(2)));
      Candidate candidate =
          new Candidate(
              host,
              oneIn(10) ? one(List.of(Availability.values())) : Availability.ACTIVE,
              oneIn(12) ? "unreachable" : null,
              oneIn(4) ? EngineInfo.UNKNOWN : engine(),
              oneIn(5) ? Set.of("v1") : oneIn(5) ? Set.of("v1", "v2") : Set.of(),
              oneIn(3) ? new Resources(500_000_000, 1L << 30) : Resources.NONE);
      for (int n = random.nextInt(3); n > 0; n--) {
        candidate.addUnmanaged();
      }
      if (oneIn(6)) {
        candidate.take(port(), oneIn(2) ? "somebody" : job(one(services)));
      }
      places.forEach(
          (job, at) -> {
            if (at.equals(name)) {
              candidate.add(job, placement(job));
            }
          });
      base.add(candidate);
    }

    private EngineInfo engine() {
      return new EngineInfo(
          "id" + random.nextInt(),
          "29",
          "1.50",
          random.nextInt(5),
          oneIn(3) ? 0 : 1L << 33,
          "linux",
          oneIn(3) ? "arm64" : "amd64",
          Set.of(),
          Set.of(),
          Set.of(),
          Set.of());
    }

    private Port port() {
      return new Port("", 80 + random.nextInt(2), 80, "tcp");
    }

    private Service.Placement placement(String job) {
      return services.get(Integer.parseInt(job.substring(1, 2))).placement();
    }

    private static String job(Service service, int number) {
      return Names.replica(service.name(), number);
    }

    private String job(Service service) {
      return job(service, 1 + random.nextInt(40));
    }

    private Service service(String name) {
      List<Constraint> constraints = new ArrayList<>();
      if (oneIn(4)) {
        constraints.add(new Constraint("node.labels.zone", oneIn(2), "z1"));
      }
      if (oneIn(8)) {
        constraints.add(new Constraint("node.tags", oneIn(2), "apple"));
      }
      if (oneIn(6)) {
        constraints.add(new Constraint("node.hostname", oneIn(4), one(names)));
      }
      List<String> spread =
          oneIn(2) ? List.of() : oneIn(2) ? List.of("rack") : List.of("zone", "rack", "none");
      ContainerSpec spec =
          ContainerSpec.ofImage("demo").withPorts(oneIn(4) ? List.of(port()) : List.of());
      return new Service(
          name,
          1,
          with(spec, oneIn(4) ? List.of("v1") : oneIn(8) ? List.of("v1", "v2") : List.of()),
          "1-x",
          new Service.Mode.Replicated(9),
          new Service.Placement(
              constraints,
              spread,
              oneIn(5) ? 2 : 0,
              oneIn(6),
              oneIn(4) ? Service.Strategy.BINPACK : Service.Strategy.SPREAD,
              name.equals("s0") ? 0.1 : 1,
              oneIn(2)
                  ? Resources.NONE
                  : new Resources(random.nextInt(3) * 400_000_000L, random.nextInt(3) << 30)),
          new Service.PinRule.None(),
          null,
          new Service.Reschedule.Default(),
          true,
          List.of(),
          Service.OnUnhealthy.RESTART,
          UpdateConfig.DEFAULT,
          UpdateConfig.DEFAULT,
          Membership.NONE,
          Map.of());
    }

    private ContainerSpec with(ContainerSpec spec, List<String> volumes) {
      TreeMap<String, Object> engine = new TreeMap<>();
      if (oneIn(6)) {
        engine.put("platform", "linux/amd64");
      }
      return new ContainerSpec(
          spec.image(),
          null,
          null,
          Map.of(),
          Map.of(),
          spec.ports(),
          volumes.stream().map(Run::volume).toList(),
          spec.restart(),
          spec.stopGracePeriod(),
          null,
          null,
          null,
          null,
          null,
          new ContainerSpec.Limits(oneIn(4) ? 2_500_000_000L : 0, 0, 0),
          spec.pullPolicy(),
          null,
          engine,
          List.of());
    }

    private static Mount volume(String name) {
      return new Mount(Mount.Type.VOLUME, name, "/" + name, false);
    }

    void step() {
      switch (random.nextInt(12)) {
        case 0 -> {
          // A change of the fleet ends all drafts.
          drafts.clear();
          placesOfDrafts.clear();
          put(one(names));
        }
        case 1 -> {
          drafts.add(present().draft());
          placesOfDrafts.add(new HashMap<>(presentPlaces()));
        }
        case 2 -> {
          if (!drafts.isEmpty()) {
            drafts.removeLast();
            placesOfDrafts.removeLast();
          }
        }
        case 3, 4 -> {
          Service service = one(services);
          for (int n = 1 + random.nextInt(30); n > 0; n--) {
            place(service);
          }
        }
        default -> place(one(services));
      }
    }

    private Fleet present() {
      return drafts.isEmpty() ? base : drafts.getLast();
    }

    private Map<String, String> presentPlaces() {
      return placesOfDrafts.isEmpty() ? places : placesOfDrafts.getLast();
    }

    private void place(Service service) {
      String job = job(service);
      Map<String, String> avoid =
          oneIn(5) ? Map.of(one(names), "failed", one(names) + "x", "failed") : Map.of();
      Request request = new Request(job, service, avoid);
      Fleet fleet = present();
      String host = fleet.choose(request).host();
      assertThat(host).as("seed %d: %s", seed, job).isEqualTo(scanned(fleet, request));
      if (host == null) {
        nowhere++;
        return;
      }
      chosen++;
      if (oneIn(4)) {
        return;
      }
      String before = presentPlaces().put(job, host);
      fleet.place(job, service.placement(), host, before);
      if (oneIn(2)) {
        service.container().ports().forEach(port -> fleet.take(host, port, job));
      }
    }

    /** The first host that fits, by a scan of all. */
    private @Nullable String scanned(Fleet fleet, Request request) {
      List<Candidate> all =
          names.stream().map(name -> Objects.requireNonNull(fleet.host(name))).toList();
      return all.stream()
          .filter(candidate -> Filters.refuse(request, candidate) == null)
          .min(rank(request, all))
          .map(candidate -> candidate.host().hostname())
          .orElse(null);
    }

    private static Comparator<Candidate> rank(Request request, List<Candidate> all) {
      String job = request.job();
      Comparator<Candidate> rank = Comparator.comparingInt(c -> 0);
      for (String label : request.service().placement().spreadOver()) {
        Map<String, Integer> jobs = new HashMap<>();
        all.forEach(c -> jobs.merge(value(c, label), c.siblings(job), Integer::sum));
        rank = rank.thenComparingInt(c -> jobs.getOrDefault(value(c, label), 0));
      }
      Set<String> volumes = request.service().container().namedVolumes();
      Comparator<Candidate> data = Comparator.comparing(c -> !c.hasVolumes(volumes));
      rank =
          switch (request.service().placement().strategy()) {
            case SPREAD ->
                rank.thenComparingInt(c -> c.siblings(job))
                    .thenComparing(data)
                    .thenComparingDouble(Candidate::load);
            case BINPACK ->
                rank.thenComparing(data)
                    .thenComparing(Comparator.comparingLong(Candidate::exactFullness).reversed())
                    .thenComparing(Candidate::load, Comparator.reverseOrder());
          };
      return rank.thenComparing(c -> c.host().hostname());
    }

    private static String value(Candidate candidate, String label) {
      return candidate.host().meta().getOrDefault(label, "");
    }
  }
}
