package io.dowding.sim;

import java.util.Arrays;

/**
 * The three members of an etcd. They agree on one log, and a member's own log is its beginning, up
 * to what it has applied: to a client a member is how late it tells what the others know.
 */
final class Members {

  static final int COUNT = 3;

  /** How the others, and clients, find a member. */
  enum State {
    UP,
    DOWN,
    /** Clients reach it, the other members do not: it answers nothing that needs a quorum. */
    ISOLATED
  }

  private final State[] states = new State[COUNT];
  private final long[] lag = new long[COUNT];
  private final boolean[] behind = new boolean[COUNT];
  private int leader;

  Members() {
    Arrays.fill(states, State.UP);
  }

  /** Returns whether another one leads now, or there is one again. */
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

  /** Whether this one was behind when a watch was begun there; only the first one suffers. */
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

  /** So many milliseconds later than the others this one has applied what was agreed on. */
  void lags(int member, long millis) {
    behind[member] = millis > 0;
    lag[member] = millis;
  }

  long lag(int member) {
    return member == leader ? 0 : lag[member];
  }

  /** The next one that serves, seen from this one; itself where none does. */
  int next(int member) {
    for (int n = 1; n < COUNT; n++) {
      if (isUp((member + n) % COUNT)) {
        return (member + n) % COUNT;
      }
    }
    return member;
  }
}
