package io.dowding.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times as they stand in etcd: ISO 8601, to the second. */
final class Times {

  private Times() {}

  static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Null where there is none, or none that can be read. */
  static @Nullable Instant parse(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException unreadable) {
      return null;
    }
  }
}
