package io.dowding.plan;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What to do now, and the state of the planned services.
 *
 * @param services by name
 * @param full at which service as many jobs were placed as are recorded at a time; later ones wait
 *     for their turn. Null if there were fewer
 */
public record Plan(
    List<Action> actions, SortedMap<String, ServicePlan> services, @Nullable Turn full) {

  /** In which no service waits for its turn. */
  public Plan(List<Action> actions, SortedMap<String, ServicePlan> services) {
    this(actions, services, null);
  }

  /** The state of every job. */
  public SortedMap<String, JobView> jobs() {
    SortedMap<String, JobView> jobs = new TreeMap<>();
    services.values().forEach(service -> jobs.putAll(service.jobs()));
    return jobs;
  }

  /** By service. */
  public SortedMap<String, RolloutView> rollouts() {
    SortedMap<String, RolloutView> rollouts = new TreeMap<>();
    services.forEach(
        (name, service) -> {
          RolloutView rollout = service.rollout();
          if (rollout != null) {
            rollouts.put(name, rollout);
          }
        });
    return rollouts;
  }

  /** Orphans that are left alone, because they are from before etcd lost its keys. */
  public Set<String> spared() {
    Set<String> spared = new TreeSet<>();
    services.values().forEach(service -> spared.addAll(service.spared()));
    return spared;
  }

  /** When to plan again if nothing happens before; null if only an event can change anything. */
  public @Nullable Instant wake() {
    return services.values().stream()
        .map(ServicePlan::wake)
        .filter(Objects::nonNull)
        .min(Instant::compareTo)
        .orElse(null);
  }
}
