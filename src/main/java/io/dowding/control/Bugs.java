package io.dowding.control;

import java.util.ArrayList;
import java.util.List;

/** Confines a bug to the event, job or status where it occurred. */
final class Bugs {

  private final List<RuntimeException> all = new ArrayList<>();
  private boolean inWorld;

  /** Runs this; if it throws, keeps the bug for the log and lets the caller go on. */
  void caught(Runnable run) {
    try {
      run.run();
    } catch (RuntimeException bug) {
      all.add(bug);
    }
  }

  /** The same, for what changes the world: a bug may leave it half changed. */
  void caughtInWorld(Runnable run) {
    try {
      run.run();
    } catch (RuntimeException bug) {
      all.add(bug);
      inWorld = true;
    }
  }

  /** Whether what is kept from step to step can no longer be trusted. */
  boolean areInWorld() {
    return inWorld;
  }

  List<RuntimeException> all() {
    return List.copyOf(all);
  }
}
