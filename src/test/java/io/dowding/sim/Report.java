package io.dowding.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes results of test runs to {@code target/reports/*.txt}. */
public final class Report {

  private Report() {}

  public static void write(String name, List<String> lines) {
    try {
      Path directory = Files.createDirectories(Path.of("target", "reports"));
      Files.write(directory.resolve(name + ".txt"), lines);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
