package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.model.Service.Mode;
import io.dowding.placement.Filters;
import io.dowding.placement.Request;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Running.Located;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings one service to its desired state. Running jobs are replaced as its {@link Rollout} allows.
 */
final class ServicePass {

  private static final String TURN = "waits for its turn: many jobs are being placed";

  private final Pass pass;
  private final Situation situation;
  private final Service service;
  private final Targets targets;
  private final Upkeep upkeep;
  private final Making making;
  private final Preparing preparing;
  private final Adoption adoption;
  private final Dependencies dependencies;
  private final Rollout rollout;

  /** A job that is not yet what or where it should be. */
  private record Change(String job, Allocation record, Target target, String because) {}

  ServicePass(Pass pass, Pins pins, Groups groups, Service service) {
    this.pass = pass;
    this.situation = pass.situation;
    this.service = service;
    this.targets = new Targets(pass, pins, groups);
    this.upkeep = new Upkeep(pass);
    this.making = new Making(pass);
    this.preparing = new Preparing(pass);
    this.adoption = new Adoption(pass);
    this.dependencies = new Dependencies(pass);
    this.rollout = new Rollout(pass, service, groups.tooMany(service));
  }

  /** The jobs that should exist, in order. */
  List<String> jobs() {
    if (!service.isGlobal() || !service.running()) {
      return replicas(service);
    }
    pass.readsWords();
    return situation.hosts().values().stream()
        .filter(this::isForGlobal)
        .map(host -> Names.onHost(service.name(), host.host().hostname()))
        .toList();
  }

  /** Those of a service that says how many; none where it is not to run. */
  static List<String> replicas(Service service) {
    List<String> jobs = new ArrayList<>();
    if (service.running() && service.mode() instanceof Mode.Replicated(int replicas)) {
      for (int number = 1; number <= replicas; number++) {
        jobs.add(Names.replica(service.name(), number));
      }
    }
    return jobs;
  }

  private boolean isForGlobal(HostState host) {
    String job = Names.onHost(service.name(), host.host().hostname());
    boolean there = situation.allocations().has(job);
    boolean wanted =
        switch (host.word()) {
          case ACTIVE -> true;
          case PAUSE -> there;
          case DRAIN, GONE -> false;
        };
    var candidate = pass.fleet.host(host.host().hostname());
    return wanted
        && candidate != null
        && Filters.constraints(new Request(job, service, Map.of()), candidate) == null;
  }

  /** Those that run before them, of the present definition; to be asked after the others. */
  Set<String> steps() {
    return service.running() ? preparing.jobs(service) : Set.of();
  }

  void run(List<String> jobs) {
    List<Change> changes = new ArrayList<>();
    for (String job : jobs) {
      Change change = change(job);
      if (change == null) {
        rollout.count(job);
      } else {
        rollout.countChange();
        changes.add(change);
      }
    }
    changes.sort(Comparator.comparing(change -> isLive(change)));
    int free = rollout.free();
    for (Change change : changes) {
      if (advanceIfItFits(change, free > 0)) {
        free--;
      }
    }
    pass.rollout(rollout.view());
    new Following(pass).look(service, jobs);
  }

  private boolean advanceIfItFits(Change change, boolean may) {
    Target target = targets.again(change.job(), service, change.target());
    Allocation record = change.record();
    String note =
        switch (target) {
          case Target.Stay(String stays) -> stays;
          case Target.Held(String held) -> held;
          case Target.Nowhere(String why) -> why;
          case Target.Go(String _, String _, boolean _) -> null;
        };
    if (note == null || !(change.target() instanceof Target.Go)) {
      return advance(new Change(change.job(), record, target, change.because()), may);
    }
    // Other jobs of this pass took its place; it is planned again once they are recorded.
    pass.view(upkeep.keep(record, service, false, note));
    return false;
  }

  /** Keeps the job if it is what and where it should be; otherwise returns the change. */
  private @Nullable Change change(String job) {
    Allocation record = situation.allocations().get(job);
    Located renamed = record == null ? null : pass.running.renamed(record);
    if (record != null && renamed != null) {
      pass.view(JobView.renamed(record, renamed.owned()));
      return null;
    }
    if ((record == null || adoption.isOutlived(record)) && adopt(job)) {
      return null;
    }
    String waits = record == null ? dependencies.missing(service) : null;
    if (waits != null) {
      pass.view(nowhere(job, new Target.Nowhere(waits)));
      return null;
    }
    if (record == null && pass.isFull()) {
      // It would be placed again, and maybe elsewhere, before it is recorded.
      pass.view(nowhere(job, new Target.Nowhere(TURN)));
      pass.waitsForTurn();
      return null;
    }
    if (record == null) {
      pass.tries();
    }
    Target target =
        service.isGlobal()
            ? targets.onHost(job, service, job.substring(service.name().length() + 1))
            : targets.of(job, service);
    if (record == null) {
      place(job, target);
      return null;
    }
    if (target instanceof Target.Held(String note)) {
      pass.view(upkeep.keep(record, service, false, note));
      return null;
    }
    boolean newSpec = !record.specHash().equals(service.specHash());
    String renewed = dependencies.renewed(service, record);
    boolean restarts = service.isToRestart(record);
    if (!newSpec
        && !restarts
        && renewed == null
        && !needsNewName(record)
        && target instanceof Target.Stay(String note)) {
      pass.view(upkeep.keep(record, service, true, note));
      pinBesideData(record);
      return null;
    }
    String because =
        newSpec || (renewed == null && !restarts)
            ? whatChanged(record)
            : renewed == null ? "a restart was asked for" : renewed;
    Change change = new Change(job, record, target, because);
    // What interrupts nothing happens in order, so that the next job sees the placement.
    if (target instanceof Target.Go go && go.urgent() && !isLive(change)) {
      advance(change, true);
      return null;
    }
    return change;
  }

