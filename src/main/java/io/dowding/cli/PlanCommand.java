package io.dowding.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.dowding.control.Preview;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code plan}: shows what the agent would do now and why, without doing it. */
@Command(
    name = "plan",
    description = {
      "Shows what the agent would do now and why, without doing it.",
      "Exit status: 0 nothing to do, 2 changes."
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {

  private static final int CHANGES = 2;

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration file.")
  private @Nullable Path config;

  @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these services.")
  private List<String> services = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    // The output already shows what would be logged.
    ((Logger) LoggerFactory.getLogger("dowding")).setLevel(Level.WARN);
    Preview preview = Agent.preview(Config.find(config));
    List<String> lines = PlanText.of(preview, services);
    Output.of(spec).lines(lines.isEmpty() ? List.of("nothing to do") : lines);
    return lines.isEmpty() ? 0 : CHANGES;
  }
}
