package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Time bounds, in virtual time")
class LivenessTest {

  private static final int PLACES = 7;
  private static final int SERVICES = 140;

  @Test
  @DisplayName("L2: after a crash, another agent leads within the lease time plus one round")
  void takeover() {
    for (long seed = 0; seed < 200; seed++) {
      Simulation sim = new Simulation(seed, true, new Bugs());
      sim.supervised = false;
      sim.hosts(3).agents(3);
      sim.time.pass(Duration.ofMillis(15_000 + sim.random().nextInt(10_000)));
      SimAgent leader = sim.leader();
      assertThat(leader).isNotNull();
      leader.crash();
      sim.time.pass(SimStore.TTL.plus(Simulation.DOCKER.ping()));
      assertThat(sim.leader()).as("seed %d", seed).isNotNull().isNotSameAs(leader);
    }
  }

  @Test
  @DisplayName("a stopped leader hands over immediately")
  void handover() {
    Simulation sim = new Simulation(1, true, new Bugs());
    sim.hosts(3).agents(3);
    sim.time.pass(Duration.ofSeconds(20));
    SimAgent leader = sim.leader();
    leader.stop();
    sim.time.pass(Duration.ofMillis(200));
    assertThat(sim.leader()).isNotNull().isNotSameAs(leader);
  }

  @Test
  @DisplayName("L3: a hanging host changes the others' p99 by at most 10 %")
  void sickHost() {
    long well = p99(false);
    long sick = p99(true);
    assertThat(sick).isLessThanOrEqualTo(well + well / 10);
  }

  /** The p99 from a service's put to its running container, on healthy hosts. */
  private static long p99(boolean sick) {
    Simulation sim = new Simulation(5, true, new Bugs());
    sim.hosts(PLACES + 1).agents(1);
    sim.time.pass(Duration.ofSeconds(20));
    String last = "host" + (PLACES + 1);
    sim.faults = call -> sick && call.target().equals(last) ? Verdict.HANG : Verdict.PASS;
    List<Long> times = new ArrayList<>();
    for (int n = 0; n < SERVICES; n++) {
      String name = "w" + n;
      Scenario.pin(sim, name, n % (PLACES + 1) == 0 ? last : "host" + (1 + n % PLACES));
      long put = sim.time.now();
      Scenario.put(sim, name);
      while (n % (PLACES + 1) != 0 && !isRunning(sim, name) && sim.time.now() < put + 60_000) {
        sim.time.pass(Duration.ofMillis(1));
      }
      if (n % (PLACES + 1) != 0) {
        times.add(sim.time.now() - put);
      }
    }
    Collections.sort(times);
    return times.get(times.size() * 99 / 100);
  }

  private static boolean isRunning(Simulation sim, String service) {
    return sim.engines.values().stream()
        .flatMap(engine -> engine.boxes().stream())
        .anyMatch(
            box ->
                service.equals(box.labels.get("dowding.service"))
                    && box.state == io.dowding.model.Container.State.RUNNING);
  }
}
