package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Running.Located;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The steps of {@code pre_start}. Each has a record of its own, which is written before its
 * container is made and stays as long as its definition does, with the container that ended: so
 * that a later leader neither runs it again nor takes it for done before it is.
 *
 * <p>A step succeeds once for a definition, on one host, as in Compose. It never runs again then,
 * not even for a job on another host: it could change data that is in use.
 */
final class Preparing {

  private final Pass pass;
  private final Situation situation;
  private final Adoption adoption;

  Preparing(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
    this.adoption = new Adoption(pass);
  }

  /**
   * Why no container of this definition may be made on this host yet, or null. Takes the step that
   * is missing further.
   */
  @Nullable String missing(Service service, String host) {
    List<String> steps = steps(service);
    for (String job : steps) {
      Service own = service.of(job);
      if (!isDone(own, job)) {
        JobView view = look(own, job, host);
        String at = view == null || view.host() == null ? "" : " on " + view.host();
        String why = view == null || view.reason().isEmpty() ? "" : ": " + view.reason();
        return "waiting for pre_start[" + steps.indexOf(job) + "]" + at + why;
      }
    }
    return null;
  }

  private static List<String> steps(Service service) {
    return IntStream.range(0, PreStart.steps(service.container()))
        .mapToObj(step -> PreStart.job(service.name(), step))
        .toList();
  }

  private boolean isDone(Service step, String job) {
    Allocation record = present(step, job);
    return record != null && hasSucceeded(record);
  }

  /** The record, if it is of this definition; else null. */
  private @Nullable Allocation present(Service step, String job) {
    Allocation record = situation.allocations().get(job);
    return record != null && record.specHash().equals(step.specHash()) ? record : null;
  }

  private boolean hasSucceeded(Allocation record) {
    if (situation.memory(record.job()).completed() == record.incarnation()) {
      return true;
    }
    Container container = container(record);
    return container != null
        && container.state() == Container.State.EXITED
        && container.startedAt() != null
        && container.exitCode() == 0;
  }

  /**
   * The view of a step, which is taken further; null if it has no record and no host.
   *
   * @param asked where it runs if it has no other host, or null if nothing waits for it
   */
  private @Nullable JobView look(Service step, String job, @Nullable String asked) {
    JobView view = pass.viewOf(job);
    if (view == null) {
      view = next(step, job, asked);
      if (view != null) {
        pass.view(view);
      }
    }
    return view;
  }

  private @Nullable JobView next(Service step, String job, @Nullable String asked) {
    Allocation record = present(step, job);
    if (record != null && hasSucceeded(record)) {
      // An earlier one may not have been seen when this one took its place.
      new Stopping(pass).clear(job, pass.running.surplus(record), "this step has ended elsewhere");
      return JobView.of(record, container(record), State.COMPLETED, "");
    }
    Allocation any = situation.allocations().get(job);
    Located renamed = any == null ? null : pass.running.renamed(any);
    if (any != null && renamed != null) {
      return JobView.renamed(any, renamed.owned());
    }
    JobView adopted =
        any == null || adoption.isOutlived(any)
            ? adoption.adopt(job, step, pass.running.of(job))
            : null;
    if (adopted != null) {
      return adopted;
    }
    if (record == null) {
      return asked == null ? null : place(step, job, asked);
    }
    String host = asked == null || stays(record, step) ? record.host() : asked;
    return !host.equals(record.host()) || adoption.needsNewName(record)
        ? place(step, job, host)
        : new Upkeep(pass).keep(record, step, true, "");
  }

  /** A step that runs is not interrupted; one that may run on a lost host waits like a job. */
  private boolean stays(Allocation record, Service step) {
    Member member = new Member(record.job(), step, record);
    Container container = container(record);
    return switch (new Leaving(pass).of(record.host(), List.of(member))) {
      case Leaving.Verdict.Keep _ -> true;
      case Leaving.Verdict.Leave(String _, boolean urgent) ->
          !urgent && container != null && container.isAlive();
    };
  }

  private JobView place(Service step, String job, String host) {
    if (!pass.isBusy(job)) {
      pass.allocate(step, job, host, 0, "before the first job of this definition");
    }
    return new JobView(job, host, null, State.STARTING, "", null, true, false);
  }

  /** Why the step that is waited for fails again and again, or null. */
  @Nullable String failure(Service service) {
    for (String job : steps(service)) {
      Service own = service.of(job);
      JobMemory memory = situation.memory(job);
      if (present(own, job) != null
          && !isDone(own, job)
          && memory.failures() >= Settings.TRIES_ON_ONE_HOST) {
        return "pre_start: " + memory.lastError();
      }
    }
    return null;
  }

  /** The hosts on which a job that has no container yet cannot run, each with the reason. */
  Map<String, String> avoided(Service service, String job) {
    Map<String, String> avoided = new TreeMap<>(avoided(job));
    if (pass.running.of(job).isEmpty()) {
      for (String before : steps(service)) {
        if (!isDone(service.of(before), before)) {
          avoided(before).forEach(avoided::putIfAbsent);
        }
      }
    }
    return avoided;
  }

  private Map<String, String> avoided(String job) {
    JobMemory memory = situation.memory(job);
    pass.wakeAt(memory.avoidsUntil(pass.now()));
    return memory.avoidedAt(pass.now());
  }

  /** Looks after the steps of this definition; the jobs that are to stay as they are recorded. */
  Set<String> jobs(Service service) {
    Set<String> jobs = new LinkedHashSet<>();
    for (String job : steps(service)) {
      Service own = service.of(job);
      boolean isOld = situation.allocations().has(job) && present(own, job) == null;
      if (pass.viewOf(job) != null || (!isOld && look(own, job, null) != null)) {
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
