package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Allocations;
import io.dowding.plan.Fault;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Running;
import io.dowding.plan.Scope;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
import io.dowding.plan.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that is known: etcd's side, the hosts' side, and what is under way. One thread's own. */
final class World {

  /** How long the first decisions wait for hosts that do not answer. */
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(3);

  /** Another allocator may be faster now and then; the watch tells of that soon. */
  private static final int REFUSALS_BEFORE_LISTING = 5;

  final Settings settings;
  final Identity identity;
  final Leadership leadership = new Leadership();
  private final boolean inventoryInEtcd;
  final Changed changed = new Changed();
  final Plans plans = new Plans();
  Keys keys;
  final Hosts hosts = new Hosts();
  final Memories memories = new Memories(changed);
  private final Set<String> busy = new HashSet<>();
  private final Map<String, String> progress = new HashMap<>();
  private final Map<String, Instant> resting = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();

  /** Jobs whose failures are forgotten at some moment, unless they fail again. */
  private final Timers stable = new Timers();

  private @Nullable Facts facts;

  /** As of the last plan. */
  private Set<String> heldServices = Set.of();

  private @Nullable Holds holds;
  private boolean holdsDue;
  private @Nullable SortedMap<String, Host> given;
  private @Nullable SortedMap<String, Host> followed;
  private boolean ready;
  private boolean recalled;
  private boolean forgotten;
  private Instant leadingSince = Instant.MAX;
  boolean storeUp;
  boolean allocating;

  /** Refused allocations in a row: what is known of etcd may be out of date. */
  private int refused;

  /** All keys are to be listed once more. */
  private boolean listAgain;

  /** Services whose deletion the leader before this one was acting upon. */
  final Set<String> confirmedDeletions = new HashSet<>();

  /** Services of which the last leader knew. */
  final Set<String> servicesBefore = new HashSet<>();

  /** A list has come in that may show what is left of services that are no more. */
  boolean remainsToLookAt;

  /** What is from before etcd lost its memory, and wanted by nobody, may go. */
  boolean orphansReleased;

  World(Settings settings, Identity identity, boolean inventoryInEtcd) {
    this.settings = settings;
    this.identity = identity;
    this.inventoryInEtcd = inventoryInEtcd;
    this.keys = new Keys(inventoryInEtcd, leadership, settings.policy(), changed);
  }

  /**
   * This agent leads from now on. What etcd holds it knows; the hosts it looks at anew, and what
   * the leader before it remembered it reads from the status.
   */
  void beginTerm(Instant now) {
    leadingSince = now;
    recallAgain();
    hosts.begin();
    followed = null;
    memories.clear();
    plans.clear();
    stable.clear();
    changed.everything();
    followInventory(now);
  }

  /** etcd went back in time: what was read of what earlier leaders left no longer counts. */
  boolean isForgotten() {
    return forgotten;
  }

  /** To be read again; the hosts are as they are. */
  void recallAgain() {
    ready = false;
    recalled = false;
    forgotten = false;
  }

  /** Whether to list all keys again, asked once. */
  boolean takeListAgain() {
    boolean due = listAgain;
    listAgain = false;
    return due;
  }

  void endTerm() {
    leadingSince = Instant.MAX;
    hosts.end();
    followed = null;
    changed.everything();
  }

  private boolean isLeading() {
    return leadingSince.isBefore(Instant.MAX);
  }

  void apply(Event event, Instant now) {
    switch (event) {
      case Event.StoreListed listed -> storeListed(listed, now);
      case Event.StoreChanged changed -> {
        keys.changed(changed, this::redefined, now);
        identity.advanced(keys);
      }
      case Event.StoreLost _ -> storeUp = false;
      case Event.InventoryRead read -> {
        given = read.hosts();
        changed.everything();
      }
      case Event.HostListed listed -> {
        HostWorld host = hosts.get(listed.host());
        if (host != null) {
          hostListed(host, listed, now);
        }
      }
      case Event.ContainerSeen seen ->
          saw(seen.host(), seen.id(), seen.container(), seen.asOf(), now);
      case Event.HostAnswered answered -> {
        HostWorld host = hosts.get(answered.host());
        if (host != null) {
          if (!host.isWell() || !host.isConnected()) {
            changed.host(answered.host());
          }
          host.answered(now);
        }
      }
      case Event.HostLost lost -> {
        HostWorld host = hosts.get(lost.host());
        if (host != null) {
          host.lost(lost.why());
          changed.host(lost.host());
        }
      }
      case Event.Progress(String job, String text) -> {
        if (busy.contains(job)) {
          progress.put(job, text);
          changed.job(job);
        }
      }
      case Event.CallEnded ended -> callEnded(ended, now);
      case Event.Allocated allocated -> allocated(allocated);
      case Event.Standing standing -> leadership.stands(standing);
      case Event.NotStanding _ -> leadership.stands(null);
      case Event.Claimed(Action.Claim claim, boolean done) -> {
        if (done) {
          keys.claimed(claim.uuid(), claim.floor());
          identity.claimed(claim.uuid(), keys);
        }
      }
      case Event.PinWritten _, Event.Published _, Event.Tick _ -> {}
    }
  }

