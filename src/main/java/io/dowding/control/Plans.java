package io.dowding.control;

import io.dowding.plan.Action;
import io.dowding.plan.JobView;
import io.dowding.plan.Plan;
import io.dowding.plan.Scope;
import io.dowding.plan.ServicePlan;
import io.dowding.plan.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The last plan of each service and what it depends on, to find the services to plan again when
 * something changes.
 */
final class Plans {

  private final SortedMap<String, ServicePlan> kept = new TreeMap<>();
  private final Map<String, Set<String>> readersOfService = new HashMap<>();
  private final Map<String, Set<String>> readersOfProject = new HashMap<>();
  private final Map<String, Set<String>> readersOfHost = new HashMap<>();
  private final Map<String, Set<String>> starvedOn = new HashMap<>();
  private final Set<String> readersOfFleet = new HashSet<>();
  private final Set<String> readersOfWords = new HashSet<>();
  private final Set<String> looking = new HashSet<>();
  private final Set<String> placing = new HashSet<>();
  private final NavigableMap<Turn, String> trying = new TreeMap<>();
  private final NavigableMap<Turn, String> waiting = new TreeMap<>();
  private final Set<String> unfinished = new HashSet<>();
  private final SortedSet<String> spared = new TreeSet<>();
  private final Map<String, SortedSet<String>> jobsOn = new HashMap<>();
  private final Timers wakes = new Timers();

  ServicePlan of(String service) {
    return kept.getOrDefault(service, ServicePlan.NOTHING);
  }

  SortedMap<String, ServicePlan> all() {
    return Collections.unmodifiableSortedMap(kept);
  }

  /** Jobs that no key asks for and that are left alone. */
  SortedSet<String> spared() {
    return spared;
  }

  /** Whether a service waits for a container to be inspected again. */
  boolean looks(String service) {
    return looking.contains(service);
  }

  /** Jobs that are on a host or on their way to it. */
  Collection<String> jobsOn(String host) {
    return jobsOn.getOrDefault(host, Collections.emptySortedSet());
  }

  /** When the next plan is due if nothing happens before, or null. */
  @Nullable Instant wake() {
    return wakes.next();
  }

  /**
   * The services whose plan may be outdated.
   *
   * @param touched hosts where other jobs fit than before
   * @param words whether the operator's setting of any host changed
   */
  SortedSet<String> outdated(Changed changed, Set<String> touched, boolean words, Instant now) {
    SortedSet<String> outdated = new TreeSet<>(changed.services);
    changed.services.forEach(name -> addAll(outdated, readersOfService.get(name)));
    changed.projects.forEach(name -> addAll(outdated, readersOfProject.get(name)));
    changed.slots.forEach(name -> addAll(outdated, starvedOn.get(name)));
    touched.forEach(name -> addAll(outdated, readersOfHost.get(name)));
    changed.hosts.forEach(name -> addAll(outdated, readersOfHost.get(name)));
    outdated.addAll(wakes.due(now));
    outdated.addAll(unfinished);
    if (words) {
      outdated.addAll(readersOfWords);
    }
    if (!touched.isEmpty() || !placing.isEmpty()) {
      outdated.addAll(readersOfFleet);
    }
    return outdated;
  }

  private static void addAll(Set<String> to, @Nullable Set<String> some) {
    if (some != null) {
      to.addAll(some);
    }
  }

  /** Services that compare hosts and do not know yet of a job that this plan places. */
  Set<String> unawareOf(Plan plan) {
    boolean places = plan.services().values().stream().anyMatch(one -> one.reads().places());
    if (!places || plan.services().keySet().containsAll(readersOfFleet)) {
      return Set.of();
    }
    return Set.copyOf(readersOfFleet);
  }

  /**
   * Services that wait for their turn and may have it in this plan, because it records fewer jobs
   * than it could, or those of later services; and those that found no place when it was their
   * turn, which it is not in this plan.
   *
   * @param atOnce how many jobs are placed at most before they are recorded
   */
  Collection<String> nextAfter(Plan plan, int atOnce) {
    Turn full = plan.full();
    Collection<String> next = waiting.values();
    if (full != null) {
      next = new ArrayList<>(waiting.headMap(full).values());
      next.addAll(trying.tailMap(full, false).values());
    }
    // Twice as many each time: if none of these fits anywhere, the next ones may.
    int some = Math.max(atOnce, plan.services().size());
    return next.stream().filter(name -> !plan.services().containsKey(name)).limit(some).toList();
  }

