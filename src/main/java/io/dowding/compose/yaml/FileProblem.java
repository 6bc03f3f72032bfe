package io.dowding.compose.yaml;

/** Why a file cannot be used; the message names the place. */
public final class FileProblem extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  public FileProblem(String message) {
    super(message);
  }

  public FileProblem(Position at, String message) {
    super(at + ": " + message);
  }
}
