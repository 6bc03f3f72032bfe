package io.dowding.control;

/**
 * What an agent does, for those who watch over it.
 *
 * @param leads whether it decides
 * @param waitsFor what it needs before it can do its part, which is to decide, or to take over from
 *     the agent that leads; empty if nothing
 * @param census of what it leads; empty if it does not lead
 */
public record Condition(boolean leads, String waitsFor, Census census) {

  /** Whether it does its part. */
  public boolean isReady() {
    return waitsFor.isEmpty();
  }
}
