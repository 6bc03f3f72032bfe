package io.dowding.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.dowding.model.Printable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry of the agent's log for programs. Its fields are the named arguments of the message:
 * {@code "start job={} host={}"} has {@code job} and {@code host}.
 *
 * @param trace of an exception, or empty
 */
record LogEntry(
    Instant time, Level level, String message, String trace, Map<String, String> fields) {

  private static final int LONGEST = 8000;
  private static final int LONGEST_TRACE = 50_000;
  private static final Pattern ARGUMENT = Pattern.compile("(?:\\b([a-z]++)=\"?)?\\{}");

  /** The severities of syslog. */
  private static final Map<Level, String> PRIORITIES =
      Map.of(Level.ERROR, "3", Level.WARN, "4", Level.INFO, "6");

  private static final String DEBUG = "7";

  static LogEntry of(ILoggingEvent event) {
    return new LogEntry(
        event.getInstant(),
        event.getLevel(),
        Printable.of(event.getFormattedMessage(), LONGEST),
        trace(event),
        fields(event));
  }

  private static Map<String, String> fields(ILoggingEvent event) {
    Map<String, String> fields = new LinkedHashMap<>();
    Object[] arguments = event.getArgumentArray();
    if (arguments != null) {
      Matcher argument = ARGUMENT.matcher(event.getMessage());
      for (int i = 0; i < arguments.length && argument.find(); i++) {
        String name = argument.group(1);
        if (name != null) {
          fields.put(name, Printable.of(String.valueOf(arguments[i]), LONGEST));
        }
      }
    }
    return fields;
  }

  private static String trace(ILoggingEvent event) {
    PrintableException exception = new PrintableException();
    exception.start();
    String trace = exception.convert(event).stripTrailing();
    return trace.substring(0, Math.min(trace.length(), LONGEST_TRACE));
  }

  /** For JSON; the names are those of the fields. */
  Map<String, String> json() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("time", time.toString());
    all.put("level", level.toString().toLowerCase(Locale.ROOT));
    all.put("message", message);
    fields.forEach(all::putIfAbsent);
    if (!trace.isEmpty()) {
      all.putIfAbsent("trace", trace);
    }
    return all;
  }

  /** For journald; fields begin with {@code DOWDING_}. */
  Map<String, String> journal() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("MESSAGE", trace.isEmpty() ? message : message + "\n" + trace);
    all.put("PRIORITY", PRIORITIES.getOrDefault(level, DEBUG));
    all.put("SYSLOG_IDENTIFIER", "dowding");
    fields.forEach((name, value) -> all.put("DOWDING_" + name.toUpperCase(Locale.ROOT), value));
    return all;
  }
}
