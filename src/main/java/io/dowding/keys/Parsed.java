package io.dowding.keys;

import org.jspecify.annotations.Nullable;

/** A user's value: valid, or invalid with the reason. */
public sealed interface Parsed<T> {
  record Valid<T>(T value) implements Parsed<T> {}

  /**
   * @param problem what is wrong with which field, and what to do
   */
  record Invalid<T>(String problem) implements Parsed<T> {}

  /** Why this value cannot be used, or null; null too if there is no value. */
  static @Nullable String problem(@Nullable Parsed<?> value) {
    return value instanceof Invalid<?>(String problem) ? problem : null;
  }
}
