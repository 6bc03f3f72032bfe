package io.dowding.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the jobs of a service are replaced when its definition changes or is rolled back; Compose's
 * {@code deploy.update_config} and {@code deploy.rollback_config}.
 *
 * @param parallelism how many jobs at a time; 0 means all
 * @param delay from the time a new job is good until the next one starts
 * @param monitor how long a new job must be well to be good; null for the default
 * @param maxFailureRatio the fraction of jobs that may fail, from 0 to 1
 */
public record UpdateConfig(
    int parallelism,
    Duration delay,
    OnFailure onFailure,
    @Nullable Duration monitor,
    double maxFailureRatio,
    Order order) {

  /** One after another; if one does not become good, no other is stopped. */
  public static final UpdateConfig DEFAULT =
      new UpdateConfig(1, Duration.ZERO, OnFailure.PAUSE, null, 0, Order.STOP_FIRST);

  /** What to do when too many jobs fail. */
  public enum OnFailure {
    /** Stop replacing until those recover or the definition changes. */
    PAUSE,
    CONTINUE,
    /** Return to the last good definition. */
    ROLLBACK
  }

  /** What to do first. */
  public enum Order {
    STOP_FIRST,
    /** Stops the old container once the new one is good. */
    START_FIRST
  }
}
