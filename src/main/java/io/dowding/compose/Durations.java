package io.dowding.compose;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations in Compose's format. */
public final class Durations {

  private Durations() {}

  /** {@code 1m30s}; a plain number is seconds; null for anything else. */
  public static @Nullable Duration parse(String text) {
    return Texts.duration(text);
  }
}
