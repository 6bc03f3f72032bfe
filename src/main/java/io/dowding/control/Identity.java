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
 * Which cluster this is, and how old it is. The UUID is stored in etcd, in the state directory and
 * in container labels. The age is etcd's revision, plus the age at which an etcd that went back in
 * time was accepted; it never falls. If these disagree, etcd was wiped, restored or replaced, and
 * nothing is done until a person decides.
 */
final class Identity {

  /**
   * No etcd has issued this many revisions: that takes 100,000 writes a second for 30 years. A
   * claimed age below this leaves room for all later incarnations below {@link Ownership#MOST}.
   */
  private static final long BELIEVABLE = 100_000_000_000_000L;

  private final String base;
  private final String fresh;
  private @Nullable String known;
  private long highest;
  private boolean regressed;
  private boolean doubted;

  /**
   * Creates the identity of a cluster.
   *
   * @param fresh the UUID to use if there is none yet
   * @param known the UUID that this machine last worked for, or null
   * @param age the highest age that this machine has seen
   */
  Identity(String base, String fresh, @Nullable String known, long age) {
    this.base = base;
    this.fresh = fresh;
    this.known = known;
    this.highest = age;
  }

  /** The base key, as in labels. */
  String base() {
    return base;
  }

  /** Applies a complete list. */
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
      // The cluster key may have been put back with an earlier value.
      doubted |= keys.age() < highest;
      highest = Math.max(highest, keys.age());
    }
  }

  /** etcd holds something that cannot follow from what it held before. */
  void contradicted() {
    regressed = known != null;
  }

  /** An earlier agent saw etcd go back in time. */
  void recallRegression() {
    regressed = true;
  }

  /** Enough hosts show an older cluster than etcd does: etcd went back in time unnoticed. */
  void sawAge(long age, Keys keys) {
    if (known != null && known.equals(keys.cluster()) && age > keys.age()) {
      highest = Math.max(highest, age);
      regressed = true;
    }
  }

  /** The cluster key was written: etcd is trusted again. */
  void claimed(String uuid, Keys keys) {
    known = uuid;
    regressed = false;
    highest = keys.age();
  }

  /**
   * Whether the last list was older than the cluster. A single such list proves nothing, because
   * its etcd member may lag; but nothing is decided until the next one.
   */
  boolean isDoubted() {
    return doubted;
  }

  boolean isRegressed() {
    return regressed;
  }

  /**
   * The UUID in the labels of our containers. While unknown it is empty, which matches no label.
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

  /** The cluster that has containers with our base key on the most hosts, or null. */
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
   * The age that at least two hosts confirm. Labels can be forged, so no single host can make the
   * cluster older, unless it is the only one.
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