  /** Replaces the plans of all services, or of those in scope. */
  void keep(Scope scope, Plan plan) {
    switch (scope) {
      case Scope.All() -> {
        clear();
        plan.services().forEach(this::put);
      }
      case Scope.Of(SortedSet<String> names) ->
          names.forEach(name -> put(name, plan.services().getOrDefault(name, ServicePlan.NOTHING)));
    }
  }

  /** How these plans and the last one differ from a plan of everything. */
  List<String> differences(Plan last, Plan whole) {
    List<String> differences = new ArrayList<>();
    Set<String> names = new TreeSet<>(kept.keySet());
    names.addAll(whole.services().keySet());
    for (String name : names) {
      ServicePlan now = whole.services().getOrDefault(name, ServicePlan.NOTHING);
      String difference = of(name).differenceTo(now);
      if (difference != null) {
        differences.add(name + ": " + difference);
      }
    }
    if (!last.actions().equals(whole.actions())) {
      differences.add("actions were " + names(last) + ", should be " + names(whole));
    }
    return differences;
  }

  /** Actions without their definitions. */
  private static List<String> names(Plan plan) {
    return plan.actions().stream()
        .map(
            action ->
                action instanceof Action.OnHost call
                    ? call.verb() + " " + call.job() + " on " + call.host()
                    : action.getClass().getSimpleName() + ": " + action.reason())
        .toList();
  }

  private void put(String name, ServicePlan plan) {
    ServicePlan before = kept.remove(name);
    if (before != null) {
      forget(name, before);
    }
    wakes.set(name, plan.wake());
    if (plan.isNothing()) {
      return;
    }
    kept.put(name, plan);
    ServicePlan.Reads reads = plan.reads();
    reads.services().forEach(one -> add(readersOfService, one, name));
    reads.projects().forEach(one -> add(readersOfProject, one, name));
    reads.hosts().forEach(one -> add(readersOfHost, one, name));
    reads.starvedOn().forEach(one -> add(starvedOn, one, name));
    note(readersOfFleet, name, reads.fleet());
    note(readersOfWords, name, reads.words());
    note(looking, name, reads.looks());
    note(placing, name, reads.places());
    note(unfinished, name, reads.unfinished());
    if (reads.tries() != null) {
      trying.put(reads.tries(), name);
    }
    if (reads.waits() != null) {
      waiting.put(reads.waits(), name);
    }
    spared.addAll(plan.spared());
    for (JobView view : plan.jobs().values()) {
      if (view.host() != null) {
        jobsOn.computeIfAbsent(view.host(), h -> new TreeSet<>()).add(view.job());
      }
    }
  }

  private void forget(String name, ServicePlan plan) {
    ServicePlan.Reads reads = plan.reads();
    reads.services().forEach(one -> remove(readersOfService, one, name));
    reads.projects().forEach(one -> remove(readersOfProject, one, name));
    reads.hosts().forEach(one -> remove(readersOfHost, one, name));
    reads.starvedOn().forEach(one -> remove(starvedOn, one, name));
    readersOfFleet.remove(name);
    readersOfWords.remove(name);
    looking.remove(name);
    placing.remove(name);
    unfinished.remove(name);
    if (reads.tries() != null) {
      trying.remove(reads.tries());
    }
    if (reads.waits() != null) {
      waiting.remove(reads.waits());
    }
    spared.removeAll(plan.spared());
    for (JobView view : plan.jobs().values()) {
      if (view.host() != null) {
        SortedSet<String> there = jobsOn.get(view.host());
        if (there != null && there.remove(view.job()) && there.isEmpty()) {
          jobsOn.remove(view.host());
        }
      }
    }
  }

  private static void note(Set<String> set, String name, boolean isIn) {
    if (isIn) {
      set.add(name);
    }
  }

  private static void add(Map<String, Set<String>> index, String key, String name) {
    index.computeIfAbsent(key, k -> new HashSet<>()).add(name);
  }

  private static void remove(Map<String, Set<String>> index, String key, String name) {
    Set<String> some = index.get(key);
    if (some != null && some.remove(name) && some.isEmpty()) {
      index.remove(key);
    }
  }

  void clear() {
    kept.clear();
    readersOfService.clear();
    readersOfProject.clear();
    readersOfHost.clear();
    starvedOn.clear();
    readersOfFleet.clear();
    readersOfWords.clear();
    looking.clear();
    placing.clear();
    trying.clear();
    waiting.clear();
    unfinished.clear();
    spared.clear();
    jobsOn.clear();
    wakes.clear();
  }
}
