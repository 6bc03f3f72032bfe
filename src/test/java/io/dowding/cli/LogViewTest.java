package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Lines of logs")
class LogViewTest {

  private static final Map<String, String> COLOURS = Map.of("TERM", "xterm");
  private static final Map<String, String> PLAIN = Map.of("TERM", "xterm", "NO_COLOR", "1");

  private static String shown(Terminal terminal, boolean timestamps) {
    StringWriter written = new StringWriter();
    LogView view =
        new LogView(new Output(new PrintWriter(written), terminal), false, timestamps, false);
    for (String job : new String[] {"web.10", "db.1"}) {
      view.line(
          new LogLine(job, "host1", "c", Instant.parse("2026-01-01T00:00:00Z"), false, "hello"));
    }
    return written.toString();
  }

  @Test
  @DisplayName("have a prefix in the colour of their job on a terminal")
  void colours() {
    String shown = shown(Terminal.of(true, COLOURS), false);
    assertThat(shown)
        .isEqualTo(
            "%s%s%s\n%s%s%s\n"
                .formatted(
                    Style.ofName("web.10").around("web.10"),
                    Style.DIM.around(" | "),
                    "hello",
                    Style.ofName("db.1").around("db.1  "),
                    Style.DIM.around(" | "),
                    "hello"));
    assertThat(Style.ofName("web.10")).isNotEqualTo(Style.ofName("db.1"));
  }

  @Test
  @DisplayName("have no colours with NO_COLOR or without a terminal")
  void plain() {
    String plain = "web.10 | hello\ndb.1   | hello\n";
    assertThat(shown(Terminal.of(true, PLAIN), false)).isEqualTo(plain);
    assertThat(shown(Terminal.of(false, COLOURS), false)).isEqualTo(plain);
  }

  @Test
  @DisplayName("have their time where it is wanted")
  void times() {
    assertThat(shown(Terminal.NONE, true)).startsWith("web.10 | 2026-01-01T00:00:00Z hello\n");
  }
}
