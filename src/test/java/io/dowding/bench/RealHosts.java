package io.dowding.bench;

import io.dowding.it.RealFleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** B1 to B3: real Docker hosts. What is compared takes turns. */
final class RealHosts {

  private static final int HOSTS = 4;
  private static final int REPLICAS = 100;

  /** Calls to each host at the same time: the bare API is fastest with one of these. */
  private static final List<Integer> AT_ONCE = List.of(2, 4, 8);

  private static final int TURNS = 3;

  private RealHosts() {}

  static void measure(Report report, Options options) throws Exception {
    if (options.wants("B1") || options.wants("B3")) {
      try (RealFleet fleet = new RealFleet(1)) {
        if (options.wants("B1")) {
          onePut(fleet, report, options.rounds());
        }
        if (options.wants("B3")) {
          restart(fleet, report, options.rounds());
        }
      }
    }
    if (options.wants("B2")) {
      try (RealFleet fleet = new RealFleet(HOSTS)) {
        replicas(fleet, report);
      }
    }
  }

  private static void onePut(RealFleet fleet, Report report, int rounds) {
    List<Double> ours = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      // Not removed: many deletions at once would be held.
      ours.add(millis(fleet.service("put" + round, 1)));
      bare.add(millis(fleet.bareCreateAndStart(0)));
      fleet.removeBare();
    }
    report.ratio(
        "B1",
        "one put, until its container runs",
        Report.median(ours),
        "ms",
        "create and start by the bare API",
        Report.median(bare),
        1.1);
  }

  private static void restart(RealFleet fleet, Report report, int rounds) {
    List<Double> ours = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      // Another service each time, because only the first restart is without a pause.
      fleet.service("killed" + round, 1);
      ours.add(millis(fleet.restart("killed" + round)));
      bare.add(millis(fleet.bareRestart(0)));
      fleet.removeBare();
    }
    report.ratio(
        "B3",
        "a killed container, until it runs again",
        Report.median(ours),
        "ms",
        "a bare start",
        Report.median(bare),
        1.3);
  }

  private static void replicas(RealFleet fleet, Report report) throws Exception {
    List<Double> ours = new ArrayList<>();
    List<List<Double>> bare = new ArrayList<>();
    AT_ONCE.forEach(one -> bare.add(new ArrayList<>()));
    List<Double> swarm = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      ours.add(seconds(fleet.service("many", REPLICAS)));
      fleet.remove("many");
      for (int n = 0; n < AT_ONCE.size(); n++) {
        bare.get(n).add(bareReplicas(fleet, AT_ONCE.get(n)));
        fleet.removeBare();
      }
      fleet.joinSwarm();
      try {
        swarm.add(seconds(fleet.swarmService("many", REPLICAS)));
        fleet.removeSwarmService("many");
      } finally {
        fleet.leaveSwarm();
      }
    }
    double floor = bare.stream().mapToDouble(Report::median).min().orElseThrow();
    String what = REPLICAS + " replicas on " + HOSTS + " hosts";
    report.ratio("B2", what, Report.median(ours), "s", "bare API at its best", floor, 1.05);
    report.ratio("B2", what, Report.median(ours), "s", "Swarm mode", Report.median(swarm), 0.9);
  }

  private static double bareReplicas(RealFleet fleet, int atOnce) throws Exception {
    long begun = System.nanoTime();
    try (ExecutorService callers = Executors.newFixedThreadPool(HOSTS * atOnce)) {
      List<Future<?>> calls = new ArrayList<>();
      for (int n = 0; n < REPLICAS; n++) {
        int host = n % HOSTS;
        calls.add(callers.submit(() -> fleet.bareCreateAndStart(host)));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
