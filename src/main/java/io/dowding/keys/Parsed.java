package io.dowding.keys;

/** A user's value: valid, or invalid with the reason. */
public sealed interface Parsed<T> {
  record Valid<T>(T value) implements Parsed<T> {}

  /**
   * @param problem what is wrong with which field, and what to do
   */
  record Invalid<T>(String problem) implements Parsed<T> {}
}
