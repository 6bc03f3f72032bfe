package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import io.dowding.placement.Fleet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The state of one planning pass: what it knows and has decided so far. */
final class Pass {

  final Situation situation;
  final Running running;

  /** A draft: placements made here do not change the situation. */
  final Fleet fleet;

  private final SortedMap<String, Part> parts = new TreeMap<>();
  private final Map<String, Goodness> judged = new HashMap<>();
  private final List<Action> actions = new ArrayList<>();
  private final List<Action.Change> changes = new ArrayList<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private Part part = new Part();
  private @Nullable Turn turn;
  private @Nullable Turn full;
  private @Nullable Awaited awaited;

  Pass(Situation situation) {
    this.situation = situation;
    this.running = situation.running();
    this.fleet = situation.loads().draft();
  }

  Instant now() {
    return situation.now();
  }

  /** The hosts that new jobs wait for. */
  Awaited awaited() {
    if (awaited == null) {
      awaited = new Awaited(this);
    }
    return awaited;
  }

  /** The turn of this service begins. */
  void turn(Turn next) {
    turn = next;
    about(next.service());
  }

  /** The turn of that service ends. */
  void turnEnds() {
    if (full == null && isFull()) {
      full = turn;
    }
    turn = null;
  }

  /** Records everything that follows under this service. */
  void about(String service) {
    part = parts.computeIfAbsent(service, s -> new Part());
  }

  /** Records a decision for several services, and what it depends on, separately. */
  Part apart(Runnable decide) {
    Part before = part;
    Part own = new Part();
    part = own;
    try {
      decide.run();
    } finally {
      part = before;
    }
    return own;
  }

  /** The plan also depends on a decision that was recorded separately. */
  void restsOn(Part noted) {
    part.restsOn(noted);
  }

  /** The plan also depends on another service. */
  void reads(String service) {
    part.services.add(service);
  }

  /** The plan depends on the services of a project. */
  void readsProject(String project) {
    part.projects.add(project);
  }

  /** The plan depends on whether a job fits on this host. */
  void readsHost(String hostname) {
    part.hosts.add(hostname);
  }

  /** The plan depends on the load of all hosts. */
  void readsFleet() {
    part.fleet = true;
  }

  /** The plan depends on the operator's setting of every host. */
  void readsWords() {
    part.words = true;
  }

  /** Whether as many records are to be written as can be at once. */
  boolean isFull() {
    return changes.size() >= situation.settings().recordsAtOnce();
  }

  /** A job without a record gets a place, unless there is none. */
  void tries() {
    part.tries = turn;
  }

  /** The service that is planned is to be placed once others have been recorded. */
  void waitsForTurn() {
    part.waits = turn;
  }

  /** The plan depends on the age of the cluster, which no event reports. */
  void readsAge() {
    part.unfinished = true;
  }

  /**
   * Makes a call, unless the job has one already or the host has reached its limit; then the job is
   * planned again when a call ends. One action at a time per job.
   */
  void call(Action.OnHost action) {
    if (action instanceof Action.Signal || action instanceof Action.Remove) {
      if (now().isBefore(situation.stopsFrom())) {
        wakeAt(situation.stopsFrom());
        return;
      }
    }
    if (isBusy(action.job())) {
      return;
    }
    String host = action.host();
    int more = calls.getOrDefault(host, 0);
    int underWay = situation.callsUnderWay().getOrDefault(host, 0) + more;
    if (underWay >= situation.settings().callsPerHost()) {
      part.starvedOn.add(host);
      return;
    }
    busy.add(action.job());
    calls.put(host, more + 1);
    act(action);
  }

  /** Makes a call that can wait: only while its host has no other one. */
  void callIfIdle(Action.OnHost action) {
    String host = action.host();
    int others = situation.callsUnderWay().getOrDefault(host, 0) + calls.getOrDefault(host, 0);
    if (others > 0) {
      part.starvedOn.add(host);
    } else {
      call(action);
    }
  }

  private void act(Action action) {
    part.unfinished = true;
    actions.add(action);
  }

  boolean isBusy(String job) {
    return busy.contains(job) || situation.busy().test(job);
  }

  void writePin(Action.WritePin action) {
    act(action);
  }

  /**
   * Adds a new record, written before anything is done on the host.
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
    place(service, job, host, before);
  }

  /** Counts a job on a host from here on in this pass. */
  void place(Service service, String job, String host, @Nullable Allocation before) {
    part.places = true;
    fleet.place(job, service.placement(), host, before == null ? null : before.host());
    service.container().ports().forEach(port -> fleet.take(host, port, job));
  }

  void put(Allocation record) {
    part.unfinished = true;
    changes.add(new Action.Change.Put(record));
  }

  void forget(Allocation record, String why) {
    part.unfinished = true;
    changes.add(new Action.Change.Forget(record, why));
  }

  void spare(String job) {
    part.spared.add(job);
  }

  void view(JobView view) {
    part.views.put(view.job(), view);
  }

  @Nullable JobView viewOf(String job) {
    return part.views.get(job);
  }

  void rollout(RolloutView rollout) {
    part.rollout = rollout;
  }

  /** Whether the job may be tried now; otherwise it is planned again when it may. */
  boolean mayTry(JobMemory memory) {
    wakeAt(memory.nextTry());
    return memory.mayTryAt(now());
  }

  /** Plans again at this time if nothing happens before. */
  void wakeAt(@Nullable Instant moment) {
    if (moment != null && moment.isAfter(now())) {
      part.wakeAt(moment);
    }
  }

  /** Whether the recorded container is good. Also asks for another look at it if needed. */
  Goodness goodness(Allocation record, Service service) {
    Goodness known = judged.get(record.job());
    if (known != null) {
      return known;
    }
    Goodness found = Goodness.of(situation, record, service);
    judged.put(record.job(), found);
    switch (found) {
      case Goodness.Good _, Goodness.Bad _ -> {}
      case Goodness.NotYet(Instant wake) -> wakeAt(wake);
      case Goodness.Unseen(String container, boolean asks) -> {
        part.looks = true;
        if (asks && mayTry(situation.memory(record.job()))) {
          call(
              new Action.Look(
                  record.host(), record.job(), container, "checking that it is still well"));
        }
      }
    }
    return found;
  }

  Plan plan() {
    List<Action> all = new ArrayList<>();
    // Not before the last ones are written: they change the sequence.
    if (!changes.isEmpty() && !situation.allocating()) {
      int some = Math.min(changes.size(), situation.settings().recordsAtOnce());
      all.add(new Action.Allocate(List.copyOf(changes.subList(0, some)), situation.sequence()));
    }
    all.addAll(actions);
    SortedMap<String, ServicePlan> services = new TreeMap<>();
    parts.forEach((name, made) -> services.put(name, made.done()));
    return new Plan(all, services, full);
  }
}
