package io.dowding.sim;

import io.dowding.model.Container;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.sim.FakeEngine.Box;
import java.util.HashMap;
import java.util.Map;

/** Watches over the promises about pre_start steps. */
final class StepOracle {

  private final Simulation sim;
  private final Oracle oracle;

  /** When each pre_start step succeeded, by its job and spec hash. */
  private final Map<String, Long> prepared = new HashMap<>();

  StepOracle(Simulation sim, Oracle oracle) {
    this.sim = sim;
    this.oracle = oracle;
  }

  /** No job is created before its pre_start steps have succeeded. */
  void created(Action.Create create) {
    Service service = oracle.wanted.get(Names.serviceOf(create.job()));
    String spec = create.record().specHash();
    remember();
    if (PreStart.isJob(create.job())) {
      runsOnce(create.job(), spec);
      return;
    }
    if (service == null || !spec.equals(service.specHash())) {
      return;
    }
    for (int step = 0; step < PreStart.steps(service.container()); step++) {
      String job = PreStart.job(service.name(), step);
      if (!prepared.containsKey(job + " " + service.of(job).specHash())) {
        throw new Oracle.Broken(
            "pre_start", create.job() + " is created before step " + step + " has succeeded");
      }
    }
  }

  /**
   * No step runs again after it has succeeded. With faults, its host or its record may have been
   * out of sight, and a user may have removed the container that proves the success.
   */
  void runsOnce(String job, String spec) {
    if (!PreStart.isJob(job)) {
      return;
    }
    remember();
    Long since = prepared.get(job + " " + spec);
    if (since == null || (!oracle.strict && (sim.restoredAt > 0 || !isInSight(job, spec, since)))) {
      return;
    }
    throw new Oracle.Broken("pre_start", job + " runs again, although it has succeeded");
  }

  private boolean isInSight(String job, String spec, long since) {
    long all = Math.max(since, oracle.troubleAt("all"));
    return sim.engines.entrySet().stream()
        .filter(host -> host.getValue().isUp() && sim.inventory.containsKey(host.getKey()))
        .filter(
            host ->
                Math.max(all, oracle.troubleAt(host.getKey())) + Oracle.TWO_ROUNDS < sim.time.now())
        .flatMap(host -> host.getValue().boxes().stream())
        .anyMatch(box -> hasSucceeded(box) && (job + " " + spec).equals(step(box)));
  }

  /** Notes the steps that have succeeded. */
  void remember() {
    for (FakeEngine engine : sim.engines.values()) {
      for (Box box : engine.boxes()) {
        if (hasSucceeded(box)) {
          prepared.putIfAbsent(step(box), sim.time.now());
        }
      }
    }
  }

  private static boolean hasSucceeded(Box box) {
    return box.state == Container.State.EXITED
        && box.startedAt != null
        && box.exitCode == 0
        && PreStart.isJob(box.labels.getOrDefault(Ownership.JOB, ""));
  }

  private static String step(Box box) {
    return box.labels.get(Ownership.JOB) + " " + box.labels.get(Ownership.SPEC);
  }
}
