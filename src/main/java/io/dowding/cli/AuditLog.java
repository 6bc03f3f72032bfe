package io.dowding.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.control.Audit;
import io.dowding.model.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** The audit on disk: {@code audit.log} in the state directory, one JSON object per line. */
final class AuditLog {

  static final String FILE = "audit.log";

  private static final FileSize MOST_OF_A_FILE = FileSize.valueOf("50MB");
  private static final FileSize MOST_OF_ALL = FileSize.valueOf("1GB");
  private static final int DAYS = 90;

  private AuditLog() {}

  /** Starts writing the audit there, with the name of the agent that acted. */
  static void begin(Path directory, String leader) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    Logger logger = context.getLogger(Audit.LOGGER);
    logger.detachAndStopAllAppenders();
    logger.setLevel(Level.INFO);
    RollingFileAppender<ILoggingEvent> appender = new PrivateAppender();
    appender.setContext(context);
    appender.setFile(directory.resolve(FILE).toString());
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling = new SizeAndTimeBasedRollingPolicy<>();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(directory.resolve("audit.%d.%i.log.gz").toString());
    rolling.setMaxFileSize(MOST_OF_A_FILE);
    rolling.setTotalSizeCap(MOST_OF_ALL);
    rolling.setMaxHistory(DAYS);
    rolling.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout(leader));
    encoder.start();
    appender.setRollingPolicy(rolling);
    appender.setEncoder(encoder);
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
  }

  /** Passes on each line, too, without its line break. */
  static void also(String leader, Consumer<String> line) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    LayoutBase<ILoggingEvent> layout = layout(leader);
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            line.accept(layout.doLayout(event).strip());
          }
        };
    appender.setContext(context);
    appender.start();
    context.getLogger(Audit.LOGGER).addAppender(appender);
  }

  /** Stops writing. */
  static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Audit.LOGGER).detachAndStopAllAppenders();
    }
  }

  /** Makes every file, including new ones, readable only by its owner. */
  private static final class PrivateAppender extends RollingFileAppender<ILoggingEvent> {
    @Override
    public void openFile(String file) throws IOException {
      PrivateFiles.make(Path.of(file));
      super.openFile(file);
    }
  }

  static LayoutBase<ILoggingEvent> layout(String leader) {
    LayoutBase<ILoggingEvent> layout = new JsonLine(leader);
    layout.start();
    return layout;
  }

  private static final class JsonLine extends LayoutBase<ILoggingEvent> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final String leader;

    JsonLine(String leader) {
      this.leader = leader;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
      ObjectNode line = JSON.createObjectNode();
      line.put("time", event.getInstant().toString());
      line.put("leader", leader);
      event.getKeyValuePairs().forEach(pair -> line.putPOJO(pair.key, pair.value));
      return Printable.json(line.toString()) + "\n";
    }
  }
}
