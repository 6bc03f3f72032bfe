package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.dowding.cli.AgentLog.Format;
import io.dowding.systemd.Journal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLogTest {

  @TempDir private Path directory;

  private static LogEntry entry(
      Level level, String message, @Nullable Throwable thrown, Object... arguments) {
    LoggingEvent event =
        new LoggingEvent(
            "test", new LoggerContext().getLogger("dowding"), level, message, thrown, arguments);
    event.setInstant(Instant.parse("2026-12-01T14:05:10.25Z"));
    return LogEntry.of(event);
  }

  @Test
  @DisplayName("in JSON, each named argument is a field beside the message")
  void json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AgentLog.json(new PrintStream(out))
        .add(
            entry(
                Level.INFO,
                "{} job={} host={} reason=\"{}\"",
                null,
                "start",
                "web.1",
                "host1",
                "it \"stopped\""));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            """
            {"time":"2026-12-01T14:05:10.250Z","level":"info",\
            "message":"start job=web.1 host=host1 reason=\\"it \\"stopped\\"\\"",\
            "job":"web.1","host":"host1","reason":"it \\"stopped\\""}""");
  }

  @Test
  @DisplayName("JSON is in UTF-8, also in a locale that has only ASCII, as under systemd")
  void utf8() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AgentLog.json(new PrintStream(out, true, StandardCharsets.US_ASCII))
        .add(entry(Level.INFO, "größer …", null));
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"message\":\"größer …\"");
  }

  @Test
  @DisplayName("in the journal, fields have the prefix DOWDING_ and a level its severity")
  void journal() {
    assertThat(entry(Level.WARN, "host lost host={}", null, "host1").journal())
        .isEqualTo(
            Map.of(
                "MESSAGE",
                "host lost host=host1",
                "PRIORITY",
                "4",
                "SYSLOG_IDENTIFIER",
                "dowding",
                "DOWDING_HOST",
                "host1"));
  }

  @Test
  @DisplayName("an exception has its trace, and untrusted text is escaped everywhere")
  void exception() {
    LogEntry bug =
        entry(Level.ERROR, "failed host={}", new IllegalStateException("a\u001bb"), "h\n1");
    assertThat(bug.fields()).isEqualTo(Map.of("host", "h\\n1"));
    assertThat(bug.message()).isEqualTo("failed host=h\\n1");
    assertThat(bug.trace())
        .contains("IllegalStateException: a\\u001bb")
        .contains("at io.dowding.cli.AgentLogTest");
    assertThat(bug.json()).containsEntry("trace", bug.trace());
    assertThat(bug.journal().get("MESSAGE")).startsWith("failed host=h\\n1\n").contains("at io");
  }

  @Test
  @DisplayName("a field cannot replace the time, the level or the message")
  void reserved() {
    assertThat(entry(Level.INFO, "x level={}", null, "none").json()).containsEntry("level", "info");
  }

  @Test
  @DisplayName("while journald is away, entries go elsewhere")
  void away() {
    List<String> elsewhere = new ArrayList<>();
    Journal journal = new Journal(directory.resolve("absent").toString());
    AgentLog.journal(journal, lost -> elsewhere.add(lost.message()))
        .add(entry(Level.INFO, "x", null));
    assertThat(elsewhere).containsExactly("x");
  }

  @Test
  @DisplayName("people on a terminal get text; what a program reads has fields")
  void format() {
    assertThat(Format.find(true, Map.of())).isEqualTo(Format.TEXT);
    assertThat(Format.find(false, Map.of())).isEqualTo(Format.JSON);
    assertThat(Format.find(false, Map.of("JOURNAL_STREAM", "8:1"))).isEqualTo(Format.JSON);
  }
}
