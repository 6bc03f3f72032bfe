package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;

/**
 * Limits the characters that variables add to the files of a project, so that they fit in memory.
 */
final class Budget {

  private static final int MOST = 16 << 20;

  private long spent;

  /**
   * @throws FileProblem if variables have added too many characters
   */
  void spend(int characters, Position at) {
    spent += characters;
    if (isSpent()) {
      throw new FileProblem(
          at, "the variables add more than " + MOST + " characters to the files; use shorter ones");
    }
  }

  boolean isSpent() {
    return spent > MOST;
  }
}
