package io.dowding.plan;

import java.util.List;
import java.util.Set;

/**
 * The progress of a service's definition across its jobs.
 *
 * @param why what failed, per job; or empty
 * @param notes what the update does differently from the definition, and why
 * @param count how far it is
 * @param served jobs for which an earlier container serves until the recorded one is good
 */
public record RolloutView(
    State state, String why, List<String> notes, Count count, Set<String> served) {

  /**
   * Numbers of jobs.
   *
   * @param old still to be replaced
   * @param fresh as they should be, good or not
   */
  public record Count(int old, int fresh, int good, int failed) {}

  /** The state in one word. */
  public enum State {
    UNDER_WAY,
    /** Too many jobs failed: no more are replaced until those recover. */
    PAUSED,
    /** Too many jobs failed: roll back to the last good definition. */
    FAILED,
    /** Every reachable job is of this definition, and good. */
    GOOD
  }
}
