package io.dowding.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the operator says of a host. */
public enum Availability {
  /** Takes jobs; the default. */
  ACTIVE,
  /** Takes no new jobs, keeps those it has. */
  PAUSE,
  /** Takes no new jobs, and those that can move away do. */
  DRAIN,
  /** It is dead and will not come back as it was: what it held is let go. */
  GONE;

  /** The word as written in {@code hosts/<hostname>}, or null if it is none of the four. */
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
