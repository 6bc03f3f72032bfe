package io.dowding.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The last events of this machine's audit log, also from files that were rotated away. Needs memory
 * for these events only, however long the files are. Thread-safe.
 */
final class RoomHistory {

  private static final String PRESENT = "audit.log";
  private static final Pattern ROTATED =
      Pattern.compile("audit\\.(\\d{4}-\\d\\d-\\d\\d)\\.(\\d{1,9})\\.log\\.gz");
  private static final int LONGEST_LINE = 10_000;

  private final Path directory;
  private final int most;

  /**
   * @param directory the agent's state directory
   * @param most events to read
   */
  RoomHistory(Path directory, int most) {
    this.directory = directory;
    this.most = most;
  }

  private record Rotated(Path file, String day, int index) {
    static Optional<Rotated> of(Path file) {
      Matcher name = ROTATED.matcher(file.getFileName().toString());
      return name.matches()
          ? Optional.of(new Rotated(file, name.group(1), Integer.parseInt(name.group(2))))
          : Optional.empty();
    }
  }

  /**
   * The last events, the newest last.
   *
   * @throws IOException if the directory or a file cannot be read
   */
  List<ObjectNode> last() throws IOException {
    Deque<String> lines = new ArrayDeque<>();
    for (Path file : newestFirst()) {
      Deque<String> older = tail(file, most - lines.size());
      while (!older.isEmpty()) {
        lines.addFirst(older.removeLast());
      }
      if (lines.size() >= most) {
        break;
      }
    }
    List<ObjectNode> events = new ArrayList<>();
    for (String line : lines) {
      RoomEvents.read(line).ifPresent(events::add);
    }
    return events;
  }

  private List<Path> newestFirst() throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(directory.resolve(PRESENT));
    if (Files.isDirectory(directory)) {
      try (Stream<Path> all = Files.list(directory)) {
        all.flatMap(file -> Rotated.of(file).stream())
            .sorted(Comparator.comparing(Rotated::day).thenComparingInt(Rotated::index).reversed())
            .forEach(rotated -> files.add(rotated.file()));
      }
    }
    return files;
  }

  private static Deque<String> tail(Path file, int most) throws IOException {
    Deque<String> lines = new ArrayDeque<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.length() <= LONGEST_LINE) {
          lines.addLast(line);
        }
        if (lines.size() > most) {
          lines.removeFirst();
        }
      }
    } catch (NoSuchFileException rotated) {
      // Or there is none yet.
    }
    return lines;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
  }
}
