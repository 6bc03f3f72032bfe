package io.dowding.control;

import io.dowding.plan.Action;

/**
 * etcd, as the loop uses it. Calls block, have deadlines and throw nothing; they return the event
 * that describes their outcome. Thread-safe. Every write is a transaction that succeeds only while
 * this agent's candidacy exists, so an agent that does not know yet that its lease has expired
 * writes nothing.
 */
public interface Store extends AutoCloseable {

  /** Lists, watches and stands for election until closed; sends observations to the sink. */
  void follow(Sink sink);

  /** Lists all keys again, with what earlier leaders left; returns at once. */
  void listAgain();

  Event.Allocated allocate(Action.Allocate action);

  Event.PinWritten writePin(Action.WritePin action);

  Event.Written write(Action.Write action);

  Event.Claimed claim(Action.Claim action);

  /**
   * Whether everything in this basis is unchanged, by a linearizable read. False if it cannot be
   * read.
   */
  boolean stillHolds(Action.Basis basis);

  /** Gives up the lead, if held, and closes. */
  @Override
  void close();

  /** Receives events; never blocks. */
  @FunctionalInterface
  interface Sink {
    void accept(Event event);
  }
}
