package io.dowding.control;

import io.dowding.keys.StoreChange;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who leads: the candidate whose key was created first, as in etcd's own election. A first
 * candidate stays first while its key exists, because later keys get later revisions. It must check
 * by its own clock whether its lease still holds.
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

  /** Until when this agent may act; null if it does not lead. */
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

  /** Whether this agent is a candidate behind another one. */
  boolean follows() {
    Event.Standing standing = own;
    return standing != null
        && candidates.containsKey(standing.key())
        && candidates.values().stream().anyMatch(created -> created < standing.created());
  }

  /**
   * Which of this agent's keys makes it the leader, and when it was created; empty if it does not
   * lead. No two terms have the same.
   */
  String term(Instant now) {
    Event.Standing standing = own;
    return standing == null || until(now) == null ? "" : standing.key() + "@" + standing.created();
  }

  /** All candidates seen, so that a list can show which are gone. */
  Iterable<String> keys() {
    return candidates.keySet();
  }
}
