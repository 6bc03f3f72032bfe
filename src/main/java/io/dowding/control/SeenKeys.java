package io.dowding.control;

import io.dowding.keys.StoreChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Which keys were seen at which revision. etcd reports all keys of a revision together. A key that
 * was not among them, but turns up at that revision later, shows that etcd lost the revision and
 * issued it a second time.
 */
final class SeenKeys {

  /** Revisions remembered since the last list. */
  private static final int MOST = 1000;

  private long listedAt;

  /** Hashes of the listed keys and their revisions, sorted. */
  private long[] listed = {};

  private final TreeMap<Long, long[]> reported = new TreeMap<>();

  void listed(Event.StoreListed list) {
    listedAt = list.revision();
    listed = hashes(list.keys());
    reported.headMap(listedAt, true).clear();
  }

  /** A watch reported these changes. */
  void reported(List<StoreChange> changes) {
    var byRevision = new TreeMap<Long, List<StoreChange>>();
    for (StoreChange change : changes) {
      byRevision.computeIfAbsent(change.revision(), _ -> new ArrayList<>()).add(change);
    }
    byRevision.forEach((revision, keys) -> reported.put(revision, hashes(keys)));
    while (reported.size() > MOST) {
      reported.pollFirstEntry();
    }
  }

  /**
   * Whether the list has a key whose revision was seen without it. A list that is older than the
   * last one may have keys that were deleted in between.
   */
  boolean contradict(Event.StoreListed list) {
    long[] before = list.revision() < listedAt ? null : listed;
    return list.keys().stream()
        .anyMatch(
            key -> {
              long[] seen = key.revision() <= listedAt ? before : reported.get(key.revision());
              return seen != null && Arrays.binarySearch(seen, hash(key)) < 0;
            });
  }

  private static long[] hashes(List<StoreChange> keys) {
    return keys.stream().mapToLong(SeenKeys::hash).sorted().toArray();
  }

  private static long hash(StoreChange key) {
    return ((long) key.path().hashCode() << Integer.SIZE) ^ key.revision();
  }
}
