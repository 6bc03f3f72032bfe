package io.dowding.cli;

import io.dowding.compose.Durations;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code logs}: of all jobs of a service, wherever they run. */
@Command(
    name = "logs",
    description = "Shows the logs of a service: all its jobs, merged by time.",
    footer = {"Example:", "  dowding logs web -f --tail 20"},
    mixinStandardHelpOptions = true)
final class LogsCommand extends KeysCommand {

  @Parameters(
      index = "0",
      paramLabel = "SERVICE|JOB",
      completionCandidates = Completion.Jobs.class,
      description = "A service, such as web, or one of its jobs, such as web.2.")
  private String id = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Keeps printing new lines, even when jobs are replaced or move.")
  private boolean follow;

  @Option(
      names = {"-n", "--tail"},
      paramLabel = "N",
      description = "How many lines of each container. Default: all.")
  private int tail = -1;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Only lines since this age, such as 10m, or time, 2026-11-30T12:00:00Z.")
  private @Nullable Instant since;

  @Option(
      names = {"-t", "--timestamps"},
      description = "Shows the time of each line, by its host's clock.")
  private boolean timestamps;

  /** An age, or a time. */
  static final class Time implements picocli.CommandLine.ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      Duration age = Durations.parse(text);
      try {
        return age == null ? Instant.parse(text) : Instant.now().minus(age);
      } catch (DateTimeException bad) {
        throw new TypeConversionException("\"" + text + "\" is not an age or a time");
      }
    }
  }

  private boolean isUnknown(EtcdKeys keys, String service) throws Exception {
    String status = keys.get(Key.SERVICE_STATUS + service).map(EtcdKeys.Value::text).orElse("{}");
    return !written(status).path("jobs").has(id) && keys.get(Key.ALLOCATIONS + id).isEmpty();
  }

  @Override
  int run(EtcdKeys keys) throws Exception {
    String service = Names.serviceOf(id);
    if (keys.get(Key.SERVICES + service).isEmpty()
        && keys.get(Key.SERVICE_STATUS + service).isEmpty()) {
      throw new IllegalArgumentException(Missing.job(id, keys));
    }
    if (!id.equals(service) && isUnknown(keys, service)) {
      throw new IllegalArgumentException(
          "there is no job " + id + "; dowding status " + service + " shows its jobs");
    }
    LogView view = new LogView(out(), json(), timestamps, !id.equals(service));
    try (LogSources sources = new LogSources(config(), keys, id, talk())) {
      if (follow) {
        sources.follow(since, tail, view);
        return 0;
      }
      int containers = sources.merge(since, tail, view);
      if (containers == 0) {
        talk().line(id + " has no container");
        next("status " + service);
        return NO;
      }
      return sources.hasFailed() ? NO : 0;
    }
  }
}
