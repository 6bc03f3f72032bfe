package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Ownership.Owned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Our containers by job, wherever they are, as far as hosts have told. */
final class Running {

  /** One of our containers, and where it is. */
  record Located(HostState host, Owned owned) {
    boolean isOf(Allocation record) {
      return host.host().hostname().equals(record.host())
          && owned.incarnation() == record.incarnation();
    }
  }

  private final Map<String, List<Located>> byJob = new HashMap<>();
  private final Map<String, List<Located>> renamed = new HashMap<>();

  static Running in(Situation situation) {
    Running running = new Running();
    for (HostState host : situation.hosts().values()) {
      for (Owned owned : host.ours()) {
        add(running.byJob, new Located(host, owned));
      }
      for (Owned owned : host.renamed()) {
        add(running.renamed, new Located(host, owned));
      }
    }
    return running;
  }

  private static void add(Map<String, List<Located>> byJob, Located located) {
    byJob.computeIfAbsent(located.owned().job(), j -> new ArrayList<>()).add(located);
  }

  /** In their order, so that the same world gives the same plan. */
  Iterable<String> jobs() {
    return new TreeSet<>(byJob.keySet());
  }

  List<Located> of(String job) {
    return byJob.getOrDefault(job, List.of());
  }

  /** The one container that the record speaks of, or null while there is none. */
  @Nullable Located current(Allocation record) {
    for (Located located : of(record.job())) {
      if (located.isOf(record)) {
        return located;
      }
    }
    return null;
  }

  /** The record's container under a name that somebody else gave it, or null if there is none. */
  @Nullable Located renamed(Allocation record) {
    return renamed.getOrDefault(record.job(), List.of()).stream()
        .filter(located -> located.isOf(record) && located.host().usable())
        .filter(_ -> current(record) == null)
        .findFirst()
        .orElse(null);
  }

  /** Every container of the job but that one. */
  List<Located> surplus(Allocation record) {
    return of(record.job()).stream().filter(located -> !located.isOf(record)).toList();
  }

  /**
   * The newest incarnation of a job, or 0.
   *
   * @param age the cluster's: what is newer was not made for this job by an agent that etcd knows
   *     of
   */
  long highestIncarnation(String job, long age) {
    return of(job).stream()
        .mapToLong(located -> located.owned().incarnation())
        .filter(incarnation -> incarnation <= age)
        .max()
        .orElse(0);
  }
}
