package io.dowding.control;

import io.dowding.model.Container;
import io.dowding.model.Ownership;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster this is, and how old it is. The UUID stands in etcd, in the state directory and in
 * the labels of containers; the age is etcd's revision, plus the age at which an etcd that had gone
 * back in time was accepted, so that it never falls. Where these contradict each other etcd was
 * wiped, restored or exchanged, and nothing is done until a person says what is meant.
 */
final class Identity {

  private final String base;
  private final String fresh;
  private @Nullable String known;
  private long highest;
  private boolean regressed;

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
    String uuid = keys.cluster();
    if (uuid == null || (known != null && !known.equals(uuid))) {
      return;
    }
    known = uuid;
    regressed |= keys.age() < highest;
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

  /** A container that is newer than anything etcd knows of: etcd went back without being seen. */
  void sawIncarnation(long incarnation, Keys keys) {
    if (known != null && known.equals(keys.cluster()) && incarnation > keys.age()) {
      highest = Math.max(highest, incarnation);
      regressed = true;
    }
  }

  /** Its key was written: from here on etcd is believed again. */
  void claimed(String uuid, Keys keys) {
    known = uuid;
    regressed = false;
    highest = keys.age();
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

  /** The cluster that most containers with our base key belong to, or null if there are none. */
  @Nullable String onHosts(Collection<HostWorld> hosts) {
    Map<String, Integer> clusters = new HashMap<>();
    for (HostWorld host : hosts) {
      for (Container container : host.containers()) {
        String cluster = container.labels().get(Ownership.CLUSTER);
        if (cluster != null && base.equals(container.labels().get(Ownership.BASE))) {
          clusters.merge(cluster, 1, Integer::sum);
        }
      }
    }
    return clusters.entrySet().stream()
        .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /** The newest incarnation of a cluster's containers. */
  static long newest(String cluster, Collection<HostWorld> hosts) {
    long newest = 0;
    for (HostWorld host : hosts) {
      for (Ownership.Owned owned : host.ours(cluster)) {
        newest = Math.max(newest, owned.incarnation());
      }
    }
    return newest;
  }
}
