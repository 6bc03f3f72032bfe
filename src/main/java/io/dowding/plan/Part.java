package io.dowding.plan;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Builds the {@link ServicePlan} of one service. */
final class Part {

  final SortedMap<String, JobView> views = new TreeMap<>();
  final Set<String> spared = new TreeSet<>();
  final Set<String> services = new HashSet<>();
  final Set<String> projects = new HashSet<>();
  final Set<String> hosts = new HashSet<>();
  final Set<String> starvedOn = new HashSet<>();
  @Nullable RolloutView rollout;
  @Nullable Instant wake;
  boolean fleet;
  boolean words;
  boolean looks;
  boolean places;
  @Nullable Turn tries;
  @Nullable Turn waits;
  boolean unfinished;

  ServicePlan done() {
    return new ServicePlan(
        views,
        rollout,
        spared,
        wake,
        new ServicePlan.Reads(
            services,
            projects,
            hosts,
            starvedOn,
            fleet,
            words,
            looks,
            places,
            tries,
            waits,
            unfinished));
  }

  /** Adds everything that the other one depends on. */
  void restsOn(Part other) {
    services.addAll(other.services);
    projects.addAll(other.projects);
    hosts.addAll(other.hosts);
    fleet |= other.fleet;
    places |= other.places;
    wakeAt(other.wake);
  }

  void wakeAt(@Nullable Instant moment) {
    if (moment != null && (wake == null || moment.isBefore(wake))) {
      wake = moment;
    }
  }
}
