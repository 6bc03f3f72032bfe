package io.dowding.compose.project;

import java.nio.file.Path;

/**
 * A file that a project is read from.
 *
 * @param name the file as messages show it
 * @param directory where relative paths in it start
 */
record Source(String name, Path directory) {

  Path resolve(String path) {
    return directory.resolve(path).normalize();
  }
}