  /** Gives a job without a record a host. */
  private void place(String job, Target target) {
    if (target instanceof Target.Go(String host, String why, boolean _)) {
      allocate(job, null, host, why + new VolumeData(situation).leftBehind(service, host));
    } else {
      pass.view(nowhere(job, target));
    }
  }

  private String whatChanged(Allocation record) {
    return Service.differInDigest(record.specHash(), service)
        ? "its image changes to " + service.container().shortDigest()
        : "the definition changed";
  }

  /** Not with a {@code container_name}: another incarnation would have the same one. */
  private boolean needsNewName(Allocation record) {
    return service.container().containerName() == null && adoption.needsNewName(record);
  }

  /**
   * Takes the next step of a change.
   *
   * @param may whether a serving job may be replaced now
   * @return whether its host can be used
   */
  private boolean advance(Change change, boolean may) {
    Allocation record = change.record();
    Target.Go go = change.target() instanceof Target.Go target ? target : null;
    String host = go == null ? record.host() : go.host();
    String why = go == null ? change.because() : go.why();
    if (!host.equals(record.host()) && service.container().hasLocalData()) {
      why += "; its volume data stays behind on " + record.host();
    }
    HostState to = situation.host(host);
    if (host.equals(record.host()) && (to == null || !to.usable())) {
      pass.view(upkeep.keep(record, service, false, ""));
      return false;
    }
    if (isLive(change)) {
      replace(change, host, why, may);
    } else {
      allocate(change.job(), record, host, why);
    }
    return true;
  }

  private void replace(Change change, String host, String why, boolean may) {
    String note = change.target() instanceof Target.Stay(String stay) ? stay : "";
    JobView old = asItRuns(change, note);
    if (!may) {
      pass.view(changing(old, "waiting for the other jobs: " + why));
      return;
    }
    String fetched = making.fetched(change.job(), service, host, why);
    if (fetched != null) {
      pass.view(changing(old, fetched));
      return;
    }
    String waits = preparing.missing(service, host);
    if (waits != null) {
      String failure = preparing.failure(service);
      if (failure != null) {
        rollout.fail(failure);
      }
      pass.view(changing(old, waits));
      return;
    }
    allocate(change.job(), change.record(), host, why);
  }

  /**
   * If two definitions follow each other quickly, the first may have been recorded but not run, or
   * have failed next to the container that serves. That container is then spared until the second
   * definition can replace it, and the first is not tried again.
   */
  private JobView asItRuns(Change change, String note) {
    Located current = pass.running.current(change.record());
    Located before =
        current != null && current.owned().container().isAlive()
            ? null
            : pass.running.of(change.job()).stream()
                .filter(Rollout::serves)
                .findFirst()
                .orElse(null);
    if (before == null) {
      return upkeep.keep(change.record(), service, false, note);
    }
    return new JobView(
        change.job(),
        before.host().host().hostname(),
        before.owned().container(),
        State.REPLACING,
        note,
        null,
        false,
        false);
  }

  private void allocate(String job, @Nullable Allocation record, String host, String why) {
    if (!pass.isBusy(job)) {
      pass.allocate(service, job, host, rollout.toReplace(job, record), why);
    }
    Located current = record == null ? null : pass.running.current(record);
    pass.view(
        new JobView(
            job,
            host,
            current == null ? null : current.owned().container(),
            current == null ? State.STARTING : State.REPLACING,
            why,
            null,
            false,
            false));
  }

  private JobView nowhere(String job, Target target) {
    String why = target instanceof Target.Nowhere(String reason) ? reason : "";
    return new JobView(job, null, null, State.PENDING, why, null, true, false);
  }

  private static JobView changing(JobView old, String reason) {
    return new JobView(
        old.job(),
        old.host(),
        old.container(),
        old.state(),
        old.reason().isEmpty() ? reason : old.reason() + "; " + reason,
        old.nextTry(),
        false,
        false);
  }

  /** Whether stopping it would interrupt service, by this definition or an earlier one. */
  private boolean isLive(Change change) {
    return pass.running.of(change.job()).stream().anyMatch(Rollout::serves);
  }

  private boolean adopt(String job) {
    List<Located> there =
        pass.running.of(job).stream().filter(located -> located.host().usable()).toList();
    JobView adopted = adoption.adopt(job, service, there);
    if (adopted != null) {
      pass.view(adopted);
    }
    return adopted != null;
  }

  /** Then its own pin still says where its data is, and it returns there without theirs. */
  private boolean isPinnedByPerson() {
    return situation.pins().get(service.name()) != null
        || service.pin() instanceof Service.PinRule.ToHost;
  }

  /** Pins a job to the host where its container was created, because its data is there. */
  private void pinBesideData(Allocation record) {
    HostState host = situation.host(record.host());
    if (!service.pinsItself()
        || host == null
        || !host.usable()
        || pass.running.current(record) == null) {
      return;
    }
    Pin pin = situation.pins().get(record.job());
    boolean missing = pin == null;
    boolean outdated =
        pin instanceof Pin.ToHost(String hostname, boolean auto)
            && auto
            && !hostname.equals(record.host())
            && !isPinnedByPerson();
    if (missing || outdated) {
      pass.writePin(
          new Action.WritePin(
              record.job(),
              new Pin.ToHost(record.host(), true),
              situation.pinRevisions().getOrDefault(record.job(), 0L)));
    }
  }
}
