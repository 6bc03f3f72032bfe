package io.dowding.sim;

/** Decides the outcome of each external call of an agent. */
@FunctionalInterface
interface Faults {

  Faults NONE = call -> Verdict.PASS;

  /** Returns the outcome of a call. */
  Verdict at(Call call);

  /**
   * An external call.
   *
   * @param number the number of earlier calls of this agent and its successors
   * @param target {@code etcd} or a hostname
   * @param name the name of the operation
   * @param changes whether it may change anything
   */
  record Call(int number, String agent, String target, String name, boolean changes) {
    boolean isEtcd() {
      return target.equals("etcd");
    }
  }

  /** The outcome of a call. */
  enum Verdict {
    PASS,
    /** The agent crashes before the call is sent. */
    CRASH_BEFORE,
    /** The call takes effect, and the agent crashes before it does anything else. */
    CRASH_AFTER,
    /** The call has no effect and times out. */
    TIMEOUT,
    /** The call takes effect, but its answer is lost and it times out. */
    APPLIED_TIMEOUT,
    /** The call takes effect some seconds later, after the caller got a timeout. */
    LATE,
    NOT_FOUND,
    CONFLICT,
    SERVER_ERROR,
    /** The call has no effect, and the connection is reset. */
    RESET,
    /** The call takes effect, and the connection is reset. */
    APPLIED_RESET,
    /** The call has no effect and never returns. */
    HANG,
    /** The call takes effect, but its answer is truncated. */
    TRUNCATED,
    /** A read of etcd returns the state of an earlier revision. */
    STALE
  }

  /** Thrown to unwind an agent that crashed. */
  final class Crashed extends Error {
    private static final long serialVersionUID = 1;

    Crashed() {
      super("crashed", null, false, false);
    }
  }

  /** Thrown when a call gets no answer. */
  final class Silence extends RuntimeException {
    private static final long serialVersionUID = 1;

    Silence(String message) {
      super(message, null, false, false);
    }
  }
}
