package io.dowding.placement;

import io.dowding.model.Names;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The host of each job, by service. A draft contains only what differs from its original. Hosts by
 * number.
 */
final class Whereabouts {

  static final int NOWHERE = -1;

  private final @Nullable Whereabouts before;
  private final Map<String, Map<String, Integer>> services = new HashMap<>();

  Whereabouts(@Nullable Whereabouts before) {
    this.before = before;
  }

  void put(String job, int host) {
    services.computeIfAbsent(Names.serviceOf(job), s -> new HashMap<>()).put(job, host);
  }

  /** Removes a job from this host, unless it has moved to another one. */
  void remove(String job, int host) {
    if (of(job) != host) {
      return;
    }
    if (before != null) {
      put(job, NOWHERE);
      return;
    }
    services.computeIfPresent(
        Names.serviceOf(job),
        (_, jobs) -> {
          jobs.remove(job);
          return jobs.isEmpty() ? null : jobs;
        });
  }

  int of(String job) {
    Map<String, Integer> jobs = services.get(Names.serviceOf(job));
    Integer host = jobs == null ? null : jobs.get(job);
    if (host != null) {
      return host;
    }
    return before == null ? NOWHERE : before.of(job);
  }

  /** Visits all jobs of a service that have a host. */
  void forEach(String service, ObjIntConsumer<String> what) {
    forEach(service, new HashSet<>(), what);
  }

  private void forEach(String service, Set<String> known, ObjIntConsumer<String> what) {
    Map<String, Integer> jobs = services.getOrDefault(service, Map.of());
    jobs.forEach(
        (job, host) -> {
          if (!known.contains(job) && host != NOWHERE) {
            what.accept(job, host);
          }
        });
    if (before != null) {
      known.addAll(jobs.keySet());
      before.forEach(service, known, what);
    }
  }
}
