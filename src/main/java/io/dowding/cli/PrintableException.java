package io.dowding.cli;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.dowding.model.Printable;
import java.util.stream.Collectors;

/**
 * {@code %printableEx}: an exception with every line indented, so that none can pass for a message.
 */
public final class PrintableException extends ThrowableProxyConverter {

  private static final int LONGEST = 1000;

  @Override
  public String convert(ILoggingEvent event) {
    return super.convert(event)
        .lines()
        .map(line -> "    " + Printable.of(line.stripLeading(), LONGEST) + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
