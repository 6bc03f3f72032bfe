package io.dowding.control;

import io.dowding.model.Container;
import io.dowding.model.Ownership;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster this is, and how old it is. The UUID stands in etcd, in the state directory and in
 * the labels of containers; the age is etcd's revision, plus the age at which an etcd that had gone
 * back in time was accepted, so that it never falls. Where these contradict each other etcd was
 * wiped, restored or exchanged, and nothing is done until a person says what is meant.
 */
final class Identity {

  /**
   * No etcd has issued more revisions: that takes 100,000 writes a second for 30 years. An age that
   * is claimed within this leaves room for all later incarnations below {@link Ownership#MOST}.
   */
  private static final long BELIEVABLE = 100_000_000_000_000L;

  private final String base;
  private final String fresh;
  private @Nullable String known;
  private long highest;
  private boolean regressed;
  private boolean doubted;

  /**
   * What a cluster knows itself by.
   *
   * @param fresh the UUID to be used where there is none yet
   * @param known the UUID that this machine has worked for, or null
   * @param age the highest that it has seen
   */
  Identity(String base, String fresh, @Nullable String known, long age) {
    this.base = base;
    this.fresh = fresh;
    this.known = known;
    this.highest = age;
  }

  /** The base key, as it stands in labels. */
  String base() {
    return base;
  }

  /** A complete list showed this. */
  void listed(Keys keys) {
    boolean doubtedBefore = doubted;
    doubted = false;
    String uuid = keys.cluster();
    if (uuid == null || (known != null && !known.equals(uuid))) {
      return;
    }
    known = uuid;
    boolean isOlder = keys.age() < highest;
    regressed |= isOlder && doubtedBefore;
    doubted = isOlder && !regressed;
    highest = Math.max(highest, keys.age());
  }

  void advanced(Keys keys) {
    if (known == null) {
      known = keys.cluster();
    }
    if (known != null && known.equals(keys.cluster()) && !regressed) {
      highest = Math.max(highest, keys.age());
    }
  }

  /** What etcd holds now cannot have followed upon what it held before. */
  void contradicted() {
    regressed = known != null;
  }

  /** An earlier agent saw etcd go back in time. */
  void recallRegression() {
    regressed = true;
  }

  /**
   * Enough hosts agree that the cluster was older than etcd says: it went back without being seen.
   */
  void sawAge(long age, Keys keys) {
    if (known != null && known.equals(keys.cluster()) && age > keys.age()) {
      highest = Math.max(highest, age);
      regressed = true;
    }
  }

  /** Its key was written: from here on etcd is believed again. */
  void claimed(String uuid, Keys keys) {
    known = uuid;
    regressed = false;
    highest = keys.age();
  }

  /**
   * Whether the last list was older than the cluster is. One alone proves nothing, for the member
   * that gave it may lag; but until the next one nothing rests on it.
   */
  boolean isDoubted() {
    return doubted;
  }

  boolean isRegressed() {
    return regressed;
  }

  /**
   * The UUID that containers must carry to be ours; empty, and equal to no label, while unknown.
   */
  String uuid() {
    return known == null ? "" : known;
  }

  boolean isKnown() {
    return known != null;
  }

  String fresh() {
    return fresh;
  }

  long highest() {
    return highest;
  }

  /**
   * The cluster that most hosts have containers of, with our base key, or null if there is none.
   */
  @Nullable String onHosts(Collection<HostWorld> hosts) {
    Map<String, Integer> clusters = new HashMap<>();
    for (HostWorld host : hosts) {
      Set<String> here = new HashSet<>();
      for (Container container : host.containers()) {
        String cluster = container.labels().get(Ownership.CLUSTER);
        if (cluster != null && base.equals(container.labels().get(Ownership.BASE))) {
          here.add(cluster);
        }
      }
      here.forEach(cluster -> clusters.merge(cluster, 1, Integer::sum));
    }
    return clusters.entrySet().stream()
        .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /**
   * The age that a second host confirms: labels are claims, and nothing that a single host says
   * makes the cluster older. The only host of a fleet is believed.
   */
  static long confirmedAge(String cluster, Collection<HostWorld> hosts) {
    List<Long> newest =
        hosts.stream()
            .map(host -> newest(cluster, host))
            .sorted(Comparator.reverseOrder())
            .toList();
    int needed = Math.min(2, newest.size());
    return needed == 0 ? 0 : newest.get(needed - 1);
  }

  /** The newest believable incarnation of a cluster's containers on a host, or 0. */
  static long newest(String cluster, HostWorld host) {
    return host.ours(cluster).stream()
        .mapToLong(Ownership.Owned::incarnation)
        .filter(incarnation -> incarnation <= BELIEVABLE)
        .max()
        .orElse(0);
  }
}
