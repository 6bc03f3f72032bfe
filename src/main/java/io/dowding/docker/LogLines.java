package io.dowding.docker;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Takes a stream of logs apart: frames of the standard output and error, or plain text of a
 * terminal; lines; and the time in front of each line. A line that is too long is passed on in
 * pieces.
 */
public final class LogLines {

  private static final int LONGEST_LINE = 64 << 10;
  private static final int HEADER = 8;
  private static final int ERROR = 2;

  /** Receives each line. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param time by the engine's clock
     * @param error whether it was written to the standard error
     */
    void line(Instant time, boolean error, String text);
  }

  private final Sink sink;
  private final Line output = new Line(false);
  private final Line error = new Line(true);

  /** What has come of a line. */
  private final class Line {
    private final boolean error;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Instant last = Instant.EPOCH;

    Line(boolean error) {
      this.error = error;
    }

    void add(byte[] some, int length) {
      for (int n = 0; n < length; n++) {
        if (some[n] == '\n') {
          end();
        } else {
          bytes.write(some[n]);
          if (bytes.size() >= LONGEST_LINE) {
            end();
          }
        }
      }
    }

    void end() {
      String line = bytes.toString(StandardCharsets.UTF_8);
      bytes.reset();
      int space = line.indexOf(' ');
      try {
        last = Instant.parse(space < 0 ? line : line.substring(0, space));
        line = space < 0 ? "" : line.substring(space + 1);
      } catch (DateTimeException isContinued) {
        // It belongs to the line before.
      }
      sink.line(last, error, line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }

    void finish() {
      if (bytes.size() > 0) {
        end();
      }
    }
  }

  LogLines(Sink sink) {
    this.sink = sink;
  }

  void plain(InputStream stream) throws IOException {
    byte[] buffer = new byte[8192];
    for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
      output.add(buffer, read);
    }
    output.finish();
  }

  void frames(InputStream stream) throws IOException {
    each(stream, (isError, bytes, length) -> (isError ? error : output).add(bytes, length));
    output.finish();
    error.finish();
  }

  /** Receives a part of one of two streams. */
  @FunctionalInterface
  interface Part {
    void accept(boolean error, byte[] bytes, int length) throws IOException;
  }

  /** Docker's frames: one byte names the stream, four the length. */
  static void each(InputStream stream, Part part) throws IOException {
    DataInputStream frames = new DataInputStream(stream);
    byte[] header = new byte[HEADER];
    byte[] buffer = new byte[8192];
    while (frames.readNBytes(header, 0, HEADER) == HEADER) {
      long left =
          (header[4] & 0xffL) << 24
              | (header[5] & 0xff) << 16
              | (header[6] & 0xff) << 8
              | (header[7] & 0xff);
      while (left > 0) {
        int read = frames.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new EOFException("the stream ended within a frame");
        }
        part.accept(header[0] == ERROR, buffer, read);
        left -= read;
      }
    }
  }
}
