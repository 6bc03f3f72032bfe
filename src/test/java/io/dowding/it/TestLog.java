package io.dowding.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The log of all agents in this JVM. */
final class TestLog {

  private TestLog() {}

  static String text() {
    try {
      return Files.readString(Path.of(System.getProperty("test.log", "target/test.log")));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
