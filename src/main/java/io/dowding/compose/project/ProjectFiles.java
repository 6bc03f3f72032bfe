package io.dowding.compose.project;

import io.dowding.model.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The part of the file system that a project needs. */
public interface ProjectFiles {

  /** Stands for standard input in place of a Compose file. */
  Path STANDARD_INPUT = Path.of("-");

  /** The kind of file at a path. */
  enum Kind {
    FILE,
    DIRECTORY,
    /** No file, or a device, pipe or socket. */
    NONE
  }

  Kind kind(Path path);

  /**
   * The content of a Compose file.
   *
   * @throws IOException with the reason, such as that it is not UTF-8; the caller names the file
   */
  String text(Path file) throws IOException;

  /**
   * The content of a file with variables. As in Compose and the engine, bytes that are not UTF-8
   * become U+FFFD.
   *
   * @throws IOException with the reason; the caller names the file
   */
  String variables(Path file) throws IOException;

  /**
   * The content of a file that is sent to etcd.
   *
   * @param directory the project's
   * @throws IOException if it cannot be read, or must not be sent to etcd
   */
  Content content(Path file, Path directory) throws IOException;

  /** Notes that values in a file are sent to etcd, as part of a definition. */
  void sends(Path file);

  /** Whether a file is executable. */
  boolean isExecutable(Path file);

  /**
   * The files below a directory.
   *
   * @throws IOException if it cannot be listed
   */
  List<Path> below(Path directory) throws IOException;
}
