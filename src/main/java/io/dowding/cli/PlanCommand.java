package io.dowding.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.dowding.control.Preview;
import io.dowding.etcd.EtcdKeys;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code plan}: shows what the agent would do now and why, without doing it. */
@Command(
    name = "plan",
    description = {
      "Shows what the agent would do now and why, without doing it.",
      "Exit status: 0 nothing to do, 2 changes."
    },
    footer = {"Example:", "  dowding plan web"},
    mixinStandardHelpOptions = true)
final class PlanCommand extends KeysCommand {

  private static final int CHANGES = 2;

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      completionCandidates = Completion.Services.class,
      description = "Only these services.")
  private List<String> services = List.of();

  @Override
  int run(EtcdKeys keys) throws Exception {
    keys.cluster();
    // The output already shows what would be logged.
    ((Logger) LoggerFactory.getLogger("dowding")).setLevel(Level.WARN);
    Preview preview = Agent.preview(config());
    List<String> lines = PlanText.of(preview, services);
    say(
        lines.isEmpty() ? List.of("nothing to do") : lines,
        PlanText.forPrograms(preview, services));
    return lines.isEmpty() ? 0 : CHANGES;
  }
}
