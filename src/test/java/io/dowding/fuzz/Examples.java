package io.dowding.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Valid examples of every kind of key. */
final class Examples {

  /** A key relative to the base key, and its value. */
  record Example(String key, Mutations.Text value) {}

  static final List<Example> KEYS = keys();

  private Examples() {}

  private static List<Example> keys() {
    List<Example> all = new ArrayList<>();
    try {
      for (Path file : files("config/examples")) {
        all.add(new Example("services/web", new Mutations.Text(Files.readString(file))));
      }
      for (String line : Files.readAllLines(Path.of("src/test/resources/golden/spec-hashes.txt"))) {
        String fields = line.substring(line.indexOf(' ') + 1);
        String json = "{\"image\":\"nginx:1\"" + (fields.isEmpty() ? "" : "," + fields) + "}";
        all.add(new Example("services/web", new Mutations.Text(json)));
      }
      for (Path file : files("src/test/resources/fuzz")) {
        for (String line : Files.readAllLines(file)) {
          int space = line.indexOf(' ');
          // More often than services: each of these has its own reader, which is cheaper.
          for (int n = 0; n < 15; n++) {
            all.add(
                new Example(
                    line.substring(0, space), new Mutations.Text(line.substring(space + 1))));
          }
        }
      }
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
    return List.copyOf(all);
  }

  private static List<Path> files(String directory) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(directory))) {
      return files.sorted().toList();
    }
  }
}
