package io.dowding.plan;

import java.util.List;

/**
 * How far a service's definition has come in its jobs.
 *
 * @param why what failed, job by job; or empty
 * @param notes what of the update is done otherwise than it is written, and why
 */
public record RolloutView(State state, String why, List<String> notes) {

  /** One word for it. */
  public enum State {
    UNDER_WAY,
    /** Too many jobs failed: no other is begun until those are well. */
    PAUSED,
    /** Too many jobs failed: the definition is to be given up for the last good one. */
    FAILED,
    /** Every job that can be reached is of this definition, and good. */
    GOOD
  }
}
