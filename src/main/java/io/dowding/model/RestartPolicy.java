package io.dowding.model;

import java.time.Duration;

/**
 * When a container that ended is started again.
 *
 * @param maxRetries how often; 0 is without limit
 * @param delay the least pause before a restart; zero for none before the first
 * @param window a run of this length leaves the failures before it behind
 */
public record RestartPolicy(Kind kind, int maxRetries, Duration delay, Duration window) {

  public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(10);

  /** Services are jobs that should stay running. */
  public static final RestartPolicy DEFAULT = new RestartPolicy(Kind.UNLESS_STOPPED, 0);

  /** Without a pause, and with the usual window. */
  public RestartPolicy(Kind kind, int maxRetries) {
    this(kind, maxRetries, Duration.ZERO, DEFAULT_WINDOW);
  }

  /** Docker's own four, by Docker's names. */
  public enum Kind {
    NO("no"),
    ALWAYS("always"),
    UNLESS_STOPPED("unless-stopped"),
    ON_FAILURE("on-failure");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** Whether a job that ended with this exit code has ended as it may. */
  public boolean isDone(int exitCode, int restarts) {
    boolean tiredOfIt = maxRetries > 0 && restarts >= maxRetries;
    return switch (kind) {
      case NO -> true;
      case ALWAYS, UNLESS_STOPPED -> tiredOfIt;
      case ON_FAILURE -> exitCode == 0 || tiredOfIt;
    };
  }

  /**
   * As much of it as Docker can do by itself, while no agent is there: it counts only failures, and
   * knows no pause of ours.
   */
  public RestartPolicy ofDocker() {
    return maxRetries > 0 && kind != Kind.NO
        ? new RestartPolicy(Kind.ON_FAILURE, maxRetries)
        : new RestartPolicy(kind, 0);
  }

  /** What a new container gets: where there is to be a pause, Docker does not restart it. */
  public RestartPolicy atFirst() {
    return delay.isZero() ? ofDocker() : new RestartPolicy(Kind.NO, 0);
  }
}
