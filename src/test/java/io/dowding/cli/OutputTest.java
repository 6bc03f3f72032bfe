package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Untrusted text is escaped in terminals and logs")
class OutputTest {

  private static final String HOSTILE = "a\u001b[2Jb\nagent started\u202e\u009b";
  private static final String SHOWN = "a\\u001b[2Jb\\nagent started\\u202e\\u009b";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Output output = Output.of(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  private static LoggingEvent event(@Nullable Throwable thrown, Object... arguments) {
    Logger logger = new LoggerContext().getLogger("x");
    return new LoggingEvent("x", logger, Level.INFO, "of {}", thrown, arguments);
  }

  @Test
  @DisplayName("as a line of a command")
  void line() {
    output.lines(List.of(HOSTILE, "next"));
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(SHOWN + System.lineSeparator() + "next" + System.lineSeparator());
  }

  @Test
  @DisplayName("as JSON for programs, which read the original")
  void json() {
    output.json("{\n\"a\":\"\u202e\u009b\"\n}");
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\n\"a\":\"\\u202e\\u009b\"\n}" + System.lineSeparator());
  }

  @Test
  @DisplayName("as a log message or an exception")
  void log() {
    PrintableMessage message = new PrintableMessage();
    assertThat(message.convert(event(null, HOSTILE))).isEqualTo("of " + SHOWN);
    assertThat(message.convert(event(null, "x".repeat(1_000_000)))).hasSizeLessThan(10_000);
    PrintableException exception = new PrintableException();
    exception.start();
    assertThat(exception.convert(event(new IllegalStateException(HOSTILE), "x")).lines())
        .allMatch(line -> line.startsWith("    "))
        .noneMatch(line -> line.contains("\u001b") || line.contains("\u202e"));
  }

  @Test
  @DisplayName("by the configuration of the log")
  void configured() throws IOException {
    assertThat(Files.readString(Path.of("config/logback.xml")))
        .contains("<pattern>%d{HH:mm:ss.SSS} %-5level %printable%n%printableEx{3}</pattern>");
  }

  @Test
  @DisplayName("as a line of the audit")
  void audit() {
    LoggingEvent event = event(null, "x");
    event.addKeyValuePair(new org.slf4j.event.KeyValuePair("reason", HOSTILE));
    assertThat(AuditLog.layout("me\u202e").doLayout(event))
        .contains("a\\u001B[2Jb\\nagent started\\u202e\\u009b")
        .contains("me\\u202e")
        .endsWith("}\n")
        .matches(line -> line.indexOf('\n') == line.length() - 1, "is one line");
  }

  @Test
  @DisplayName("shortens a live table to the screen")
  void tall() {
    List<List<Cell>> lines = Collections.nCopies(30, List.of(Cell.of("x")));
    List<List<Cell>> shown = Output.shortened(lines, 24);
    assertThat(shown).hasSize(23);
    assertThat(shown.getLast().getFirst().text()).isEqualTo("and 8 more lines");
    assertThat(Output.shortened(lines, 40)).isSameAs(lines);
  }
}
