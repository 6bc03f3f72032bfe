package io.dowding;

import org.jspecify.annotations.Nullable;

/** A host that is wanted for an id, and what came of it. */
final class Wanted {

  private final String id;
  private final @Nullable String parent;
  private final long since = System.nanoTime();
  private volatile @Nullable Placed placed;
  private volatile @Nullable Throwable failed;

  Wanted(String id, @Nullable String parent) {
    this.id = id;
    this.parent = parent;
  }

  String id() {
    return id;
  }

  @Nullable String parent() {
    return parent;
  }

  /** When it was asked for. */
  long since() {
    return since;
  }

  void ended(Placed at) {
    placed = at;
  }

  /**
   * @param why unchecked
   */
  void ended(Throwable why) {
    failed = why;
  }

  boolean hasEnded() {
    return placed != null || failed != null;
  }

  /** The result, once it has ended; throws why there is none. */
  Placed result() {
    Throwable why = failed;
    if (why instanceof Error error) {
      throw error;
    }
    if (why != null) {
      throw (RuntimeException) why;
    }
    Placed at = placed;
    if (at == null) {
      throw new IllegalStateException(id + " has not ended");
    }
    return at;
  }
}
