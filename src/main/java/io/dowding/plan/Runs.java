package io.dowding.plan;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of the runs and exits of a job's containers.
 *
 * @param current the present run: its container and start; empty while not running
 * @param runningSince since when it has been seen, by this agent's clock; null while not running
 * @param wellSince since when it has been running and not unhealthy, likewise
 * @param countedExit the last exit that was counted, so that no agent counts it twice; or empty
 * @param exits failures in a row that were exits, as far as this agent has seen
 * @param completed the incarnation that ended successfully and stays ended, or 0
 * @param proven the incarnation that has been good once, as far as this agent has seen; or 0
 * @param postStarted the run whose post_start commands were run, so that no agent runs them twice
 */
record Runs(
    String current,
    @Nullable Instant runningSince,
    @Nullable Instant wellSince,
    String countedExit,
    int exits,
    long completed,
    long proven,
    String postStarted) {

  static final Runs NONE = new Runs("", null, null, "", 0, 0, 0, "");

  static Runs recalled(String countedExit, long completed, String postStarted) {
    return new Runs("", null, null, countedExit, 0, completed, 0, postStarted);
  }

  Runs began(String run, boolean well, Instant now) {
    return new Runs(run, now, well ? now : null, countedExit, exits, 0, proven, postStarted);
  }

  /** The same run is well now, or no longer. */
  Runs well(boolean well, Instant now) {
    return well == (wellSince != null)
        ? this
        : new Runs(
            current,
            runningSince,
            well ? now : null,
            countedExit,
            exits,
            completed,
            proven,
            postStarted);
  }

  Runs exited(String exit, int inARow, long done) {
    return new Runs("", null, null, exit, inARow, done, proven, postStarted);
  }

  Runs withoutExits() {
    return new Runs(
        current, runningSince, wellSince, countedExit, 0, completed, proven, postStarted);
  }

  /** A new definition or host: nothing has completed. */
  Runs afresh() {
    return new Runs(current, runningSince, wellSince, countedExit, 0, 0, proven, postStarted);
  }

  Runs proven(long incarnation) {
    return new Runs(
        current, runningSince, wellSince, countedExit, exits, completed, incarnation, postStarted);
  }

  Runs postStarted(String run) {
    return new Runs(current, runningSince, wellSince, countedExit, exits, completed, proven, run);
  }
}