  private void hostListed(HostWorld host, Event.HostListed listed, Instant now) {
    boolean first = !host.everListed();
    boolean emptied = host.emptied;
    String engine = host.engine.id();
    remainsToLookAt |= first;
    if (!host.isConnected()) {
      answersAgain(listed.host());
    }
    host.listed(listed.engine(), listed.asOf(), listed.containers(), now, expected(host));
    host.listedVolumes(listed.volumes());
    holdsDue |= first || emptied != host.emptied || !engine.equals(host.engine.id());
    lookedAt(host);
  }

  /** Other containers than before may be there. */
  private void lookedAt(HostWorld host) {
    changed.host(host.host.hostname());
    long age = keys.age();
    holdsDue |= host.ours(identity.uuid()).stream().anyMatch(owned -> owned.incarnation() > age);
  }

  private void storeListed(Event.StoreListed listed, Instant now) {
    Keys.Verdict verdict = keys.judge(listed);
    if (verdict == Keys.Verdict.DOUBTED) {
      listAgain = true;
      return;
    }
    if (verdict == Keys.Verdict.CONTRADICTED) {
      // etcd went back in time: what was known does not count any more.
      identity.contradicted();
      keys = new Keys(inventoryInEtcd, leadership, settings.policy(), changed);
      forgotten = true;
    }
    keys.listed(listed, this::redefined, now);
    identity.listed(keys);
    listAgain |= identity.isDoubted();
    storeUp = true;
    Event.Recalled left = listed.recalled();
    if (!recalled) {
      recalled = true;
      recall(left, now);
    }
  }

  private void recall(Event.Recalled left, Instant now) {
    remainsToLookAt = true;
    keys.recountDeletions(left);
    confirmedDeletions.clear();
    servicesBefore.clear();
    servicesBefore.addAll(left.services().keySet());
    left.services()
        .forEach(
            (name, status) -> {
              if (status.state().equals(Statuses.REMOVING)) {
                confirmedDeletions.add(name);
              }
            });
    left.services().values().forEach(status -> recall(status.jobs(), now));
    if (left.holds().containsKey(Holds.REVISION)) {
      identity.recallRegression();
    }
    hosts.recall(left);
    hosts.values().forEach(host -> host.compareRecalled(expected(host)));
  }

  /** The jobs whose recorded container was seen on a host, and not seen to go. */
  private Set<String> expected(HostWorld host) {
    Set<String> jobs = new HashSet<>();
    for (Allocation record : keys.allocations.on(host.host.hostname())) {
      if (keys.has(record.service())
          && host.hasSeen(record.job(), record.incarnation(), identity.uuid())) {
        jobs.add(record.job() + "." + record.incarnation());
      }
    }
    return jobs;
  }

  private void recall(Map<String, ServiceStatus.JobStatus> jobs, Instant now) {
    jobs.forEach(
        (job, status) -> {
          if (!memories.has(job)) {
            memories.put(
                job,
                JobMemory.recalled(
                    status.restarts() == null ? 0 : status.restarts(),
                    status.nextTry(),
                    status.lastError() == null ? "" : status.lastError(),
                    status.lastExit() == null ? "" : status.lastExit(),
                    status.completed() == null || !mayComplete(job) ? 0 : status.completed(),
                    status.postStarted() == null ? "" : status.postStarted(),
                    now.plus(longestPause(job))));
          }
        });
  }

  private @Nullable Service definition(String job) {
    Service service = keys.definitions.services().get(Names.serviceOf(job));
    return service == null ? null : service.of(job);
  }

  private boolean mayComplete(String job) {
    Service service = definition(job);
    return service == null || service.container().restart().isDone(0, Integer.MAX_VALUE);
  }

