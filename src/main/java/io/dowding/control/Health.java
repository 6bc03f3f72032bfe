package io.dowding.control;

import java.time.InstantSource;

/**
 * The agent's condition: what it does, and whether its threads are responsive. It exists before the
 * agent starts. Thread-safe.
 */
public final class Health {

  private final Pulses pulses;
  private volatile Condition condition = new Condition(Condition.Part.FOLLOWS, "starting", null);

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

  public void set(Condition now) {
    condition = now;
  }

  /** Before there is a loop: the agent needs this to start. */
  public void setWaitingFor(String what) {
    condition = new Condition(Condition.Part.FOLLOWS, "waiting for " + what, null);
  }
}
