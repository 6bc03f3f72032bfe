package io.dowding.control;

import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Counts what the loop does; by default nothing. The methods return at once and throw nothing. */
public interface Monitor {

  /** Before the loop decides; on its thread. */
  default void happened(Event event, Instant now) {}

  /** Before the action begins; on the loop's thread. */
  default void decided(Action action, Instant now) {}

  /**
   * On any thread.
   *
   * @param outcome null if nothing waits for it
   */
  default void ended(Action action, @Nullable Event outcome, Duration took) {}

  /**
   * After each step, on the loop's thread.
   *
   * @param bugs internal errors in it
   */
  default void stepped(Duration took, int bugs) {}
}
