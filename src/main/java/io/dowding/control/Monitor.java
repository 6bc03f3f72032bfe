package io.dowding.control;

import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Counts what the loop does; by default nothing. The methods return at once. */
public interface Monitor {

  /** Before the loop decides; on its thread. */
  default void happened(Event event, Instant now) {}

  /** After the action began, or even ended; on the loop's thread. */
  default void decided(Action action, Instant now) {}

  /**
   * On any thread.
   *
   * @param outcome null if nothing waits for it
   */
  default void ended(Action action, @Nullable Event outcome, Duration took) {}

  /** An internal error, in a step or in an action. On any thread. */
  default void bug() {}

  /** After each step that completes, on the loop's thread. */
  default void stepped(Duration took) {}
}
