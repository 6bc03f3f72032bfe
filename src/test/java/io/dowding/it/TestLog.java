package io.dowding.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the agents of this run have logged. */
final class TestLog {

  private TestLog() {}

  static String text() {
    try {
      return Files.readString(Path.of("target/test.log"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
