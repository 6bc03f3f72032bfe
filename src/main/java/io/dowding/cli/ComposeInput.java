package io.dowding.cli;

import io.dowding.compose.ComposeFile;
import io.dowding.compose.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Compose file with the files that it names. Their content goes to etcd, where others can read
 * it, so each file is listed, and a file outside the Compose file's directory needs permission.
 *
 * @param contents the files whose content goes to etcd
 */
record ComposeInput(ComposeFile file, List<Path> contents) {

  static ComposeInput read(Path file, String text, boolean allowOutside) {
    List<Path> contents = new ArrayList<>();
    ComposeFile compose =
        ComposeFile.read(
            text,
            System.getenv(),
            path -> {
              Path found = file.toAbsolutePath().resolveSibling(path).normalize();
              String content = TextFile.read(found);
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
}
