package io.dowding.compose.project;

/** Why a file cannot be used; the message names the place. */
final class ProjectProblem extends RuntimeException {

  private static final long serialVersionUID = 1;

  ProjectProblem(String message) {
    super(message);
  }

  ProjectProblem(Position at, String message) {
    super(at + ": " + message);
  }
}
