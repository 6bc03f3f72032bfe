package io.dowding.cli;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.dowding.model.Printable;

/**
 * {@code %printable} in the log's pattern: the message on one line, escaped and limited in length.
 */
public final class PrintableMessage extends ClassicConverter {

  private static final int LONGEST = 8000;

  @Override
  public String convert(ILoggingEvent event) {
    return Printable.of(event.getFormattedMessage(), LONGEST);
  }
}
