package io.dowding.plan;

import io.dowding.model.Policy;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import java.time.Duration;

/**
 * The numbers that decisions depend on.
 *
 * @param unknownAfter without contact for so long, a host is unknown
 * @param grace without contact for so long, a host is down and its movable jobs leave it
 * @param settle a job has come up once it has run for so long; then the next one is replaced
 * @param callDeadline until when a call to a host must have its answer, but for pulls
 * @param callsPerHost Docker calls under way on one host at a time
 * @param policy what services may have of their hosts
 * @param reserve what is kept free of each host that does not say otherwise
 */
public record Settings(
    Duration unknownAfter,
    Duration grace,
    Duration settle,
    Duration callDeadline,
    int callsPerHost,
    Policy policy,
    Resources reserve) {

  public static final Settings DEFAULT =
      new Settings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          8,
          Policy.STRICT,
          Resources.NONE);

  /** How long a new job must have been well; never less than its health check needs to fail. */
  public Duration monitor(Service service) {
    Duration given = service.update().monitor();
    if (given == null) {
      return settle;
    }
    Duration window = service.container().healthWindow();
    return given.compareTo(window) < 0 ? window : given;
  }

  /** The back-off's first step; each failure doubles it. */
  public static final Duration BACKOFF_FIRST = Duration.ofSeconds(1);

  public static final Duration BACKOFF_MOST = Duration.ofMinutes(5);

  /** The longest pause after a call without an answer, and after one that was not made. */
  public static final Duration UNANSWERED_MOST = Duration.ofSeconds(30);

  /** The longest pause of a job whose host had no room on its disk. */
  public static final Duration DISK_AGAIN = Duration.ofSeconds(30);

  /** A container that has kept its networks for so long is reconnected at once again. */
  public static final Duration CONNECTS_FORGIVEN = Duration.ofMinutes(10);

  /** A command after a start is waited for so long. */
  public static final Duration POST_START = Duration.ofMinutes(5);

  /** Docker restarts a crashing container so often before the agent takes over. */
  public static final int CRASHES_LEFT_TO_DOCKER = 3;

  /** Failures that are a host's fault before another host is tried. */
  public static final int TRIES_ON_ONE_HOST = 3;

  /** A host on which a job failed is tried again for it after so long. */
  public static final Duration AVOID = Duration.ofMinutes(5);

  /** When so many percent of the hosts, and so many, are lost together, no job moves. */
  public static final int LOST_PERCENT = 55;

  public static final int LOST_AT_LEAST = 3;

  /** So many recorded containers that are all missing together make a host suspicious. */
  public static final int EMPTIED_AT_LEAST = 3;
}
