package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tables")
class TableTest {

  private final StringWriter written = new StringWriter();

  private String shown(Table table, Terminal terminal) {
    new Output(new PrintWriter(written), terminal).table(table);
    return written.toString();
  }

  private static Table table() {
    return new Table("NAME", "STATE", "DETAILS")
        .row("web", Cell.state("running"), "")
        .row("a-longer-name", Cell.state("pending"), "no host fits: host1: port 80 is taken");
  }

  @Test
  @DisplayName("are as wide as what is in them, without colours where there is no terminal")
  void plain() {
    assertThat(shown(table(), Terminal.NONE))
        .isEqualTo(
            """
            NAME           STATE    DETAILS
            web            running
            a-longer-name  pending  no host fits: host1: port 80 is taken
            """);
  }

  @Test
  @DisplayName("wrap the last column at the width of a terminal")
  void wrapped() {
    assertThat(shown(table(), new Terminal(true, false, 50)))
        .isEqualTo(
            """
            NAME           STATE    DETAILS
            web            running
            a-longer-name  pending  no host fits: host1: port
                                    80 is taken
            """);
  }

  @Test
  @DisplayName("put the last column below a row that leaves no room")
  void below() {
    Table table = new Table("NAME", "DETAILS").row("n".repeat(60), "d".repeat(30) + " e");
    assertThat(shown(table, new Terminal(true, false, 80)).lines())
        .contains("n".repeat(60), "    " + "d".repeat(30) + " e")
        .allMatch(line -> line.length() <= 80);
  }

  @Test
  @DisplayName("wrap other columns, too, where they alone are too wide")
  void narrow() {
    Table table = new Table("HOST", "JOB", "AGE", "DETAILS").row("a", "j".repeat(30), "4s", "all");
    assertThat(shown(table, new Terminal(true, false, 30)))
        .isEqualTo(
            """
            HOST  JOB                AGE
                DETAILS
            a     jjjjjjjjjjjjjjjjj  4s
                  jjjjjjjjjjjjj
                all
            """);
  }

  @Test
  @DisplayName("have colours on a terminal, and never those that a name brings")
  void colours() {
    Table table = new Table("NAME").row(new Cell("a\u001b[31m", Style.BAD));
    assertThat(shown(table, new Terminal(true, true, 80)))
        .contains("\u001b[31ma\\u001b[31m\u001b[0m");
  }

  @Test
  @DisplayName("are replaced on a terminal, and follow each other elsewhere")
  void live() {
    Output output = new Output(new PrintWriter(written), new Terminal(true, false, 80));
    output.replace(new Table("A").row("1"));
    output.replace(new Table("A").row("2"));
    assertThat(written.toString()).isEqualTo("A\n1\n\u001b[2A\u001b[JA\n2\n");
  }

  @Test
  @DisplayName("know a terminal and its width by the environment")
  void terminal() {
    assertThat(Terminal.of(false, Map.of())).isEqualTo(new Terminal(false, false, 0));
    assertThat(Terminal.of(true, Map.of())).isEqualTo(new Terminal(true, true, 80));
    assertThat(Terminal.of(true, Map.of("NO_COLOR", "1", "COLUMNS", "120")))
        .isEqualTo(new Terminal(true, false, 120));
    assertThat(Terminal.of(true, Map.of("TERM", "dumb"))).isEqualTo(new Terminal(false, false, 80));
  }

  @Test
  @DisplayName("show ages in one unit, and sizes with one digit")
  void ages() {
    Instant now = Instant.parse("2026-11-30T12:00:00Z");
    assertThat(
            List.of(5, 119, 120, 7199, 7200, 172_799, 172_800).stream()
                .map(seconds -> Ages.of(now.minusSeconds(seconds), now)))
        .containsExactly("5s", "119s", "2m", "119m", "2h", "47h", "2d");
    assertThat(Ages.of(now.plusSeconds(3), now)).isEqualTo("0s");
    assertThat(Ages.of("", now)).isEqualTo("-");
    assertThat(Ages.of(Duration.ofMinutes(5))).isEqualTo("5m");
    assertThat(Ages.until("2026-11-30T12:00:04Z", now)).isEqualTo("in 5s");
    assertThat(Ages.until("2026-11-30T11:00:00Z", now)).isEqualTo("now");
    assertThat(Sizes.of(512)).isEqualTo("512 B");
    assertThat(Sizes.of(3L << 29)).isEqualTo("1.5 GiB");
  }
}
