package io.dowding.control;

import io.dowding.keys.StoreChange;

/** Tells whether etcd went back in time, as after a restored backup. */
final class StoreHistory {

  /** How a list relates to what is known. */
  enum Verdict {
    FITS,
    /** It may be older than news that arrived while it was read; the next list decides. */
    DOUBTED,
    /** etcd went back in time. */
    CONTRADICTED
  }

  private final Keys keys;
  private final SeenKeys seen = new SeenKeys();
  private long doubtedAt;

  StoreHistory(Keys keys) {
    this.keys = keys;
  }

  /**
   * Other answers arrive while a list is read, so a list that is older than what is known proves
   * nothing. The next list starts later: if it is still older than what was known when the first
   * one arrived, etcd went back in time. A revision that was issued twice proves it at once.
   */
  Verdict judge(Event.StoreListed list) {
    if ((doubtedAt > 0 && isContradictedBy(list, doubtedAt)) || seen.contradict(list)) {
      return Verdict.CONTRADICTED;
    }
    boolean isDoubted = isContradictedBy(list, Long.MAX_VALUE);
    doubtedAt = isDoubted ? Math.max(keys.revision(), keys.sequence()) : 0;
    return isDoubted ? Verdict.DOUBTED : Verdict.FITS;
  }

  /** The list was applied. */
  void listed(Event.StoreListed list) {
    seen.listed(list);
  }

  void changed(Event.StoreChanged changed) {
    seen.reported(changed.changes());
  }

  /**
   * Whether etcd can hold this only if it went back in time. The revision alone is not enough once
   * others have written; but a key's revision never falls, and the sequence key is never deleted.
   *
   * @param known ignores what became known after this revision
   */
  private boolean isContradictedBy(Event.StoreListed list, long known) {
    if (list.revision() < Math.min(keys.revision(), known)) {
      return true;
    }
    boolean sequenceSeen = keys.sequence() == 0 || keys.sequence() > known;
    for (StoreChange key : list.keys()) {
      sequenceSeen |= key instanceof StoreChange.OfSequence;
      long newest = newest(key);
      if (key.revision() < newest && newest <= known) {
        return true;
      }
    }
    return !sequenceSeen;
  }

  private long newest(StoreChange key) {
    return switch (key) {
      case StoreChange.OfSequence _ -> keys.sequence();
      case StoreChange.OfService of -> {
        Definitions.Entry entry = keys.definitions.entries().get(of.name());
        yield entry == null ? 0 : entry.revision();
      }
      case StoreChange.OfAllocation of -> keys.newestAllocation(of.job());
      case StoreChange.OfPin of -> keys.pinRevisions.getOrDefault(of.subject(), 0L);
      default -> 0;
    };
  }
}
