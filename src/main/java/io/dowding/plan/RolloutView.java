package io.dowding.plan;

import java.util.List;

/**
 * The progress of a service's definition across its jobs.
 *
 * @param why what failed, per job; or empty
 * @param notes what the update does differently from the definition, and why
 */
public record RolloutView(State state, String why, List<String> notes) {

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
