package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.keys.Key;
import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.keys.Versions;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.PreStart;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Allocations;
import io.dowding.plan.Fault;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Loads;
import io.dowding.plan.Projects;
import io.dowding.plan.Running;
import io.dowding.plan.Scope;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
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

/** Everything known: etcd, the hosts, and calls under way. Owned by one thread. */
final class World {

  /** How long the first plan waits for hosts that do not answer. */
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(3);

  /** Another allocator may win a few times; the watch reports that soon. */
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

  /** Jobs whose failures are forgotten at some time unless they fail again. */
  private final Timers stable = new Timers();

  private @Nullable Facts facts;

  /** Services held in the last plan. */
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

  /** Refused allocations in a row: what is known of etcd may be outdated. */
  private int refused;

  private boolean listAgain;

  /** Services whose deletion the previous leader was acting on. */
  final Set<String> confirmedDeletions = new HashSet<>();

  /** Services that the previous leader knew. */
  final Set<String> servicesBefore = new HashSet<>();

  /** A new list may show remains of deleted services. */
  boolean remainsToLookAt;

  /** Unwanted containers from before etcd lost its keys may be removed. */
  boolean orphansReleased;

  World(Settings settings, Identity identity, boolean inventoryInEtcd) {
    this.settings = settings;
    this.identity = identity;
    this.inventoryInEtcd = inventoryInEtcd;
    this.keys = new Keys(inventoryInEtcd, leadership, settings.policy(), changed);
  }

  /**
   * This agent leads from now on. It knows what etcd holds; it lists the hosts again, and reads
   * what the previous leader remembered from the status.
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

  /** etcd went back in time: what earlier leaders left must be read again. */
  boolean isForgotten() {
    return forgotten;
  }

  /** Reads what earlier leaders left again; the hosts keep their state. */
  void recallAgain() {
    ready = false;
    recalled = false;
    forgotten = false;
  }

  /** Whether to list all keys again; resets the request. */
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
        Map<String, Long> before = incarnations(changed);
        keys.changed(changed, this::redefined, now);
        before.forEach(this::renewed);
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

