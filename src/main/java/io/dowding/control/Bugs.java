package io.dowding.control;

import java.util.ArrayList;
import java.util.List;

/** Keeps a mistake of ours to what it was met at: one event, one job, one status. */
final class Bugs {

  private final List<RuntimeException> all = new ArrayList<>();

  /** Runs this; where it throws, the mistake is kept for the log and the caller goes on. */
  void caught(Runnable run) {
    try {
      run.run();
    } catch (RuntimeException bug) {
      all.add(bug);
    }
  }

  List<RuntimeException> all() {
    return List.copyOf(all);
  }
}
