package io.dowding.compose.project;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The file system, as far as a project needs it. */
public interface ProjectFiles {

  /** Stands for standard input where a Compose file is named. */
  Path STANDARD_INPUT = Path.of("-");

  /** What a path leads to. */
  enum Kind {
    FILE,
    DIRECTORY,
    /** Nothing, or neither: a device, a pipe, a socket. */
    NONE
  }

  Kind kind(Path path);

  /**
   * What a file that the project is read from holds: a Compose file, or one with variables.
   *
   * @throws IOException with the reason; the caller names the file
   */
  String text(Path file) throws IOException;

  /**
   * What a file holds whose content goes to etcd.
   *
   * @param directory the project's
   * @throws IOException if it cannot be read, is not text, or may not go there
   */
  String content(Path file, Path directory) throws IOException;

  /** Whether a file is a program. */
  boolean isExecutable(Path file);

  /**
   * The files below a directory.
   *
   * @throws IOException if it cannot be listed
   */
  List<Path> below(Path directory) throws IOException;
}
