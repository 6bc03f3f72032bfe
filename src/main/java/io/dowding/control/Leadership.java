package io.dowding.control;

import io.dowding.keys.StoreChange;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who leads: of the candidates whose keys are in etcd the one whose key was made first, as etcd's
 * own election has it. Once a candidate is first it stays so while its key is there, for later keys
 * get later revisions. Whether its lease still holds it must know by itself, and by its own clock.
 */
final class Leadership {

  private final Map<String, Long> candidates = new TreeMap<>();
  private Event.@Nullable Standing own;

  void stands(Event.@Nullable Standing standing) {
    own = standing;
  }

  void seen(StoreChange.OfLeader candidate) {
    if (candidate.present()) {
      candidates.put(candidate.key(), candidate.revision());
    } else {
      candidates.remove(candidate.key());
    }
  }

  /** Until when this agent may act; null where it does not lead. */
  @Nullable Instant until(Instant now) {
    Event.Standing standing = own;
    if (standing == null || !now.isBefore(standing.until())) {
      return null;
    }
    boolean first =
        candidates.entrySet().stream()
            .min(Comparator.comparing(Map.Entry::getValue))
            .filter(c -> c.getKey().equals(standing.key()) && c.getValue() == standing.created())
            .isPresent();
    return first ? standing.until() : null;
  }

  /** The candidates that were seen, so that a list can tell which are gone. */
  Iterable<String> keys() {
    return candidates.keySet();
  }
}
