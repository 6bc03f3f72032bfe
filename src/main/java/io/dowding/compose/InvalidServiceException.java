package io.dowding.compose;

import java.util.List;

/** A service that cannot run as written: every problem, each with its path. */
public final class InvalidServiceException extends Exception {

  private static final long serialVersionUID = 1;

  private final String[] problems;

  public InvalidServiceException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = problems.toArray(String[]::new);
  }

  /** Sentences such as {@code deploy.replicas: -1 is not a number from 0 to 10000}. */
  public List<String> problems() {
    return List.of(problems);
  }
}
