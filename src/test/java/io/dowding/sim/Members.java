package io.dowding.sim;

import java.util.Arrays;

/**
 * The three members of an etcd cluster. They share one log; each member may lag behind it, and its
 * clients then see an older state.
 */
final class Members {

  static final int COUNT = 3;

  /** Whether the other members and the clients reach a member. */
  enum State {
    UP,
    DOWN,
    /**
     * Clients reach it, but the other members do not, so it answers nothing that needs a quorum.
     */
    ISOLATED
  }

  private final State[] states = new State[COUNT];
  private final long[] lag = new long[COUNT];
  private final boolean[] behind = new boolean[COUNT];
  private int leader;

  Members() {
    Arrays.fill(states, State.UP);
  }

  /** Returns whether the leader changed, or the quorum was restored. */
  boolean set(int member, State state) {
    boolean led = hasQuorum();
    states[member] = state;
    if (!hasQuorum()) {
      return false;
    }
    int before = leader;
    while (states[leader] != State.UP) {
      leader = (leader + 1) % COUNT;
    }
    return leader != before || !led;
  }

  /** Whether this member lagged when a watch started there. Only the first watch is affected. */
  boolean catchesUp(int member) {
    boolean was = behind[member];
    behind[member] = false;
    return was;
  }

  boolean hasQuorum() {
    return Arrays.stream(states).filter(State.UP::equals).count() > COUNT / 2;
  }

  boolean isUp(int member) {
    return states[member] == State.UP;
  }

  int leader() {
    return leader;
  }

  /** Makes this member apply log entries this many milliseconds later than the others. */
  void lags(int member, long millis) {
    behind[member] = millis > 0;
    lag[member] = millis;
  }

  long lag(int member) {
    return member == leader ? 0 : lag[member];
  }

  /** The next member that is up after this one, or this one if there is none. */
  int next(int member) {
    for (int n = 1; n < COUNT; n++) {
      if (isUp((member + n) % COUNT)) {
        return (member + n) % COUNT;
      }
    }
    return member;
  }
}
