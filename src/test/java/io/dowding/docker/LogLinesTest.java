package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The logs of a container")
class LogLinesTest {

  private static final String TIME = "2026-11-30T12:00:00.000000001Z";

  private final List<String> lines = new ArrayList<>();
  private final LogLines reader =
      new LogLines((time, error, text) -> lines.add(time + (error ? " E " : " O ") + text));

  private static InputStream frames(String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : parts) {
      byte[] text = part.substring(1).getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(
          new byte[] {
            (byte) (part.charAt(0) == 'E' ? 2 : 1),
            0,
            0,
            0,
            0,
            0,
            (byte) (text.length >> 8),
            (byte) text.length
          });
      bytes.writeBytes(text);
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  @Test
  @DisplayName("are taken apart into lines of each stream, wherever frames end")
  void frames() throws IOException {
    reader.frames(
        frames("O" + TIME + " one\n" + TIME + " t", "E" + TIME + " bad\n", "Owo\n", "O" + TIME));
    assertThat(lines)
        .containsExactly(TIME + " O one", TIME + " E bad", TIME + " O two", TIME + " O ");
  }

  @Test
  @DisplayName("of a terminal have no frames")
  void plain() throws IOException {
    reader.plain(new ByteArrayInputStream((TIME + " x\r\n").getBytes(StandardCharsets.UTF_8)));
    assertThat(lines).containsExactly(TIME + " O x");
  }

  @Test
  @DisplayName("with an endless line come in pieces, with the time of its beginning")
  void endless() throws IOException {
    reader.plain(
        new ByteArrayInputStream(
            (TIME + " " + "x".repeat(200_000)).getBytes(StandardCharsets.UTF_8)));
    assertThat(lines)
        .hasSize(4)
        .allMatch(line -> line.startsWith(TIME + " O x") && line.length() < 70_000);
  }

  @Test
  @DisplayName("that end within a frame are an error")
  void cut() {
    byte[] whole = new byte[] {1, 0, 0, 0, 0, 0, 0, 9, 'x'};
    assertThatThrownBy(() -> reader.frames(new ByteArrayInputStream(whole)))
        .isInstanceOf(EOFException.class);
  }
}