  private Duration longestPause(String job) {
    Service service = definition(job);
    Duration asked = service == null ? Duration.ZERO : service.container().restart().delay();
    Duration most = JobMemory.LONGEST_PAUSE;
    return asked.compareTo(most) > 0 ? asked : most;
  }

  /**
   * After all events of a step: a host that left and came back within them never left, so what is
   * known of it counts.
   */
  void followInventory(Instant now) {
    SortedMap<String, Host> inventory = keys.inventory(given);
    if (inventory != null
        && keys.isListed()
        && isLeading()
        && (followed == null || changed.isEverything())
        && !inventory.equals(followed)) {
      hosts.follow(inventory, now);
      followed = new TreeMap<>(inventory);
      changed.everything();
    }
  }

  /** The inventory is meant as it is. */
  void acceptInventory(Instant now) {
    hosts.letGo();
    followed = null;
    changed.everything();
    followInventory(now);
  }

  private void saw(
      String hostname, String id, @Nullable Container container, Instant asOf, Instant now) {
    HostWorld host = hosts.get(hostname);
    if (host != null) {
      host.saw(id, container, asOf, now);
      lookedAt(host);
    }
  }

  private static boolean isUnanswered(Event.CallEnded ended) {
    return ended.outcome() instanceof Outcome.Failed failed
        && (failed.fault() == Fault.UNASKED
            || failed.fault() == Fault.LOST
            || Lessons.isRefusedEnd(ended.action(), failed.fault()));
  }

  /** Whether it has a back-off of its own, which ends when the container is seen. */
  private static boolean makes(Action.OnHost action) {
    return action instanceof Action.Create
        || action instanceof Action.Start
        || action instanceof Action.Pull;
  }

  private void answersAgain(String host) {
    memories.changeTroubledOn(host, memory -> memory.answeredBy(host));
    for (Allocation record : keys.allocations.on(host)) {
      if (resting.remove(record.job()) != null) {
        changed.job(record.job());
      }
    }
  }

  private void callEnded(Event.CallEnded ended, Instant now) {
    Action.OnHost action = ended.action();
    busy.remove(action.job());
    progress.remove(action.job());
    calls.computeIfPresent(action.host(), (h, count) -> count == 1 ? null : count - 1);
    changed.job(action.job());
    changed.slot(action.host());
    JobMemory before = memories.of(action.job());
    JobMemory memory = isUnanswered(ended) ? before : before.answered();
    switch (ended.outcome()) {
      case Outcome.Done(String id, Container container, Instant asOf) -> {
        if (!id.isEmpty()) {
          saw(action.host(), id, container, asOf, now);
        }
        memories.put(action.job(), Lessons.done(memory, action, container, now));
        HostWorld on = hosts.get(action.host());
        if (action instanceof Action.Create create && on != null) {
          on.made(create.service().container());
          changed.host(action.host());
        }
        if (action instanceof Action.Start) {
          memories.changeTroubledOn(action.host(), other -> other.roomOn(action.host()));
        }
      }
      case Outcome.Changed(String id, Container container, Instant asOf) -> {
        saw(action.host(), id, container, asOf, now);
        resting.put(action.job(), now.plus(Lessons.SHORTLY));
      }
      case Outcome.Pulled(String digest) -> {
        memories.put(action.job(), Lessons.done(memory, action, null, now));
        if (action instanceof Action.Pull pull && !digest.isEmpty()) {
          keys.definitions.meant(Names.serviceOf(pull.job()), pull.specHash(), digest);
        }
      }
      case Outcome.Failed failed -> {
        HostWorld host = hosts.get(action.host());
        if (failed.fault() == Fault.LOST && host != null) {
          host.doubt(failed.at());
          changed.host(action.host());
        }
        JobMemory learned = Lessons.failed(memory, action, failed, now);
        memories.put(action.job(), learned);
        if (isUnanswered(ended) && !(failed.fault() == Fault.LOST && makes(action))) {
          resting.put(action.job(), now.plus(learned.rest()));
          progress.put(action.job(), action.host() + ": " + failed.error() + "; retrying soon");
        } else if (failed.fault() == Fault.STALE && !(action instanceof Action.SetRestart)) {
          // The watch will tell what has changed; until then there is nothing new to decide on.
          resting.put(action.job(), now.plus(Lessons.SHORTLY));
        }
      }
    }
  }

