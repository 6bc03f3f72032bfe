package io.dowding.systemd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The journal of systemd, in its own protocol, which keeps fields apart. Thread-safe. */
public final class Journal {

  /** Where journald listens. */
  public static final String SOCKET = "/run/systemd/journal/socket";

  private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

  private final UnixDatagrams socket;

  /**
   * @param path of journald's socket
   */
  public Journal(String path) {
    this.socket = new UnixDatagrams(path);
  }

  /**
   * Whether the standard output of this process goes to the journal.
   *
   * @param environment of this process
   */
  public static boolean isStandardOutput(Map<String, String> environment) {
    try {
      Object device = Files.getAttribute(STANDARD_OUTPUT, "unix:dev");
      Object inode = Files.getAttribute(STANDARD_OUTPUT, "unix:ino");
      return (device + ":" + inode).equals(environment.get("JOURNAL_STREAM"));
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }

  /**
   * Adds one entry. Does not wait.
   *
   * @param fields by name: upper-case letters, digits and underscores
   * @throws IOException if journald did not take it
   */
  public void add(Map<String, String> fields) throws IOException {
    socket.send(entry(fields));
  }

  /** A value with a line break is preceded by its length: 64 bits, little-endian. */
  static byte[] entry(Map<String, String> fields) {
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    fields.forEach(
        (name, value) -> {
          byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
          entry.writeBytes(name.getBytes(StandardCharsets.UTF_8));
          if (value.indexOf('\n') < 0) {
            entry.write('=');
          } else {
            entry.write('\n');
            entry.writeBytes(
                ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(bytes.length)
                    .array());
          }
          entry.writeBytes(bytes);
          entry.write('\n');
        });
    return entry.toByteArray();
  }
}
