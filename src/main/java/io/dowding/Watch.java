package io.dowding;

/** A running {@link Scheduler#watch}. Thread-safe. */
@FunctionalInterface
public interface Watch extends AutoCloseable {

  /** Ends it; a second call does nothing. A call back that has begun may still go on. */
  @Override
  void close();
}
