package io.dowding.model;

/**
 * When a container that ended is started again.
 *
 * @param maxRetries for {@code on-failure}: how often; 0 is without limit
 */
public record RestartPolicy(Kind kind, int maxRetries) {

  /** Services are jobs that should stay running. */
  public static final RestartPolicy DEFAULT = new RestartPolicy(Kind.UNLESS_STOPPED, 0);

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
    return switch (kind) {
      case NO -> true;
      case ALWAYS, UNLESS_STOPPED -> false;
      case ON_FAILURE -> exitCode == 0 || (maxRetries > 0 && restarts >= maxRetries);
    };
  }
}
