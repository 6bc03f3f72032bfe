package io.dowding.cli;

import io.dowding.compose.ComposeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Compose file with the files that it names. What those hold goes to etcd, where others read it:
 * each is told, and none from outside the file's directory is taken unless that is allowed.
 *
 * @param contents the files whose content goes to etcd
 */
record ComposeInput(ComposeFile file, List<Path> contents) {

  private static final long MOST_BYTES = 4L * 1024 * 1024;

  static ComposeInput read(Path file, String text, boolean allowOutside) {
    List<Path> contents = new ArrayList<>();
    ComposeFile compose =
        ComposeFile.read(
            text,
            System.getenv(),
            path -> {
              Path found = file.toAbsolutePath().resolveSibling(path).normalize();
              String content = text(found);
              Path directory = file.toRealPath().getParent();
              if (!allowOutside && !found.toRealPath().startsWith(directory)) {
                throw new IOException(
                    "it is outside of "
                        + directory
                        + "; with --allow-outside its content goes to etcd");
              }
              contents.add(found);
              return content;
            });
    return new ComposeInput(compose, contents);
  }

  /**
   * What a file holds.
   *
   * @throws IOException if it is none: a directory, a device or a pipe may have no end
   */
  static String text(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is no regular file");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("it has more than the " + MOST_BYTES + " bytes allowed");
    }
    return Files.readString(file);
  }
}
