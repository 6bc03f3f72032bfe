package io.dowding.control;

import org.jspecify.annotations.Nullable;

/**
 * What an agent does, for those who watch over it.
 *
 * @param leads whether it decides
 * @param waitsFor what it needs before it can do its part, which is to decide, or to take over from
 *     the agent that leads; empty if nothing
 * @param census of what it leads; null if it does not lead, or has not planned yet
 */
public record Condition(boolean leads, String waitsFor, @Nullable Census census) {

  /** Whether it does its part. */
  public boolean isReady() {
    return waitsFor.isEmpty();
  }
}
