package io.dowding.sim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Each commit runs a part of its own of what there is to try, so that in time all of it is run. */
final class Rotation {

  private static final int DIGITS = 6;

  private Rotation() {}

  /** A number for this commit; 0 where there is no git. */
  static long number() {
    try {
      Process git = new ProcessBuilder("git", "rev-parse", "HEAD").start();
      String head = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor() == 0 ? 1 + Long.parseLong(head.substring(0, DIGITS), 16) : 0;
    } catch (IOException notInstalled) {
      return 0;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
