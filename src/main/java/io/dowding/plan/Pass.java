package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Port;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Fleet;
import io.dowding.placement.LibraryJobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one planning pass knows and has decided so far. */
final class Pass {

  final Situation situation;
  final Running running;
  final Fleet fleet;
  final SortedMap<String, JobView> views = new TreeMap<>();
  final SortedMap<String, RolloutView> rollouts = new TreeMap<>();

  private final List<Action> actions = new ArrayList<>();
  private final List<Action.Change> changes = new ArrayList<>();
  private final Map<String, Integer> calls;
  private final Set<String> busy;
  private final Set<String> spared = new TreeSet<>();
  private @Nullable Instant wake;

  Pass(Situation situation) {
    this.situation = situation;
    this.running = Running.in(situation);
    this.fleet = fleet(situation);
    this.calls = new HashMap<>(situation.callsUnderWay());
    this.busy = new HashSet<>(situation.busy());
  }

  Instant now() {
    return situation.now();
  }

  /**
   * A call to be made, unless the job already has one or the host has its fill: then it is planned
   * again when one of those has ended. One thing at a time per job.
   */
  void call(Action.OnHost action) {
    if (action instanceof Action.Signal || action instanceof Action.Remove) {
      if (now().isBefore(situation.stopsFrom())) {
        wakeAt(situation.stopsFrom());
        return;
      }
    }
    int underWay = calls.getOrDefault(action.host(), 0);
    if (busy.contains(action.job()) || underWay >= situation.settings().callsPerHost()) {
      return;
    }
    busy.add(action.job());
    calls.put(action.host(), underWay + 1);
    actions.add(action);
  }

  boolean isBusy(String job) {
    return busy.contains(job);
  }

  void writePin(Action.WritePin action) {
    actions.add(action);
  }

  /**
   * A new record, to be written before anything is done on the host.
   *
   * @param replaces the incarnation that serves until the new one is good; 0 for none
   */
  void allocate(Service service, String job, String host, long replaces, String why) {
    Allocation before = situation.allocations().get(job);
    long newer =
        Math.max(
                running.highestIncarnation(job, situation.age()),
                before == null ? 0 : before.incarnation())
            + 1;
    put(
        new Allocation(
            job,
            host,
            service.name(),
            service.specHash(),
            service.generation(),
            Math.max(situation.age(), newer),
            replaces,
            now(),
            why,
            situation.recordRevision(job)));
    fleet.place(job, service.placement().weight(), host, before == null ? null : before.host());
    reserve(service, job, host);
  }

  void put(Allocation record) {
    changes.add(new Action.Change.Put(record));
  }

  void forget(Allocation record, String why) {
    changes.add(new Action.Change.Forget(record, why));
  }

  private void reserve(Service service, String job, String host) {
    Candidate candidate = fleet.host(host);
    if (candidate != null) {
      for (Port port : service.container().ports()) {
        candidate.take(port, job);
      }
    }
  }

  void spare(String job) {
    spared.add(job);
  }

  void view(JobView view) {
    views.put(view.job(), view);
  }

  /** A job that waits for its next try. */
  JobView backoff(Allocation record, @Nullable Container container, JobMemory memory) {
    wakeAt(memory.nextTry());
    return JobView.backoff(record, container, memory);
  }

  /** Look again at this moment, if nothing happens before. */
  void wakeAt(@Nullable Instant moment) {
    if (moment != null && moment.isAfter(now()) && (wake == null || moment.isBefore(wake))) {
      wake = moment;
    }
  }

  Plan plan() {
    List<Action> all = new ArrayList<>();
    // One transaction at a time: the next would compare a sequence that this one changes.
    if (!changes.isEmpty() && !situation.allocating()) {
      int some = Math.min(changes.size(), Action.Allocate.MOST);
      all.add(new Action.Allocate(List.copyOf(changes.subList(0, some)), situation.sequence()));
    }
    all.addAll(actions);
    return new Plan(all, views, rollouts, spared, wake);
  }

  private static Fleet fleet(Situation s) {
    Fleet fleet = new Fleet();
    for (HostState host : s.hosts().values()) {
      Candidate candidate =
          new Candidate(host.host(), host.word(), host.unusable(), host.engine(), host.volumes());
      Map<String, String> jobs = new HashMap<>();
      host.ours().forEach(owned -> jobs.put(owned.container().id(), owned.job()));
      host.containers()
          .forEach(container -> occupy(candidate, container, jobs.get(container.id())));
      fleet.add(candidate);
    }
    for (Allocation record : s.allocations().values()) {
      HostState host = s.hosts().get(record.host());
      if (host != null && !LibraryJobs.isLoad(record, host.containers(), s.now())) {
        continue;
      }
      Service service = s.services().get(record.service());
      double weight = service == null ? 1 : service.placement().weight();
      fleet.place(record.job(), weight, record.host(), null);
      Candidate candidate = fleet.host(record.host());
      if (candidate != null && service != null && service.specHash().equals(record.specHash())) {
        service.container().ports().forEach(port -> candidate.take(port, record.job()));
      }
    }
    return fleet;
  }

  private static void occupy(Candidate candidate, Container container, @Nullable String job) {
    if (job == null && container.isAlive()) {
      candidate.addUnmanaged();
    }
    String by = job == null ? container.name() : job;
    container.ports().forEach(port -> candidate.take(port, by));
  }
}
