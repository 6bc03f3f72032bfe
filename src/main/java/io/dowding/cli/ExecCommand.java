package io.dowding.cli;

import io.dowding.docker.HostEngine;
import io.dowding.docker.RemoteProcess;
import io.dowding.etcd.EtcdKeys;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code exec}: a command in the container of a job, on whichever host it is. */
@Command(
    name = "exec",
    description = {
      "Runs a command in the container of a job.",
      "Exit status: that of the command; 1 if it cannot be run."
    },
    footer = {"Example:", "  dowding exec -it web.1 -- sh"},
    mixinStandardHelpOptions = true)
final class ExecCommand extends KeysCommand {

  @Option(
      names = {"-i", "--interactive"},
      description = "Passes standard input to the command.")
  private boolean input;

  @Option(
      names = {"-t", "--tty"},
      description = "Runs it in a terminal, if this is one.")
  private boolean tty;

  @Parameters(
      index = "0",
      paramLabel = "JOB",
      completionCandidates = Completion.Jobs.class,
      description = "A job, such as web.2, or a service that has one job.")
  private String job = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "What to run.")
  private List<String> command = List.of();

  @Override
  int run(EtcdKeys keys) throws Exception {
    JobPlace place = JobPlace.of(config(), keys, job);
    boolean terminal = tty && Terminal.find().live();
    try (HostEngine engine = HostEngine.connect(place.host(), config().dockerSettings());
        RemoteProcess process = engine.exec(place.container(), command, input, terminal);
        RawTerminal raw = new RawTerminal(terminal && input)) {
      raw.size().ifPresent(size -> process.resize(size.rows(), size.columns()));
      if (input) {
        Thread.ofPlatform().daemon().name("input").start(() -> raw.copyTo(process));
      }
      process.output((error, bytes, length) -> Output.raw(error || json(), bytes, length));
      int exit = process.exitCode();
      if (json()) {
        say(List.of(), Map.of("job", place.job(), "exitCode", exit));
      }
      return exit < 0 ? NO : exit;
    }
  }
}