  private void allocated(Event.Allocated allocated) {
    allocating = false;
    if (allocated.revision() <= 0) {
      refused += allocated.revision() == 0 ? 1 : 0;
      listAgain |= refused > 0 && refused % REFUSALS_BEFORE_LISTING == 0;
      return;
    }
    refused = 0;
    for (Action.Change change : allocated.action().changes()) {
      String job = change.record().job();
      switch (change) {
        case Action.Change.Put(Allocation record) -> {
          keys.recorded(record.atRevision(allocated.revision()));
          if (memories.has(job)) {
            memories.put(job, memories.of(job).afresh());
          }
        }
        case Action.Change.Forget _ -> {
          keys.forgotten(job, allocated.revision());
          memories.remove(job);
        }
      }
    }
    keys.sequence(allocated.revision());
  }

  private void redefined(String service) {
    memories.change(service, JobMemory::afresh);
  }

  /** What was kept under this key has been written. */
  void kept(String key, Object value) {
    if (value instanceof Versions versions) {
      keys.definitions.kept(key.substring("versions/".length()), versions, this::redefined);
    }
  }

  /**
   * Brings all up to date that follows from what was heard, or from time alone.
   *
   * @return the services whose plans may not hold any more
   */
  Scope settle(Instant now, Bugs bugs) {
    Facts present = refreshed(now);
    SortedSet<String> outdated =
        plans.outdated(changed, present.takeTouched(), present.takeWordsChanged(), now);
    boolean all = changed.isEverything();
    remember(all ? keys.allocations.services() : outdated, present, now, bugs);
    return all ? new Scope.All() : new Scope.Of(outdated);
  }

  private Facts refreshed(Instant now) {
    stable.due(now).forEach(changed::job);
    endRests(now);
    Facts present = facts;
    if (present == null || changed.isEverything()) {
      changed.everything();
      present = new Facts(this, now);
      facts = present;
    } else {
      present.due(now, changed);
      if (holds != null && !holds.isQuiet()) {
        // Of two names of one engine the one shows what the other does not.
        heldHosts().forEach(changed::host);
      }
      boolean mostWereLost = present.mostAreLost();
      present.refresh(changed, now);
      if (mostWereLost != present.mostAreLost()) {
        changed.everything();
      }
    }
    List<Host> followedBefore = hosts.list();
    findHolds(present, now);
    if (!hosts.list().equals(followedBefore)) {
      // It was said that the inventory is meant as it is.
      present = new Facts(this, now);
      facts = present;
    }
    return present;
  }

  private void endRests(Instant now) {
    for (Iterator<Map.Entry<String, Instant>> rests = resting.entrySet().iterator();
        rests.hasNext(); ) {
      Map.Entry<String, Instant> rest = rests.next();
      if (!now.isBefore(rest.getValue())) {
        changed.job(rest.getKey());
        rests.remove();
      }
    }
  }

  /** What is held may be looked at as long as nothing has changed that it depends on. */
  private void findHolds(Facts present, Instant now) {
    Holds before = holds;
    boolean due =
        holdsDue
            || changed.isEverything()
            || remainsToLookAt
            || before == null
            || !before.isQuiet();
    if (due) {
      Set<String> heldBefore = heldHosts();
      holdsDue = false;
      holds = Holds.find(this, present, now);
      Changed held = new Changed();
      heldBefore.forEach(held::host);
      heldHosts().forEach(held::host);
      present.refresh(held, now);
      held.services.forEach(changed::service);
      held.hosts.forEach(changed::host);
    }
    Set<String> heldNow = keys.deletions.held();
    if (!heldNow.equals(heldServices)) {
      Stream.concat(heldServices.stream(), heldNow.stream())
          .filter(name -> heldServices.contains(name) != heldNow.contains(name))
          .forEach(changed::service);
      heldServices = Set.copyOf(heldNow);
    }
  }

  private Set<String> heldHosts() {
    Set<String> held = new HashSet<>();
    hosts.forEach(
        (name, host) -> {
          if (!host.hold.isEmpty() || host.twinOf != null) {
            held.add(name);
          }
        });
    return held;
  }

  /** What would have been learned, or held, if all had been looked at again. */
  List<String> forgotten(Instant now, Bugs bugs) {
    List<String> forgotten = new ArrayList<>();
    Facts whole = new Facts(this, now);
    remember(keys.allocations.services(), whole, now, bugs);
    if (!changed.services.isEmpty()) {
      forgotten.add("something is learned of the jobs of " + changed.services);
    }
    if (holds().isQuiet()) {
      Holds found = Holds.find(this, whole, now);
      if (!found.isQuiet()) {
        forgotten.add("something is held, or to be");
        holds = found;
        holdsDue = true;
      }
    }
    return forgotten;
  }

