package io.dowding.model;

import java.util.Locale;

/** Whether a host answers. Unknown is not gone: an unknown host keeps its jobs. */
public enum Reach {
  UP,
  /** No contact for a while, or not yet. */
  UNKNOWN,
  /** No contact for longer than the grace period. */
  DOWN;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
