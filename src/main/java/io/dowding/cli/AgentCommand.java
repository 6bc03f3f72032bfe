package io.dowding.cli;

import io.dowding.control.LastResort;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code agent}: the main job, until stopped. */
@Command(
    name = "agent",
    description = "Runs the agent until it is stopped; stopping it stops no container.",
    mixinStandardHelpOptions = true)
final class AgentCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The configuration; default: /etc/dowding/dowding.yaml, else config/dowding.yaml.")
  private @Nullable Path config;

  @Option(
      names = "--dev",
      description = "On this machine alone, with everything set up: etcd, a Docker Engine, a demo.")
  private boolean dev;

  @Option(names = "--clean", description = "With --dev: when stopped, removes the containers too.")
  private boolean clean;

  @Option(
      names = "--observe",
      description =
          "Decides and changes nothing: says what it would do, beside the agent that leads.")
  private boolean observe;

  @Override
  public Integer call() throws Exception {
    LastResort.install();
    if (dev) {
      return new DevCommand(clean).call();
    }
    Config found = Config.find(config);
    for (Path open : found.openSecrets(Config.file(config))) {
      log.warn("{} holds a secret and can be read by others: chmod go= {}", open, open);
    }
    Agent agent = observe ? Agent.observe(found) : Agent.start(found);
    untilStopped(agent::close);
    return 0;
  }

  /** Returns never: SIGTERM and Ctrl-C run {@code stop}, and the process ends. */
  static void untilStopped(Runnable stop) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    new CountDownLatch(1).await();
  }
}
