package io.dowding.control;

import io.dowding.plan.Action;

/**
 * What the loop owes etcd, and etcd the loop. Calls block, have deadlines, and throw nothing: they
 * answer with the event that says how they ended. Implementations are thread-safe. Leadership will
 * be a fence inside the implementation: every write of it is one transaction already.
 */
public interface Store extends AutoCloseable {

  /** Lists, then watches, until closed; what it sees goes to {@code sink}. */
  void follow(Sink sink);

  Event.Allocated allocate(Action.Allocate action);

  Event.PinWritten writePin(Action.WritePin action);

  Event.Published publish(Action.Publish action);

  /**
   * By a linearizable read: is all that this rests on as it was? False also if it cannot be read.
   */
  boolean stillHolds(Action.Basis basis);

  @Override
  void close();

  /** Where events go; never blocks. */
  @FunctionalInterface
  interface Sink {
    void accept(Event event);
  }
}
