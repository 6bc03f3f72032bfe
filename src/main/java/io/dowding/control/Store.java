package io.dowding.control;

import io.dowding.plan.Action;

/**
 * What the loop owes etcd, and etcd the loop. Calls block, have deadlines, and throw nothing: they
 * answer with the event that says how they ended. Implementations are thread-safe. Every write is a
 * transaction that holds only while this agent's candidacy does: nothing is written by an agent
 * whose lease is over, however late it finds out.
 */
public interface Store extends AutoCloseable {

  /** Lists, then watches, and stands for leading, until closed; what it sees goes to the sink. */
  void follow(Sink sink);

  /** Has all keys listed again, with what earlier leaders left; returns at once. */
  void listAgain();

  Event.Allocated allocate(Action.Allocate action);

  Event.PinWritten writePin(Action.WritePin action);

  Event.Published publish(Action.Publish action);

  Event.Claimed claim(Action.Claim action);

  /**
   * By a linearizable read: is all that this rests on as it was? False also if it cannot be read.
   */
  boolean stillHolds(Action.Basis basis);

  /** Gives the lead away, where it has it, and ends. */
  @Override
  void close();

  /** Where events go; never blocks. */
  @FunctionalInterface
  interface Sink {
    void accept(Event event);
  }
}
