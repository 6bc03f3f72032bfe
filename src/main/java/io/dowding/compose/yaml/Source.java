package io.dowding.compose.yaml;

import io.dowding.model.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file that YAML is read from.
 *
 * @param name the file as messages show it
 * @param directory where relative paths in it start
 * @param home what {@code ~} stands for
 */
public record Source(String name, Path directory, String home) {

  /** Where a home directory is whose place nothing says. */
  public static final String HOME = "/root";

  private static final int SHOWN = 200;

  /** A file whose paths are not resolved. */
  public static Source of(Path file) {
    return new Source(file.toString(), Path.of(""), HOME);
  }

  /**
   * @throws FileProblem if it is not a path
   */
  public Path resolve(String path) {
    try {
      return path.startsWith("~")
          ? Path.of(home, path.substring(1)).normalize()
          : directory.resolve(path).normalize();
    } catch (InvalidPathException bad) {
      throw new FileProblem(name + ": " + Printable.of(String.valueOf(bad.getMessage()), SHOWN));
    }
  }
}
