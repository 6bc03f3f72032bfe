package io.dowding.control;

import java.time.InstantSource;

/**
 * How an agent is: what it does, and whether its threads take turns. It exists before the agent
 * starts. Thread-safe.
 */
public final class Health {

  private final Pulses pulses;
  private volatile Condition condition = new Condition(false, "its start", null);

  /**
   * @param clock a monotonic one
   */
  public Health(InstantSource clock) {
    this.pulses = new Pulses(clock);
  }

  public Pulses pulses() {
    return pulses;
  }

  /** As of the last step of the loop. */
  public Condition condition() {
    return condition;
  }

  public void is(Condition now) {
    condition = now;
  }

  /** Before there is a loop: the agent needs this to start. */
  public void waitsFor(String what) {
    condition = new Condition(false, what, null);
  }
}
