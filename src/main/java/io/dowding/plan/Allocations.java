package io.dowding.plan;

import io.dowding.model.Allocation;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All records, indexed by job, service and host. */
public final class Allocations {

  private final SortedMap<String, Allocation> all = new TreeMap<>();
  private final Map<String, SortedMap<String, Allocation>> byService = new HashMap<>();
  private final Map<String, SortedMap<String, Allocation>> byHost = new HashMap<>();

  /** Adds the record, or replaces the job's record. */
  public void put(Allocation record) {
    remove(record.job());
    all.put(record.job(), record);
    byService.computeIfAbsent(record.service(), s -> new TreeMap<>()).put(record.job(), record);
    byHost.computeIfAbsent(record.host(), h -> new TreeMap<>()).put(record.job(), record);
  }

  public void remove(String job) {
    Allocation before = all.remove(job);
    if (before != null) {
      remove(byService, before.service(), job);
      remove(byHost, before.host(), job);
    }
  }

  private static void remove(
      Map<String, SortedMap<String, Allocation>> index, String key, String job) {
    index.computeIfPresent(
        key,
        (_, some) -> {
          some.remove(job);
          return some.isEmpty() ? null : some;
        });
  }

  public @Nullable Allocation get(String job) {
    return all.get(job);
  }

  public boolean has(String job) {
    return all.containsKey(job);
  }

  /** All records by job. */
  public SortedMap<String, Allocation> all() {
    return Collections.unmodifiableSortedMap(all);
  }

  /** Sorted by job. Records of the library belong to the service with an empty name. */
  public Collection<Allocation> of(String service) {
    return byService.getOrDefault(service, Collections.emptySortedMap()).values();
  }

  /** Sorted by job. */
  public Collection<Allocation> on(String host) {
    return byHost.getOrDefault(host, Collections.emptySortedMap()).values();
  }

  /** Services that have records, including the empty name if the library has any. */
  public Set<String> services() {
    return Collections.unmodifiableSet(byService.keySet());
  }
}
