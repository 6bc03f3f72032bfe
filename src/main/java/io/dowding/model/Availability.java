package io.dowding.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The operator's setting for a host. */
public enum Availability {
  /** Takes jobs; the default. */
  ACTIVE,
  /** Takes no new jobs, but keeps those it has. */
  PAUSE,
  /** Takes no new jobs, and jobs that can move leave. */
  DRAIN,
  /** Dead, and will not return as it was: its jobs and data are given up. */
  GONE;

  /** Parses the value of {@code hosts/<hostname>}; null if it is none of the four. */
  public static @Nullable Availability parse(String text) {
    for (Availability word : values()) {
      if (word.word().equals(text.strip())) {
        return word;
      }
    }
    return null;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
