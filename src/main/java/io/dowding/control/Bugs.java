package io.dowding.control;

import java.util.ArrayList;
import java.util.List;

/** Confines a bug to the event, job or status where it occurred. */
final class Bugs {

  private final List<RuntimeException> all = new ArrayList<>();
  private boolean inWorld;

  /**
   * Runs this. If it throws, keeps the bug for the log and returns normally.
   *
   * @return whether it completed
   */
  boolean caught(Runnable run) {
    try {
      run.run();
      return true;
    } catch (RuntimeException bug) {
      all.add(bug);
      return false;
    }
  }

  /** The same for code that changes the world: a bug may leave it half changed. */
  void caughtInWorld(Runnable run) {
    try {
      run.run();
    } catch (RuntimeException bug) {
      all.add(bug);
      inWorld = true;
    }
  }

  /** Whether the state kept between steps can no longer be trusted. */
  boolean areInWorld() {
    return inWorld;
  }

  List<RuntimeException> all() {
    return List.copyOf(all);
  }
}
