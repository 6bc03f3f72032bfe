package io.dowding.compose.project;

import io.dowding.model.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file that a project is read from.
 *
 * @param name the file as messages show it
 * @param directory where relative paths in it start
 * @param home what {@code ~} stands for
 */
record Source(String name, Path directory, String home) {

  /** Where a home directory is whose place nothing says. */
  static final String HOME = "/root";

  private static final int SHOWN = 200;

  /**
   * @throws ProjectProblem if it is not a path
   */
  Path resolve(String path) {
    try {
      return path.startsWith("~")
          ? Path.of(home, path.substring(1)).normalize()
          : directory.resolve(path).normalize();
    } catch (InvalidPathException bad) {
      throw new ProjectProblem(name + ": " + Printable.of(String.valueOf(bad.getMessage()), SHOWN));
    }
  }
}
