package io.dowding.etcd;

import io.dowding.keys.StoreChange;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The services, pins and records that a watch has reported. If the watch is lost, a new list shows
 * what changed meanwhile. Not thread-safe.
 */
final class WatchedKeys {

  private SortedMap<String, StoreChange> known = new TreeMap<>();
  private boolean isFirst = true;

  /** What a complete list has that was not reported; nothing for the first list. */
  List<StoreChange> listed(List<StoreChange> all, long revision) {
    SortedMap<String, StoreChange> before = known;
    known = new TreeMap<>();
    List<StoreChange> changes = new ArrayList<>();
    for (StoreChange change : all) {
      if (isWatched(change)) {
        known.put(change.path(), change);
        StoreChange old = before.remove(change.path());
        if (!isFirst && (old == null || old.revision() < change.revision())) {
          changes.add(change);
        }
      }
    }
    before.values().forEach(gone -> changes.add(without(gone, revision)));
    isFirst = false;
    return changes;
  }

  void changed(StoreChange change) {
    if (isPresent(change)) {
      known.put(change.path(), change);
    } else {
      known.remove(change.path());
    }
  }

  private static boolean isWatched(StoreChange change) {
    return change instanceof StoreChange.OfService
        || change instanceof StoreChange.OfPin
        || change instanceof StoreChange.OfAllocation;
  }

  private static boolean isPresent(StoreChange change) {
    return switch (change) {
      case StoreChange.OfService of -> of.value() != null;
      case StoreChange.OfPin of -> of.value() != null;
      case StoreChange.OfAllocation of -> of.value() != null;
      default -> false;
    };
  }

  private static StoreChange without(StoreChange gone, long revision) {
    return switch (gone) {
      case StoreChange.OfService of -> new StoreChange.OfService(of.name(), null, "", revision);
      case StoreChange.OfPin of -> new StoreChange.OfPin(of.subject(), null, revision);
      case StoreChange.OfAllocation of -> new StoreChange.OfAllocation(of.job(), null, revision);
      default -> gone;
    };
  }
}
