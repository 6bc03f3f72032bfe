package io.dowding.plan;

import io.dowding.model.Policy;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * The numbers that decisions depend on.
 *
 * @param unknownAfter a host is unknown after this long without contact
 * @param grace a host is down, and its movable jobs leave it, after this long without contact
 * @param settle a job counts as up after running this long; then the next one is replaced
 * @param callDeadline the time limit of a call to a host, except pulls
 * @param callsPerHost the most concurrent Docker calls on one host
 * @param recordsAtOnce the most jobs that are placed before they are recorded
 * @param policy what services may have of their hosts
 * @param reserve what is kept free of each host that does not say otherwise
 */
public record Settings(
    Duration unknownAfter,
    Duration grace,
    Duration settle,
    Duration callDeadline,
    int callsPerHost,
    int recordsAtOnce,
    Policy policy,
    Resources reserve) {

  public static final Settings DEFAULT =
      new Settings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          8,
          1000,
          Policy.STRICT,
          Resources.NONE);

  /**
   * How long a new job must be well to be good; at least as long as its health check needs to fail.
   */
  public Duration monitor(Service service) {
    Duration given = service.update().monitor();
    return given == null
        ? settle
        : Collections.max(List.of(given, service.container().healthWindow()));
  }

  /** The first back-off; each failure doubles it. */
  public static final Duration BACKOFF_FIRST = Duration.ofSeconds(1);

  public static final Duration BACKOFF_MOST = Duration.ofMinutes(5);

  /** The longest pause after calls without an answer, or not made. */
  public static final Duration UNANSWERED_MOST = Duration.ofSeconds(30);

  /** The longest pause of a job after its host's disk was full. */
  public static final Duration DISK_AGAIN = Duration.ofSeconds(30);

  /** A container that kept its networks this long is reconnected immediately the next time. */
  public static final Duration CONNECTS_FORGIVEN = Duration.ofMinutes(10);

  /** The time limit of a post_start command. */
  public static final Duration POST_START = Duration.ofMinutes(5);

  /** How often Docker restarts a crashing container before the agent takes over. */
  public static final int CRASHES_LEFT_TO_DOCKER = 3;

  /** Failures that are a host's fault before another host is tried. */
  public static final int TRIES_ON_ONE_HOST = 3;

  /** How long a job avoids a host on which it failed. */
  public static final Duration AVOID = Duration.ofMinutes(5);

  /**
   * If at least this percentage of hosts is lost, and at least {@link #LOST_AT_LEAST}, no job
   * moves.
   */
  public static final int LOST_PERCENT = 55;

  public static final int LOST_AT_LEAST = 3;

  /** If at least this many recorded containers are all missing together, the host is held. */
  public static final int EMPTIED_AT_LEAST = 3;
}
