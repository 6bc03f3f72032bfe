package io.dowding.plan;

/** Where a job is to be. */
sealed interface Target {

  /**
   * Where it is recorded to be.
   *
   * @param note why it is there although it should be elsewhere, or empty
   */
  record Stay(String note) implements Target {}

  /**
   * @param urgent what is there now need not be spared: it is lost, or never ran
   */
  record Go(String host, String why, boolean urgent) implements Target {}

  /**
   * Pinned to another host, which cannot take it now: what runs goes on, and nothing new is made.
   */
  record Held(String note) implements Target {}

  /** Nowhere yet. */
  record Nowhere(String why) implements Target {}
}
