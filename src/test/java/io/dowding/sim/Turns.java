package io.dowding.sim;

import java.time.Instant;

/**
 * What a thread of an agent does, in virtual time: one turn after another, none while a call is
 * under way. Of the turns that are planned only the last counts.
 */
final class Turns {

  private final SimAgent agent;
  private final Runnable turn;
  private boolean busy;
  private long planned;

  Turns(SimAgent agent, Runnable turn) {
    this.agent = agent;
    this.turn = turn;
  }

  /** Takes a turn, unless one is under way, which another follows. */
  void take() {
    if (!busy) {
      planned++;
      turn.run();
    }
  }

  /** Takes a turn at this time by the agent's clock, unless there is one before. */
  void at(Instant due) {
    after(agent.until(due));
  }

  void after(long wait) {
    long present = ++planned;
    agent.later(
        wait,
        () -> {
          if (present == planned) {
            take();
          }
        });
  }

  /** Does this when the calls of this turn are answered, and takes the next one. */
  void then(Runnable what) {
    busy = true;
    agent.later(
        agent.spent(),
        () -> {
          busy = false;
          what.run();
          take();
        });
  }
}
