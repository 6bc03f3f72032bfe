package io.dowding.compose.project;

import io.dowding.model.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file that a project is read from.
 *
 * @param name the file as messages show it
 * @param directory where relative paths in it start
 */
record Source(String name, Path directory) {

  private static final int SHOWN = 200;

  /**
   * @throws ProjectProblem if it is not a path
   */
  Path resolve(String path) {
    try {
      return directory.resolve(path).normalize();
    } catch (InvalidPathException bad) {
      throw new ProjectProblem(name + ": " + Printable.of(String.valueOf(bad.getMessage()), SHOWN));
    }
  }
}
