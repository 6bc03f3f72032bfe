package io.dowding.docker;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Streams of JSON objects, one per line, as engines send them. */
final class Lines {

  private static final int USUAL = 1024;

  private Lines() {}

  /**
   * Passes on each object until the stream ends; skips blank lines.
   *
   * @param longest a longer line, in bytes, is malformed
   */
  static void read(String place, InputStream stream, int longest, Consumer<Answer> each)
      throws IOException {
    byte[] line = new byte[USUAL];
    int length = 0;
    byte[] buffer = new byte[8192];
    for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
      for (int i = 0; i < read; i++) {
        if (buffer[i] == '\n') {
          accept(place, line, length, each);
          length = 0;
          // A long one must not keep its memory.
          line = line.length > buffer.length ? new byte[USUAL] : line;
          continue;
        }
        if (length == line.length) {
          if (length >= longest) {
            throw new MalformedAnswer(place + " has a line of more than " + longest + " bytes");
          }
          line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = buffer[i];
      }
    }
    accept(place, line, length, each);
  }

  private static void accept(String place, byte[] line, int length, Consumer<Answer> each) {
    boolean blank = true;
    for (int i = 0; i < length && blank; i++) {
      blank = line[i] == ' ' || line[i] == '\r';
    }
    if (!blank) {
      each.accept(Answer.parse(place, Arrays.copyOf(line, length)));
    }
  }
}
