package io.dowding.plan;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Attempts to reconnect a job's container to its networks. Each pause is longer, so that dowding
 * does not fight a person who disconnects it repeatedly.
 *
 * @param from when the next attempt may be made; null for immediately
 * @param error why the last one failed, or empty
 */
record Reconnects(int count, @Nullable Instant from, String error) {

  static final Reconnects NONE = new Reconnects(0, null, "");

  /**
   * @param why it failed, or empty
   */
  Reconnects next(String why, Instant now) {
    boolean longAgo = from != null && now.isAfter(from.plus(Settings.CONNECTS_FORGIVEN));
    int counted = longAgo ? 1 : count + 1;
    return new Reconnects(counted, now.plus(Backoff.after(counted)), why);
  }
}
