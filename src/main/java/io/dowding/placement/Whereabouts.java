package io.dowding.placement;

import io.dowding.model.Names;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which host each job is on, by service; of a draft, what differs from another. Hosts by number.
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

  /** It is no longer on this host; a job that has gone to another one meanwhile stays there. */
  void remove(String job, int host) {
    if (of(job) != host) {
      return;
    }
    if (before != null) {
      put(job, NOWHERE);
      return;
    }
    String service = Names.serviceOf(job);
    Map<String, Integer> jobs = services.get(service);
    if (jobs != null && jobs.remove(job) != null && jobs.isEmpty()) {
      services.remove(service);
    }
  }

  int of(String job) {
    Map<String, Integer> jobs = services.get(Names.serviceOf(job));
    Integer host = jobs == null ? null : jobs.get(job);
    if (host != null) {
      return host;
    }
    return before == null ? NOWHERE : before.of(job);
  }

  /** All jobs of a service that are anywhere. */
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
