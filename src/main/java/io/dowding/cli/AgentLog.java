package io.dowding.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.systemd.Journal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** The formats of the agent's log. Text is what {@code config/logback.xml} says. */
final class AgentLog {

  private static final ObjectMapper JSON = new ObjectMapper();

  private AgentLog() {}

  /** Where the entries of a log go. */
  enum Format {
    TEXT,
    JSON,
    JOURNAL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** For people on a terminal; otherwise with fields, for programs. */
    static Format find(boolean isTerminal, Map<String, String> environment) {
      if (isTerminal) {
        return TEXT;
      }
      return Journal.isStandardOutput(environment) ? JOURNAL : JSON;
    }
  }

  /** From now on, this process logs in that format, to the standard output or the journal. */
  static void begin(Format format) {
    switch (format) {
      case TEXT -> {}
      case JSON -> replace(json(System.out));
      case JOURNAL -> replace(journal(new Journal(Journal.SOCKET), json(System.out)));
    }
  }

  private static void replace(Sink sink) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    UnsynchronizedAppenderBase<ILoggingEvent> appender =
        new UnsynchronizedAppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            sink.add(LogEntry.of(event));
          }
        };
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
  }

  /** Takes entries from any thread. */
  @FunctionalInterface
  interface Sink {
    void add(LogEntry entry);
  }

  /** One JSON object per line, in UTF-8, as JSON must be, in any locale. */
  static Sink json(PrintStream stream) {
    Output out = Output.of(new PrintStream(stream, true, StandardCharsets.UTF_8));
    return entry -> {
      try {
        out.json(JSON.writeValueAsString(entry.json()));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    };
  }

  /** While journald does not take entries, they go elsewhere. */
  static Sink journal(Journal journal, Sink otherwise) {
    return entry -> {
      try {
        journal.add(entry.journal());
      } catch (IOException away) {
        otherwise.add(entry);
      }
    };
  }
}
