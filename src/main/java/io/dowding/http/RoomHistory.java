package io.dowding.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.ClosedByInterruptException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last events of this machine's audit log, also from files that were rotated away. Needs memory
 * for these events only, however long the files are. Thread-safe.
 */
final class RoomHistory {

  private static final Logger log = LoggerFactory.getLogger("dowding");

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
   * The last events, the newest last. They begin after a rotated file that cannot be read: an agent
   * that was killed while it wrote one leaves a part of it.
   *
   * @throws IOException if the directory or the present file cannot be read
   */
  List<ObjectNode> last() throws IOException {
    Deque<String> lines = new ArrayDeque<>(tail(directory.resolve(PRESENT), most));
    for (Path file : rotated()) {
      if (lines.size() >= most) {
        break;
      }
      try {
        Deque<String> older = tail(file, most - lines.size());
        while (!older.isEmpty()) {
          lines.addFirst(older.removeLast());
        }
      } catch (ClosedByInterruptException late) {
        throw late;
      } catch (IOException broken) {
        log.warn(
            "an audit log cannot be read, the ops room shows only later events file={} reason=\"{}\"",
            file,
            broken.toString());
        break;
      }
    }
    List<ObjectNode> events = new ArrayList<>();
    for (String line : lines) {
      RoomEvents.read(line).ifPresent(events::add);
    }
    return events;
  }

  /** The newest first. */
  private List<Path> rotated() throws IOException {
    List<Path> files = new ArrayList<>();
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
      StringBuilder line = new StringBuilder();
      for (int next = reader.read(); next >= 0; next = reader.read()) {
        if (next != '\n') {
          // What is too long is no event, and must not fill the memory.
          if (line.length() <= LONGEST_LINE) {
            line.append((char) next);
          }
          continue;
        }
        if (line.length() <= LONGEST_LINE) {
          lines.addLast(line.toString());
        }
        if (lines.size() > most) {
          lines.removeFirst();
        }
        line.setLength(0);
      }
    } catch (NoSuchFileException rotated) {
      // Or there is none yet.
    }
    return lines;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    if (!file.toString().endsWith(".gz")) {
      return bytes;
    }
    try {
      return new GZIPInputStream(bytes);
    } catch (IOException broken) {
      bytes.close();
      throw broken;
    }
  }
}
