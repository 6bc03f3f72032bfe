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
import io.dowding.plan.Fault;
import io.dowding.plan.HostState;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
import io.dowding.plan.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
  Keys keys;
  final Hosts hosts = new Hosts();
  final Map<String, JobMemory> memories = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private final Map<String, String> progress = new HashMap<>();
  private final Map<String, Instant> resting = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();

  private @Nullable SortedMap<String, Host> given;
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
    this.keys = new Keys(inventoryInEtcd, leadership, settings.policy());
  }

  /**
   * This agent leads from now on. What etcd holds it knows; the hosts it looks at anew, and what
   * the leader before it remembered it reads from the status.
   */
  void beginTerm(Instant now) {
    leadingSince = now;
    recallAgain();
    hosts.begin();
    memories.clear();
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
        followInventory(now);
      }
      case Event.StoreLost _ -> storeUp = false;
      case Event.InventoryRead read -> {
        given = read.hosts();
        followInventory(now);
      }
      case Event.HostListed listed -> {
        HostWorld host = hosts.get(listed.host());
        if (host != null) {
          remainsToLookAt |= !host.everListed();
          if (!host.isConnected()) {
            answersAgain(listed.host());
          }
          host.listed(listed.engine(), listed.asOf(), listed.containers(), now, expected(host));
          host.listedVolumes(listed.volumes());
        }
      }
      case Event.ContainerSeen seen ->
          saw(seen.host(), seen.id(), seen.container(), seen.asOf(), now);
      case Event.HostAnswered answered -> {
        HostWorld host = hosts.get(answered.host());
        if (host != null) {
          host.answered(now);
        }
      }
      case Event.HostLost lost -> {
        HostWorld host = hosts.get(lost.host());
        if (host != null) {
          host.lost(lost.why());
        }
      }
      case Event.Progress(String job, String text) -> {
        if (busy.contains(job)) {
          progress.put(job, text);
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

  private void storeListed(Event.StoreListed listed, Instant now) {
    Keys.Verdict verdict = keys.judge(listed);
    if (verdict == Keys.Verdict.DOUBTED) {
      listAgain = true;
      return;
    }
    if (verdict == Keys.Verdict.CONTRADICTED) {
      // etcd went back in time: what was known does not count any more.
      identity.contradicted();
      keys = new Keys(inventoryInEtcd, leadership, settings.policy());
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
    followInventory(now);
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
    for (Allocation record : keys.allocations.values()) {
      if (record.host().equals(host.host.hostname())
          && keys.has(record.service())
          && host.hasSeen(record.job(), record.incarnation(), identity.uuid())) {
        jobs.add(record.job() + "." + record.incarnation());
      }
    }
    return jobs;
  }

  private void recall(Map<String, ServiceStatus.JobStatus> jobs, Instant now) {
    jobs.forEach(
        (job, status) ->
            memories.putIfAbsent(
                job,
                JobMemory.recalled(
                    status.restarts() == null ? 0 : status.restarts(),
                    status.nextTry(),
                    status.lastError() == null ? "" : status.lastError(),
                    status.lastExit() == null ? "" : status.lastExit(),
                    status.completed() == null || !mayComplete(job) ? 0 : status.completed(),
                    status.postStarted() == null ? "" : status.postStarted(),
                    now.plus(longestPause(job)))));
  }

  private boolean mayComplete(String job) {
    Service service = keys.definitions.services().get(Names.serviceOf(job));
    return service == null || service.container().restart().isDone(0, Integer.MAX_VALUE);
  }

  private Duration longestPause(String job) {
    Service service = keys.definitions.services().get(Names.serviceOf(job));
    Duration asked = service == null ? Duration.ZERO : service.container().restart().delay();
    Duration most = JobMemory.LONGEST_PAUSE;
    return asked.compareTo(most) > 0 ? asked : most;
  }

  private void followInventory(Instant now) {
    SortedMap<String, Host> inventory = keys.inventory(given);
    if (inventory != null && keys.isListed() && isLeading()) {
      hosts.follow(inventory, now);
    }
  }

  /** The inventory is meant as it is. */
  void acceptInventory(Instant now) {
    hosts.letGo();
    followInventory(now);
  }

  private void saw(
      String hostname, String id, @Nullable Container container, Instant asOf, Instant now) {
    HostWorld host = hosts.get(hostname);
    if (host != null) {
      host.saw(id, container, asOf, now);
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
    memories.replaceAll((job, memory) -> memory.answeredBy(host));
    keys.allocations.values().stream()
        .filter(record -> record.host().equals(host))
        .forEach(record -> resting.remove(record.job()));
  }

  private void callEnded(Event.CallEnded ended, Instant now) {
    Action.OnHost action = ended.action();
    busy.remove(action.job());
    progress.remove(action.job());
    calls.merge(action.host(), -1, Integer::sum);
    JobMemory before = memories.getOrDefault(action.job(), JobMemory.NONE);
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
        }
        if (action instanceof Action.Start) {
          memories.replaceAll((job, other) -> other.roomOn(action.host()));
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
          memories.computeIfPresent(job, (j, memory) -> memory.afresh());
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
    memories.replaceAll(
        (job, memory) -> Names.serviceOf(job).equals(service) ? memory.afresh() : memory);
  }

  /** What was kept under this key has been written. */
  void kept(String key, Object value) {
    if (value instanceof Versions versions) {
      keys.definitions.kept(key.substring("versions/".length()), versions, this::redefined);
    }
  }

  /** Counts what can be seen of the recorded containers; seeing the same again counts nothing. */
  void remember(Instant now, Bugs bugs) {
    String cluster = identity.uuid();
    for (HostWorld host : hosts.values()) {
      for (Owned owned : host.ours(cluster)) {
        Allocation record = keys.allocations.get(owned.job());
        if (record != null
            && record.incarnation() == owned.incarnation()
            && record.host().equals(host.host.hostname())) {
          bugs.caught(() -> remember(owned, host, now));
        }
      }
    }
  }

  private void remember(Owned owned, HostWorld host, Instant now) {
    Container container = owned.container();
    Service service = keys.definitions.services().get(Names.serviceOf(owned.job()));
    JobMemory memory = memories.getOrDefault(owned.job(), JobMemory.NONE);
    RestartPolicy restart = service == null ? RestartPolicy.DEFAULT : service.container().restart();
    JobMemory next = memory.saw(owned.job(), owned.incarnation(), container, restart, now);
    Instant since = next.runningSince();
    if (since != null && next.failures() > 0 && !now.isBefore(since.plus(restart.window()))) {
      next = next.stable();
    }
    Instant well = next.wellSince();
    if (service != null
        && well != null
        && host.isUsable(now, settings)
        && !host.seenAt(container.id()).isBefore(well.plus(settings.monitor(service)))) {
      next = next.proven(owned.incarnation());
    }
    memories.put(owned.job(), next);
  }

  /** Jobs of ours that may be wanted by keys that etcd lost. */
  private Set<String> lost() {
    Set<String> jobs = new HashSet<>();
    if (!orphansReleased) {
      for (HostWorld host : hosts.values()) {
        host.ours(identity.uuid()).stream().filter(this::mayBeLost).forEach(o -> jobs.add(o.job()));
      }
    }
    return jobs;
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
  }

  Situation situation(Instant now) {
    resting.values().removeIf(until -> !now.isBefore(until));
    Set<String> occupied = new HashSet<>(busy);
    occupied.addAll(resting.keySet());
    SortedMap<String, HostState> states = new TreeMap<>();
    hosts.forEach(
        (name, host) ->
            states.put(name, host.state(keys.word(name), identity.uuid(), now, settings)));
    return new Situation(
        now,
        settings,
        identity.uuid(),
        keys.age(),
        lost(),
        leadingSince.plus(settings.callDeadline()),
        keys.sequence(),
        keys.definitions.services(),
        keys.serviceRevisions(),
        keys.definitions.contentRevisions(),
        keys.definitions.untouchable(),
        keys.deletions.held(),
        keys.hostsSaid(Availability.GONE),
        keys.pins,
        keys.pinRevisions,
        keys.allocations,
        keys.allocationRevisions,
        states,
        memories,
        occupied,
        calls,
        progress,
        keys.definitions.meanings(),
        allocating);
  }
}
