package io.dowding.control;

import io.dowding.model.Availability;
import io.dowding.model.Names;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.Reach;
import io.dowding.plan.HostState;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Loads;
import io.dowding.plan.Planner;
import io.dowding.plan.Running;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The hosts as plans see them, with their containers and load. Updated host by host as the world
 * changes; each update records whose plans it affects.
 */
final class Facts {

  private final World world;
  private final SortedMap<String, HostState> hosts = new TreeMap<>();
  private final Running running = new Running();
  private final Loads loads;
  private final Set<String> lost = new HashSet<>();
  private final Timers timers = new Timers();

  /** Hosts where other jobs fit than before. */
  private final Set<String> touched = new HashSet<>();

  private boolean wordsChanged;

  /** Builds all hosts from scratch. */
  Facts(World world, Instant now) {
    this.world = world;
    loads = new Loads(world.settings.reserve());
    for (HostWorld host : world.hosts.values()) {
      put(null, state(host, now));
    }
    for (HostState host : hosts.values()) {
      load(host, now);
    }
  }

  SortedMap<String, HostState> hosts() {
    return hosts;
  }

  Running running() {
    return running;
  }

  Loads loads() {
    return loads;
  }

  boolean anyOwned(Predicate<Owned> is) {
    return hosts.values().stream().flatMap(host -> host.ours().stream()).anyMatch(is);
  }

  boolean mostAreLost() {
    return Planner.mostAreLost(lost.size(), hosts.size());
  }

  /** Hosts where other jobs fit since the last call. */
  Set<String> takeTouched() {
    Set<String> since = Set.copyOf(touched);
    touched.clear();
    return since;
  }

  /** Whether the operator's setting of any host changed since the last call. */
  boolean takeWordsChanged() {
    boolean since = wordsChanged;
    wordsChanged = false;
    return since;
  }

  private HostState state(HostWorld host, Instant now) {
    return host.state(
        world.keys.hostSettings.of(host.host.hostname()),
        world.identity.uuid(),
        now,
        world.settings);
  }

  private void put(@Nullable HostState before, HostState after) {
    String name = after.host().hostname();
    hosts.put(name, after);
    running.change(before, after);
    if (after.reach() != Reach.UP && after.word() != Availability.GONE) {
      lost.add(name);
    } else {
      lost.remove(name);
    }
  }

  /** When a host will change if it reports nothing, or null. */
  @Nullable Instant wake(Instant now) {
    for (String name = timers.nextName(); name != null; name = timers.nextName()) {
      Instant set = timers.next();
      Instant actual = expected(name, now);
      if (set != null && set.equals(actual)) {
        return actual;
      }
      // The host has reported since the timer was set.
      timers.set(name, actual);
    }
    return null;
  }

  private @Nullable Instant expected(String name, Instant now) {
    HostWorld host = world.hosts.get(name);
    if (host == null) {
      return null;
    }
    Instant next = host.nextChange(now, world.settings);
    Instant load = Loads.nextChange(world.keys.allocations.on(name), now);
    return next == null || (load != null && load.isBefore(next)) ? load : next;
  }

  /** Marks hosts that change because time passed. */
  void due(Instant now, Changed changed) {
    for (String name : timers.due(now)) {
      changed.host(name);
      changed.load(name);
    }
  }

  /** Updates the hosts and services that may have changed. */
  void refresh(Changed changed, Instant now) {
    for (String name : changed.hosts) {
      refresh(name, changed, now);
    }
    for (String service : changed.redefined) {
      world.keys.allocations.of(service).forEach(record -> changed.load(record.host()));
    }
    for (String name : changed.loads) {
      HostState host = hosts.get(name);
      if (host != null) {
        load(host, now);
      }
    }
  }

  private void load(HostState host, Instant now) {
    String name = host.host().hostname();
    loads.put(host, world.keys.allocations.on(name), world.keys.definitions::last, now);
    touched.add(name);
    timers.set(name, expected(name, now));
  }

  private void refresh(String name, Changed changed, Instant now) {
    HostWorld host = world.hosts.get(name);
    HostState before = hosts.get(name);
    if (host == null || before == null) {
      // Not followed: all that can have changed is whether it is gone.
      recordedOn(name, changed);
      return;
    }
    HostState after = state(host, now);
    put(before, after);
    if (!isSame(before, after)) {
      recordedOn(name, changed);
      for (HostState state : List.of(before, after)) {
        state.ours().forEach(owned -> changed.job(owned.job()));
        state.renamed().forEach(owned -> changed.job(owned.job()));
      }
    }
    wordsChanged |= before.word() != after.word();
    compare(before.ours(), after.ours(), changed::job);
    compare(before.renamed(), after.renamed(), changed::job);
    Set<String> lookedAt = host.takeLookedAt();
    after.ours().stream()
        .filter(owned -> lookedAt.contains(owned.container().id()))
        .forEach(owned -> looked(owned, changed));
    if (!isAsFit(before, after)) {
      changed.load(name);
    }
    timers.set(name, expected(name, now));
  }

  private void recordedOn(String name, Changed changed) {
    world.keys.allocations.on(name).forEach(record -> changed.job(record.job()));
  }

  /** Whether nothing changed for the jobs on this host. */
  private static boolean isSame(HostState before, HostState after) {
    return before.host().equals(after.host())
        && before.word() == after.word()
        && before.reach() == after.reach()
        && Objects.equals(before.unusable(), after.unusable())
        && (after.reach() == Reach.UP || before.lastContact().equals(after.lastContact()));
  }

  /** Whether nothing changed for jobs that look for a host. */
  private static boolean isAsFit(HostState before, HostState after) {
    return before.host().equals(after.host())
        && before.word() == after.word()
        && Objects.equals(before.unusable(), after.unusable())
        && before.engine().equals(after.engine())
        && before.volumes().equals(after.volumes())
        && before.ours().equals(after.ours())
        && before.containers().equals(after.containers());
  }

  private static void compare(List<Owned> before, List<Owned> after, Consumer<String> differs) {
    if (before.equals(after)) {
      return;
    }
    Map<String, Owned> known = new HashMap<>();
    before.forEach(owned -> known.put(owned.container().id(), owned));
    for (Owned owned : after) {
      Owned one = known.remove(owned.container().id());
      if (!owned.equals(one)) {
        differs.accept(owned.job());
        if (one != null) {
          differs.accept(one.job());
        }
      }
    }
    known.values().forEach(owned -> differs.accept(owned.job()));
  }

  /** An unchanged container still matters while it must prove itself. */
  private void looked(Owned owned, Changed changed) {
    JobMemory memory = world.memories.of(owned.job());
    if (memory.wellSince() != null && !memory.isProven(owned.incarnation())) {
      changed.job(owned.job());
    } else if (world.plans.looks(Names.serviceOf(owned.job()))) {
      changed.job(owned.job());
    }
  }
}
