package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.model.Ownership.Owned;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Our containers by job, on all hosts, as last reported. */
public final class Running {

  /** One of our containers, and its host. */
  public record Located(HostState host, Owned owned) {
    boolean isOf(Allocation record) {
      return host.host().hostname().equals(record.host())
          && owned.incarnation() == record.incarnation();
    }
  }

  private final Map<String, List<Located>> byJob = new HashMap<>();
  private final Map<String, List<Located>> renamed = new HashMap<>();
  private final Map<String, TreeSet<String>> jobs = new HashMap<>();

  /** All our containers on these hosts. */
  public static Running on(Collection<HostState> hosts) {
    Running running = new Running();
    hosts.forEach(host -> running.change(null, host));
    return running;
  }

  /**
   * Replaces the state of a host.
   *
   * @param before the state that was given before, or null
   * @param after the new state, or null if the host is no longer followed
   */
  public void change(@Nullable HostState before, @Nullable HostState after) {
    if (before != null) {
      before.ours().forEach(owned -> remove(owned.job(), before));
      before.renamed().forEach(owned -> remove(renamed, owned.job(), before));
    }
    if (after != null) {
      after.ours().forEach(owned -> add(new Located(after, owned)));
      after.renamed().forEach(owned -> add(renamed, new Located(after, owned)));
    }
  }

  private void add(Located located) {
    String job = located.owned().job();
    add(byJob, located);
    jobs.computeIfAbsent(Names.serviceOf(job), s -> new TreeSet<>()).add(job);
  }

  private void remove(String job, HostState host) {
    remove(byJob, job, host);
    if (!byJob.containsKey(job)) {
      jobs.computeIfPresent(
          Names.serviceOf(job),
          (_, some) -> {
            some.remove(job);
            return some.isEmpty() ? null : some;
          });
    }
  }

  /** Keeps containers sorted by host, so that the same world gives the same plan. */
  private static void add(Map<String, List<Located>> byJob, Located located) {
    List<Located> some = byJob.computeIfAbsent(located.owned().job(), j -> new ArrayList<>(1));
    String name = located.host().host().hostname();
    int at = some.size();
    while (at > 0 && some.get(at - 1).host().host().hostname().compareTo(name) > 0) {
      at--;
    }
    some.add(at, located);
  }

  private static void remove(Map<String, List<Located>> byJob, String job, HostState host) {
    String hostname = host.host().hostname();
    byJob.computeIfPresent(
        job,
        (_, some) -> {
          some.removeIf(located -> located.host().host().hostname().equals(hostname));
          return some.isEmpty() ? null : some;
        });
  }

  /** The jobs of all services that have a container, sorted. */
  Collection<String> jobs() {
    return new TreeSet<>(byJob.keySet());
  }

  /** The jobs of this service that have a container, sorted. */
  public Set<String> jobs(String service) {
    TreeSet<String> some = jobs.get(service);
    return some == null ? Set.of() : some;
  }

  /** Services that have containers. */
  public Set<String> services() {
    return Collections.unmodifiableSet(jobs.keySet());
  }

  public List<Located> of(String job) {
    return byJob.getOrDefault(job, List.of());
  }

  /** The container of this record, or null if there is none. */
  public @Nullable Located current(Allocation record) {
    for (Located located : of(record.job())) {
      if (located.isOf(record)) {
        return located;
      }
    }
    return null;
  }

  /** The record's container under a name that someone else gave it, or null. */
  @Nullable Located renamed(Allocation record) {
    List<Located> some = renamed.getOrDefault(record.job(), List.of());
    return some.stream()
        .filter(located -> located.isOf(record) && located.host().usable())
        .filter(_ -> current(record) == null)
        .findFirst()
        .orElse(null);
  }

  /**
   * The digest that containers of this service with this hash run, or empty. If {@code versions/}
   * is lost, only they show what the tag meant.
   */
  public String digestOf(String service, String specHash) {
    return jobs(service).stream()
        .flatMap(job -> of(job).stream())
        .filter(located -> located.owned().specHash().equals(specHash))
        .map(located -> located.owned().container().image().replaceFirst("^[^@]*@?", ""))
        .filter(digest -> !digest.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Every container of the job except the recorded one. */
  List<Located> surplus(Allocation record) {
    return of(record.job()).stream().filter(located -> !located.isOf(record)).toList();
  }

  /**
   * The newest incarnation of a job, or 0.
   *
   * @param age the age of the cluster; newer containers are ignored, because no agent that etcd
   *     knows of created them
   */
  long highestIncarnation(String job, long age) {
    long highest = 0;
    for (Located located : of(job)) {
      long incarnation = located.owned().incarnation();
      highest = incarnation <= age ? Math.max(highest, incarnation) : highest;
    }
    return highest;
  }
}
