package io.dowding.model;

import java.time.Duration;

/**
 * When to restart a container that exited.
 *
 * @param maxRetries how often; 0 means unlimited
 * @param delay the shortest pause before a restart; zero for none before the first
 * @param window a run this long resets the count of failures
 */
public record RestartPolicy(Kind kind, int maxRetries, Duration delay, Duration window) {

  public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(10);

  /** Services should stay running. */
  public static final RestartPolicy DEFAULT = new RestartPolicy(Kind.UNLESS_STOPPED, 0);

  /** Without a delay, and with the default window. */
  public RestartPolicy(Kind kind, int maxRetries) {
    this(kind, maxRetries, Duration.ZERO, DEFAULT_WINDOW);
  }

  /** Docker's four policies, by Docker's names. */
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

  /** Whether a job that exited with this code is done. */
  public boolean isDone(int exitCode, int restarts) {
    boolean exhausted = maxRetries > 0 && restarts >= maxRetries;
    return switch (kind) {
      case NO -> true;
      case ALWAYS, UNLESS_STOPPED -> exhausted;
      case ON_FAILURE -> exitCode == 0 || exhausted;
    };
  }

  /**
   * The closest Docker policy, for when no agent is running. Docker counts only failures and does
   * not know our delay.
   */
  public RestartPolicy ofDocker() {
    return maxRetries > 0 && kind != Kind.NO
        ? new RestartPolicy(Kind.ON_FAILURE, maxRetries)
        : new RestartPolicy(kind, 0);
  }

  /** The policy of a new container: with a delay, Docker must not restart it. */
  public RestartPolicy atFirst() {
    return delay.isZero() ? ofDocker() : new RestartPolicy(Kind.NO, 0);
  }
}
