package io.dowding.cli;

import io.dowding.control.LastResort;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agent}: runs until stopped. */
@Command(
    name = "agent",
    description = {
      "Runs the agent until it is stopped; stopping it stops no container.",
      "SIGHUP makes it read its configuration again. If that cannot be used, it says why and keeps"
          + " the last one. On a terminal, SIGHUP ends it."
    },
    footer = {"Example:", "  dowding agent --config /etc/dowding/dowding.yaml"},
    mixinStandardHelpOptions = true)
final class AgentCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration file. Default: /etc/dowding/dowding.yaml, or config/dowding.yaml.")
  private @Nullable Path config;

  @Option(
      names = "--dev",
      description =
          "Tries dowding out on this machine: sets up etcd, a Docker Engine and a demo service.")
  private boolean dev;

  @Option(names = "--clean", description = "With --dev: also removes the containers when stopped.")
  private boolean clean;

  @Option(
      names = "--observe",
      description = "Changes nothing: logs what it would do, next to the agent that leads.")
  private boolean observe;

  @Option(
      names = "--check",
      description = "Only reads the configuration, and says what is wrong with it.")
  private boolean check;

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description =
          "text, json, or journal. Default: text on a terminal, journal under systemd, json elsewhere.")
  private AgentLog.@Nullable Format format;

  @Override
  public Integer call() throws Exception {
    LastResort.install();
    if (dev) {
      return new DevCommand(clean).call();
    }
    boolean terminal = Terminal.find().width() > 0;
    AgentLog.begin(format == null ? AgentLog.Format.find(terminal, System.getenv()) : format);
    Path file = Config.file(config);
    if (check) {
      AgentRun.read(file);
      Output.of(spec).line(file + ": ok");
      return 0;
    }
    AgentRun run = new AgentRun(file, observe);
    if (!terminal) {
      Hangup.instead(run::reload);
    }
    run.run();
    return 0;
  }

  /** Never returns: SIGTERM and Ctrl-C run {@code stop}, and the process ends. */
  static void untilStopped(Runnable stop) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    new CountDownLatch(1).await();
  }
}
