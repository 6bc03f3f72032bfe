package io.dowding.cli;

import io.dowding.compose.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of commands that can wait for what they changed. */
final class WaitOptions {

  @Option(
      names = "--wait",
      description = {
        "Waits until all jobs are good, and shows the progress.",
        "Exit status: 0 good, 1 failed, 3 not within --timeout."
      })
  private boolean wanted;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Waits, but not longer than this, such as 90s. Default: 5m.")
  private @Nullable Duration limit;

  /** As in Compose; a plain number is seconds. */
  static final class Time implements picocli.CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      Duration time = Durations.parse(text);
      if (time == null) {
        throw new TypeConversionException("\"" + text + "\" is not a time such as 90s or 5m");
      }
      return time;
    }
  }

  boolean wanted() {
    return wanted || limit != null;
  }

  Duration limit() {
    return limit == null ? Duration.ofMinutes(5) : limit;
  }
}