  /** The host may have other containers than before. */
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
      // etcd went back in time: forget what was known.
      identity.contradicted();
      keys = new Keys(inventoryInEtcd, leadership, settings.policy(), changed);
      forgotten = true;
    }
    keys.listed(listed, this::redefined, now);
    identity.listed(keys);
    listAgain |= identity.isDoubted();
    storeUp = true;
    Recalled left = listed.recalled();
    if (!recalled) {
      recalled = true;
      recall(left, now);
    }
  }

  private void recall(Recalled left, Instant now) {
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

  /**
   * Jobs whose recorded container was seen on this host and not seen to go. Not steps of {@code
   * pre_start}: they have ended, and their data went with their jobs.
   */
  private Set<String> expected(HostWorld host) {
    Set<String> jobs = new HashSet<>();
    for (Allocation record : keys.allocations.on(host.host.hostname())) {
      if (keys.has(record.service())
          && !PreStart.isJob(record.job())
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
   * Runs after all events of a step, so a host that is removed and added again within one step
   * keeps its state.
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

  /** A person confirmed the inventory. */
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

  /** Whether a call has its own back-off, which ends when the container is seen. */
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
      case Outcome.Resolved(String digest) -> resolved(action, digest, now);
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
          // The watch will report what changed; until then there is nothing new to decide on.
          resting.put(action.job(), now.plus(Lessons.SHORTLY));
        }
      }
    }
  }

  /** The next look is an interval after this one. */
  private void resolved(Action.OnHost action, String digest, Instant now) {
    Service service = keys.definitions.services().get(action.job());
    if (service == null) {
      memories.remove(action.job());
    } else if (action instanceof Action.Resolve looked) {
      Duration every = service.container().pullPolicy().follow();
      memories.put(looked.job(), JobMemory.NONE.later(now.plus(every)));
      keys.definitions.found(looked.job(), looked.specHash(), digest);
    }
  }

  private void allocated(Event.Allocated allocated) {
    allocating = false;
    List<Long> written = allocated.written();
    for (int n = 0; n < written.size(); n++) {
      written(allocated.action().changes().get(n), written.get(n));
    }
    if (!written.isEmpty()) {
      refused = 0;
      keys.sequence(written.getLast());
    }
    if (allocated.revision() == 0) {
      refused++;
      listAgain |= refused % REFUSALS_BEFORE_LISTING == 0;
    }
  }

  private void written(Action.Change change, long revision) {
    String job = change.record().job();
    if (revision < keys.newestAllocation(job)) {
      // The watch was faster, and someone has changed the key since.
      return;
    }
    switch (change) {
      case Action.Change.Put(Allocation record) -> {
        long before = incarnation(job);
        keys.recorded(record.atRevision(revision));
        renewed(job, before);
      }
      case Action.Change.Forget _ -> {
        keys.forgotten(job, revision);
        memories.remove(job);
        if (!keys.has(Names.serviceOf(job))) {
          memories.remove(Names.serviceOf(job));
        }
      }
    }
  }

  private long incarnation(String job) {
    Allocation record = keys.allocations.get(job);
    return record == null ? 0 : record.incarnation();
  }

  private Map<String, Long> incarnations(Event.StoreChanged changed) {
    Map<String, Long> before = new HashMap<>();
    for (StoreChange change : changed.changes()) {
      if (change instanceof StoreChange.OfAllocation of) {
        before.put(of.job(), incarnation(of.job()));
      }
    }
    return before;
  }

  /** Failures of an earlier container do not count for a new one. */
  private void renewed(String job, long before) {
    if (keys.allocations.has(job) && incarnation(job) != before && memories.has(job)) {
      memories.put(job, memories.of(job).afresh());
    }
  }

  private void redefined(String service) {
    memories.change(service, JobMemory::afresh);
  }

  /** A version that was kept under this key was written. */
  void kept(String key, Object value) {
    if (value instanceof Versions versions) {
      keys.definitions.kept(key.substring(Key.VERSIONS.length()), versions, this::redefined);
    }
  }

  /**
   * Updates everything that follows from events, or from time alone.
   *
   * @return the services whose plans may be outdated
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
        // If two hostnames share an engine, a change to one can change the other.
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
      // A person confirmed the inventory.
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

  /** Holds need no new search until something they depend on changes. */
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

  /** What looking at everything again would have learned or held. */
  List<String> forgotten(Instant now, Bugs bugs) {
    List<String> forgotten = new ArrayList<>();
    Facts whole = new Facts(this, now);
    remember(keys.allocations.services(), whole, now, bugs);
    if (!changed.services.isEmpty()) {
      forgotten.add("missed what is remembered of the jobs of " + changed.services);
    }
    if (holds().isQuiet()) {
      Holds found = Holds.find(this, whole, now);
      if (!found.isQuiet()) {
        forgotten.add("missed a hold");
        holds = found;
        holdsDue = true;
      }
    }
    return forgotten;
  }

  Holds holds() {
    return Objects.requireNonNull(holds);
  }

  /** Counts what is seen of the recorded containers; seeing the same state again counts nothing. */
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

  /** Whether this job may be wanted by a key that etcd lost. */
  private boolean isLost(Running running, String job) {
    return !orphansReleased
        && running.of(job).stream().anyMatch(located -> mayBeLost(located.owned()));
  }

  /**
   * Whether it is from before etcd lost its keys, or its service is missing and no deletion was
   * seen: etcd may have lost keys unnoticed.
   */
  boolean mayBeLost(Owned owned) {
    String service = Names.serviceOf(owned.job());
    return owned.incarnation() <= keys.floor()
        || !(keys.accountsFor(service) || servicesBefore.contains(service));
  }

  /**
   * Planning starts after the first complete list of all keys. The first plan also waits until
   * every host has answered or had time to, so that the first jobs do not crowd onto the fastest
   * host.
   */
  boolean isReady(Instant now) {
    if (!ready && recalled && keys.inventory(given) != null) {
      ready = hosts.values().stream().allMatch(host -> host.tried(now, PATIENCE_AT_START));
    }
    return ready;
  }

  /** What this agent waits for before it can do its part; empty if nothing. */
  String waitsFor(boolean leads) {
    if (!storeUp || !keys.isListed()) {
      return "etcd";
    }
    if (keys.inventory(given) == null) {
      return "the inventory";
    }
    if (leads) {
      return ready ? "" : "the first complete lists of keys and hosts";
    }
    return leadership.follows() ? "" : "its candidacy";
  }

  /** Whether everything was known when this agent last planned. */
  boolean isPlanned() {
    return ready;
  }

  /** When a job that waits for news may be planned again, or null. */
  @Nullable Instant restsUntil() {
    return resting.values().stream().min(Instant::compareTo).orElse(null);
  }

  void underWay(Action.OnHost action) {
    busy.add(action.job());
    progress.remove(action.job());
    calls.merge(action.host(), 1, Integer::sum);
    changed.job(action.job());
  }

  /** The situation as of the last update. */
  Situation situation(Instant now) {
    return situation(
        Objects.requireNonNull(facts), keys.allocations, keys.definitions.projects(), now);
  }

  /** The situation built from scratch, to find changes that were missed. */
  Situation fresh(Instant now) {
    Allocations records = new Allocations();
    keys.allocations.all().values().forEach(records::put);
    Projects projects = Projects.of(keys.definitions.services().values());
    return situation(new Facts(this, now), records, projects, now);
  }

  private Situation situation(Facts of, Allocations records, Projects projects, Instant now) {
    return new Situation(
        now,
        settings,
        identity.uuid(),
        keys.age(),
        job -> isLost(of.running(), job),
        leadingSince.plus(settings.callDeadline()),
        keys.sequence(),
        keys.definitions.services(),
        projects,
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

  /** The capacity of a host and what jobs reserve of it; null if unknown. */
  Loads.@Nullable Room room(String hostname) {
    Facts present = facts;
    return present == null ? null : present.loads().room(hostname);
  }

  /** When a host changes if it reports nothing, or null. */
  @Nullable Instant wake(Instant now) {
    Facts present = facts;
    return present == null ? null : present.wake(now);
  }
}
