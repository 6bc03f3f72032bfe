package io.dowding.control;

import org.jspecify.annotations.Nullable;

/**
 * What an agent does, for those who watch over it.
 *
 * @param leads whether it decides
 * @param whyNotReady why it cannot do its part, which is to decide, or to take over from the agent
 *     that leads, such as {@code waiting for etcd}; empty if it can
 * @param census of what it leads; null if it does not lead, or has not planned yet
 */
public record Condition(boolean leads, String whyNotReady, @Nullable Census census) {

  /** Whether it does its part. */
  public boolean isReady() {
    return whyNotReady.isEmpty();
  }

  /** The same, but it is not ready. */
  Condition notReady(String why) {
    return new Condition(leads, why, census);
  }
}
