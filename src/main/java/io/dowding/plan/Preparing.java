package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Running.Located;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of {@code pre_start}. Each has a record of its own, which is written before its
 * container is made and stays as long as its definition does, with the container that ended: so
 * that a later leader neither runs it again nor takes it for done before it is.
 */
final class Preparing {

  private final Pass pass;
  private final Situation situation;

  Preparing(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /**
   * Why no container of this definition may be made on this host yet, or null. Takes the step that
   * is missing further.
   */
  @Nullable String missing(Service service, String host) {
    for (int step = 0; step < PreStart.steps(service.container()); step++) {
      String job = PreStart.job(service.name(), step);
      if (!isDone(service, job, host)) {
        String problem = run(service.of(job), job, host);
        return "waiting for pre_start[" + step + "]" + problem;
      }
    }
    return null;
  }

  /** What it did to data on a host says nothing of another host's. */
  private boolean isDone(Service service, String job, String host) {
    Allocation record = present(service, job);
    return record != null
        && hasSucceeded(record)
        && (record.host().equals(host) || !service.container().hasLocalData());
  }

  /** The record, if it is of this definition; else null. */
  private @Nullable Allocation present(Service service, String job) {
    Allocation record = situation.allocations().get(job);
    return record != null && record.specHash().equals(service.of(job).specHash()) ? record : null;
  }

  private boolean hasSucceeded(Allocation record) {
    if (situation.memory(record.job()).completed() == record.incarnation()) {
      return true;
    }
    Located current = pass.running.current(record);
    Container container = current == null ? null : current.owned().container();
    return container != null
        && container.state() == Container.State.EXITED
        && container.startedAt() != null
        && container.exitCode() == 0;
  }

  private String run(Service step, String job, String asked) {
    JobView known = pass.viewOf(job);
    if (known == null) {
      Allocation record = present(step, job);
      HostState at = record == null ? null : situation.host(record.host());
      boolean stays =
          record != null
              && (record.host().equals(asked) || (!hasSucceeded(record) && isUsable(at)));
      known =
          record != null && stays
              ? new Upkeep(pass).keep(record, step, true, "")
              : place(step, job, asked);
      pass.view(known);
    }
    String why = known.reason();
    return (known.host() == null ? "" : " on " + known.host()) + (why.isEmpty() ? "" : ": " + why);
  }

  private static boolean isUsable(@Nullable HostState host) {
    return host != null && host.usable();
  }

  private JobView place(Service step, String job, String host) {
    if (!pass.isBusy(job)) {
      pass.allocate(step, job, host, 0, "before the first job of this definition");
    }
    return new JobView(job, host, null, State.STARTING, "", null, true, false);
  }

  /** Why the step that is waited for fails again and again, or null. */
  @Nullable String failure(Service service) {
    for (int step = 0; step < PreStart.steps(service.container()); step++) {
      String job = PreStart.job(service.name(), step);
      JobMemory memory = situation.memory(job);
      if (present(service, job) != null && memory.failures() >= Settings.TRIES_ON_ONE_HOST) {
        return memory.lastError();
      }
    }
    return null;
  }

  /** Looks after the steps of this definition; the jobs that are to stay as they are recorded. */
  Set<String> jobs(Service service) {
    Set<String> jobs = new LinkedHashSet<>();
    for (int step = 0; step < PreStart.steps(service.container()); step++) {
      String job = PreStart.job(service.name(), step);
      Allocation record = present(service, job);
      if (pass.viewOf(job) == null && record != null) {
        pass.view(
            hasSucceeded(record)
                ? JobView.of(record, container(record), State.COMPLETED, "")
                : new Upkeep(pass).keep(record, service.of(job), true, ""));
      }
      if (pass.viewOf(job) != null) {
        jobs.add(job);
      }
    }
    return jobs;
  }

  private @Nullable Container container(Allocation record) {
    Located current = pass.running.current(record);
    return current == null ? null : current.owned().container();
  }
}
