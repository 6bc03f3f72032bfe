package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import io.dowding.plan.HostState;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
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

  private static final Duration KILL_AGAIN = Duration.ofSeconds(2);
  private static final Duration SHORTLY = Duration.ofMillis(300);

  final Settings settings;
  final Keys keys;
  final SortedMap<String, HostWorld> hosts = new TreeMap<>();
  final Map<String, JobMemory> memories = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Map<String, HostStatus> recalledHosts = new HashMap<>();

  /** The engine of each hostname, across a change of its endpoint. */
  private final Map<String, String> engines = new HashMap<>();

  private @Nullable SortedMap<String, Host> given;
  private boolean ready;
  boolean storeUp;
  boolean allocating;

  World(Settings settings, boolean inventoryInEtcd) {
    this.settings = settings;
    this.keys = new Keys(inventoryInEtcd);
  }

  void apply(Event event, Instant now) {
    switch (event) {
      case Event.StoreListed listed -> storeListed(listed, now);
      case Event.StoreChanged changed -> {
        keys.changed(changed, this::redefined);
        followInventory(now);
      }
      case Event.StoreLost _ -> storeUp = false;
      case Event.StoreBack _ -> storeUp = true;
      case Event.InventoryRead read -> {
        given = read.hosts();
        followInventory(now);
      }
      case Event.HostListed listed -> {
        HostWorld host = hosts.get(listed.host());
        if (host != null) {
          host.listed(listed.engine(), listed.asOf(), listed.containers(), now);
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
      case Event.CallEnded ended -> callEnded(ended, now);
      case Event.Allocated allocated -> allocated(allocated);
      case Event.PinWritten _, Event.Published _, Event.Tick _ -> {}
    }
  }

  private void storeListed(Event.StoreListed listed, Instant now) {
    keys.listed(listed, this::redefined);
    storeUp = true;
    listed.recalled().services().values().forEach(status -> recall(status.jobs()));
    listed.recalled().hosts().forEach(recalledHosts::putIfAbsent);
    followInventory(now);
  }

  private void recall(Map<String, ServiceStatus.JobStatus> jobs) {
    jobs.forEach(
        (job, status) ->
            memories.putIfAbsent(
                job,
                JobMemory.recalled(
                    status.restarts() == null ? 0 : status.restarts(),
                    Times.parse(status.nextTry()),
                    status.lastError() == null ? "" : status.lastError(),
                    status.lastExit() == null ? "" : status.lastExit(),
                    status.completed() == null ? 0 : status.completed())));
  }

  /** The hosts are exactly those of the inventory; one whose endpoint changed is a new one. */
  private void followInventory(Instant now) {
    SortedMap<String, Host> inventory = keys.inventory(given);
    if (inventory == null || !keys.isListed()) {
      return;
    }
    hosts.values().forEach(known -> engines.put(known.host.hostname(), known.knownEngine));
    hosts.values().removeIf(known -> !known.host.equals(inventory.get(known.host.hostname())));
    engines.keySet().retainAll(inventory.keySet());
    inventory.forEach(
        (name, host) ->
            hosts.computeIfAbsent(
                name,
                n -> {
                  HostWorld fresh = new HostWorld(host, now);
                  HostStatus status = recalledHosts.remove(name);
                  if (status != null) {
                    fresh.recall(
                        status, Times.parse(status.lastContact()), Times.parse(status.since()));
                  }
                  fresh.knownEngine = engines.getOrDefault(name, fresh.knownEngine);
                  return fresh;
                }));
  }

  private void saw(
      String hostname, String id, @Nullable Container container, Instant asOf, Instant now) {
    HostWorld host = hosts.get(hostname);
    if (host != null) {
      host.saw(id, container, asOf, now);
    }
  }

  private void callEnded(Event.CallEnded ended, Instant now) {
    Action.OnHost action = ended.action();
    busy.remove(action.job());
    calls.merge(action.host(), -1, Integer::sum);
    JobMemory memory = memories.getOrDefault(action.job(), JobMemory.NONE);
    switch (ended.outcome()) {
      case Outcome.Done(String id, Container container, Instant asOf) -> {
        if (!id.isEmpty()) {
          saw(action.host(), id, container, asOf, now);
        }
        memories.put(action.job(), done(memory, action, container, now));
      }
      case Outcome.Failed failed -> memories.put(action.job(), failed(memory, action, failed, now));
    }
  }

  private static JobMemory done(
      JobMemory memory, Action.OnHost action, @Nullable Container container, Instant now) {
    return switch (action) {
      case Action.Signal signal ->
          container == null
              ? memory
              : signal.signal().equals(Action.Signal.KILL)
                  ? memory.killed(signal.container(), now.plus(KILL_AGAIN))
                  : memory.stopping(signal.container(), now.plus(container.stopGrace()));
      case Action.SetRestart _ -> memory.later(now.plus(SHORTLY));
      case Action.Pull pull -> memory.image(pull.host(), pull.specHash(), true);
      case Action.Create _, Action.Start _, Action.Remove _ -> memory;
    };
  }

  private JobMemory failed(
      JobMemory memory, Action.OnHost action, Outcome.Failed failed, Instant now) {
    if (action instanceof Action.SetRestart && failed.fault() != Fault.LOST) {
      // Docker refuses while the process is just ending; the next round will do.
      return memory.later(now.plus(SHORTLY));
    }
    return switch (failed.fault()) {
      case NO_IMAGE -> noImage(memory, action, failed.error(), now);
      case LOST -> {
        HostWorld host = hosts.get(action.host());
        if (host != null) {
          host.doubt(failed.at());
        }
        yield memory;
      }
      case STALE -> memory;
      case NAME_TAKEN -> {
        JobMemory counted =
            memory.failed(action.job(), failed.fault(), action.host(), failed.error(), now);
        yield action instanceof Action.Create create
            ? counted.nameTaken(create.record().incarnation())
            : counted;
      }
      case HOST, SPEC, BUSY ->
          memory.failed(action.job(), failed.fault(), action.host(), failed.error(), now);
    };
  }

  /** To be pulled, unless it was pulled just now or never is to be. */
  private static JobMemory noImage(
      JobMemory memory, Action.OnHost action, String error, Instant now) {
    if (action instanceof Action.Create create
        && !memory.hasImage(create.host(), create.record().specHash())) {
      return memory.image(create.host(), create.record().specHash(), false);
    }
    return memory.failed(action.job(), Fault.HOST, action.host(), error, now);
  }

  private void allocated(Event.Allocated allocated) {
    allocating = false;
    if (allocated.revision() <= 0) {
      return;
    }
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

  void forgive(Duration pause) {
    hosts.values().forEach(host -> host.forgive(pause));
  }

  /** Counts what can be seen of the recorded containers; seeing the same again counts nothing. */
  void remember(Instant now) {
    String cluster = keys.cluster();
    for (HostWorld host : hosts.values()) {
      for (Container container : host.containers()) {
        Owned owned = Ownership.of(container, cluster);
        Allocation record = owned == null ? null : keys.allocations.get(owned.job());
        if (owned != null
            && record != null
            && record.incarnation() == owned.incarnation()
            && record.host().equals(host.host.hostname())) {
          remember(owned, now);
        }
      }
    }
  }

  private void remember(Owned owned, Instant now) {
    Container container = owned.container();
    Service service = keys.services().get(Names.serviceOf(owned.job()));
    JobMemory memory = memories.getOrDefault(owned.job(), JobMemory.NONE);
    boolean done =
        service != null
            && service
                .container()
                .restart()
                .isDone(
                    container.exitCode(), Math.max(container.restartCount(), memory.failures()));
    JobMemory next = memory.saw(owned.job(), owned.incarnation(), container, done, now);
    Instant since = next.runningSince();
    if (since != null && next.failures() > 0 && !now.isBefore(since.plus(Settings.STABLE))) {
      next = next.stable();
    }
    memories.put(owned.job(), next);
  }

  /**
   * Nothing is planned before the first complete list of all keys; and, once, not before every host
   * has answered or had its chance to, so that the first jobs do not crowd on the fastest host.
   */
  boolean isReady(Instant now) {
    if (!ready && keys.isListed() && keys.inventory(given) != null) {
      ready = hosts.values().stream().allMatch(host -> host.tried(now, PATIENCE_AT_START));
    }
    return ready;
  }

  void underWay(Action.OnHost action) {
    busy.add(action.job());
    calls.merge(action.host(), 1, Integer::sum);
  }

  Situation situation(Instant now) {
    SortedMap<String, HostState> states = new TreeMap<>();
    hosts.forEach((name, host) -> states.put(name, host.state(keys.word(name), now, settings)));
    return new Situation(
        now,
        settings,
        keys.cluster(),
        keys.revision(),
        keys.sequence(),
        keys.services(),
        keys.serviceRevisions(),
        keys.untouchable(),
        keys.hostsSaid(Availability.GONE),
        keys.pins,
        keys.pinRevisions,
        keys.allocations,
        keys.allocationRevisions,
        states,
        memories,
        busy,
        calls,
        allocating);
  }
}