  Holds holds() {
    return Objects.requireNonNull(holds);
  }

  /** Counts what can be seen of the recorded containers; seeing the same again counts nothing. */
  private void remember(Collection<String> services, Facts present, Instant now, Bugs bugs) {
    for (String service : services) {
      for (Allocation record : keys.allocations.of(service)) {
        Running.Located located = present.running().current(record);
        if (located != null) {
          bugs.caught(() -> remember(located, now));
        }
      }
    }
  }

  private void remember(Running.Located located, Instant now) {
    Owned owned = located.owned();
    String job = owned.job();
    Container container = owned.container();
    Service service = definition(job);
    RestartPolicy restart = service == null ? RestartPolicy.DEFAULT : service.container().restart();
    JobMemory next = memories.of(job).saw(job, owned.incarnation(), container, restart, now);
    Instant since = next.runningSince();
    Instant end = since == null ? null : since.plus(restart.window());
    if (end != null && next.failures() > 0 && !now.isBefore(end)) {
      next = next.stable();
    }
    stable.set(job, next.failures() > 0 ? end : null);
    Instant well = next.wellSince();
    if (service != null
        && well != null
        && located.host().usable()
        && !located
            .host()
            .seenAt()
            .apply(container.id())
            .isBefore(well.plus(settings.monitor(service)))) {
      next = next.proven(owned.incarnation());
    }
    memories.put(job, next);
  }

  /** Whether a job of ours may be wanted by keys that etcd lost. */
  private boolean isLost(Running running, String job) {
    return !orphansReleased
        && running.of(job).stream().anyMatch(located -> mayBeLost(located.owned()));
  }

  /**
   * Whether it is from before etcd lost its memory, or of a service that is not there and that
   * nobody saw go: then etcd may have lost its memory unseen.
   */
  boolean mayBeLost(Owned owned) {
    String service = Names.serviceOf(owned.job());
    return owned.incarnation() <= keys.floor()
        || !(keys.accountsFor(service) || servicesBefore.contains(service));
  }

  /**
   * Nothing is planned before the first complete list of all keys; and, once, not before every host
   * has answered or had its chance to, so that the first jobs do not crowd on the fastest host.
   */
  boolean isReady(Instant now) {
    if (!ready && recalled && keys.inventory(given) != null) {
      ready = hosts.values().stream().allMatch(host -> host.tried(now, PATIENCE_AT_START));
    }
    return ready;
  }

  /** When a job that was told to wait for news may be planned again, or null. */
  @Nullable Instant restsUntil() {
    return resting.values().stream().min(Instant::compareTo).orElse(null);
  }

  void underWay(Action.OnHost action) {
    busy.add(action.job());
    progress.remove(action.job());
    calls.merge(action.host(), 1, Integer::sum);
    changed.job(action.job());
  }

  /** As it was brought up to date last. */
  Situation situation(Instant now) {
    return situation(Objects.requireNonNull(facts), keys.allocations, now);
  }

  /** The same, with nothing taken from before: what was not noted shows. */
  Situation fresh(Instant now) {
    Allocations records = new Allocations();
    keys.allocations.all().values().forEach(records::put);
    return situation(new Facts(this, now), records, now);
  }

  private Situation situation(Facts of, Allocations records, Instant now) {
    return new Situation(
        now,
        settings,
        identity.uuid(),
        keys.age(),
        job -> isLost(of.running(), job),
        leadingSince.plus(settings.callDeadline()),
        keys.sequence(),
        keys.definitions.services(),
        keys.definitions.revisions(),
        keys.definitions.contentRevisions(),
        keys.definitions.untouchable(),
        keys.deletions.held(),
        keys.said(Availability.GONE),
        keys.pins,
        keys.pinRevisions,
        records,
        keys.allocationRevisions,
        of.hosts(),
        of.running(),
        of.loads(),
        of.mostAreLost(),
        memories.all(),
        job -> busy.contains(job) || resting.containsKey(job),
        calls,
        progress,
        keys.definitions.meanings(),
        allocating);
  }

  /** When a host changes if nothing is heard of it, or null. */
  @Nullable Instant wake(Instant now) {
    Facts present = facts;
    return present == null ? null : present.wake(now);
  }
}
