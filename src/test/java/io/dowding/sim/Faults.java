package io.dowding.sim;

/** Decides what becomes of each external call of an agent. */
@FunctionalInterface
interface Faults {

  Faults NONE = call -> Verdict.PASS;

  /** What becomes of a call. */
  Verdict at(Call call);

  /**
   * An external call.
   *
   * @param number of this agent's and its successors' calls, from 0
   * @param target {@code etcd} or a hostname
   * @param name what is asked
   * @param changes whether it may change something
   */
  record Call(int number, String agent, String target, String name, boolean changes) {
    boolean isEtcd() {
      return target.equals("etcd");
    }
  }

  /** What becomes of it. */
  enum Verdict {
    PASS,
    /** The agent dies before the call is sent. */
    CRASH_BEFORE,
    /** It is done, and the agent dies before it does anything else. */
    CRASH_AFTER,
    /** It is not done, and nothing is heard until the deadline. */
    TIMEOUT,
    /** It is done, and nothing is heard until the deadline. */
    APPLIED_TIMEOUT,
    /** It is done some seconds later, and nothing is heard until the deadline. */
    LATE,
    NOT_FOUND,
    CONFLICT,
    SERVER_ERROR,
    /** It is not done, and the connection breaks at once. */
    RESET,
    /** It is done, and the connection breaks at once. */
    APPLIED_RESET,
    /** It is not done, and nothing is heard for ever. */
    HANG,
    /** It is done, and the answer cannot be read. */
    TRUNCATED,
    /** A read of etcd is answered with what was true some revisions ago. */
    STALE
  }

  /** The agent that makes the call is no more. */
  final class Crashed extends Error {
    private static final long serialVersionUID = 1;

    Crashed() {
      super("crashed", null, false, false);
    }
  }

  /** Nothing was heard, as a network tells it. */
  final class Silence extends RuntimeException {
    private static final long serialVersionUID = 1;

    Silence(String message) {
      super(message, null, false, false);
    }
  }
}
