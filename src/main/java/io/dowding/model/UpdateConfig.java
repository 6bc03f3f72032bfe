package io.dowding.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the jobs of a service are replaced when its definition changes, or when it goes back to an
 * earlier one; Compose's {@code deploy.update_config} and {@code deploy.rollback_config}.
 *
 * @param parallelism how many jobs at a time; 0 is all of them
 * @param delay from the moment at which a new job is good until the next one is begun
 * @param monitor how long a new job must have been well to be good; null for the settings' own
 * @param maxFailureRatio the part of the jobs that may fail, from 0 to 1
 */
public record UpdateConfig(
    int parallelism,
    Duration delay,
    OnFailure onFailure,
    @Nullable Duration monitor,
    double maxFailureRatio,
    Order order) {

  /** One after another; while one does not come up, no other is stopped for it. */
  public static final UpdateConfig DEFAULT =
      new UpdateConfig(1, Duration.ZERO, OnFailure.PAUSE, null, 0, Order.STOP_FIRST);

  /** What is done when more jobs fail than may. */
  public enum OnFailure {
    /** No other is begun until those are well, or the definition changes. */
    PAUSE,
    CONTINUE,
    /** Back to the last definition that was good. */
    ROLLBACK
  }

  /** What is done first. */
  public enum Order {
    STOP_FIRST,
    /** The old container is stopped once the new one is good. */
    START_FIRST
  }
}
