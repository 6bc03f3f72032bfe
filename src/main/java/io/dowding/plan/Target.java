package io.dowding.plan;

/** Where a job should run. */
sealed interface Target {

  /**
   * On its recorded host.
   *
   * @param note why it stays there although it should be elsewhere, or empty
   */
  record Stay(String note) implements Target {}

  /**
   * @param urgent whether the present container need not be spared: it is lost, or never ran
   */
  record Go(String host, String why, boolean urgent) implements Target {}

  /**
   * Pinned to another host that cannot take it now: its container keeps running, and no new one is
   * created.
   */
  record Held(String note) implements Target {}

  /** On no host yet. */
  record Nowhere(String why) implements Target {}
}
