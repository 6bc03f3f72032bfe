package io.dowding.control;

import org.jspecify.annotations.Nullable;

/**
 * What an agent does, for those who watch over it.
 *
 * @param whyNotReady why it cannot do its part, such as {@code waiting for etcd}; empty if it can
 * @param census of what it leads; null if it does not lead, or has not planned yet
 */
public record Condition(Part part, String whyNotReady, @Nullable Census census) {

  /** What is asked of an agent. */
  public enum Part {
    /** It decides. */
    LEADS,
    /** It is to take over from the agent that leads. */
    FOLLOWS,
    /** It decides, but changes nothing, and takes over from no agent. */
    OBSERVES
  }

  public boolean leads() {
    return part == Part.LEADS;
  }

  /** Whether it does its part. */
  public boolean isReady() {
    return whyNotReady.isEmpty();
  }

  /** The same, but it is not ready. */
  Condition notReady(String why) {
    return new Condition(part, why, census);
  }
}
