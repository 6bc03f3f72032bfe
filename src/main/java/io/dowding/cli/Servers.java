package io.dowding.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The servers that run next to the agent. They can be stopped while another thread starts one. */
final class Servers {

  private final Path directory;
  private final List<Server> started = new ArrayList<>();
  private boolean stopped;

  /**
   * @param directory receives the logs
   */
  Servers(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns when it is up.
   *
   * @param answers whether it is up
   * @throws IllegalStateException if it does not come up, or after {@link #stop}
   */
  void start(String name, List<String> command, BooleanSupplier answers)
      throws IOException, InterruptedException {
    launch(name, command).await(answers);
  }

  private synchronized Server launch(String name, List<String> command) throws IOException {
    if (stopped) {
      throw new IllegalStateException(name + " is not started: stopping");
    }
    Server server = Server.start(name, directory, command);
    started.add(server);
    return server;
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  /** Stops all, in the order of their starts. No other one starts afterwards. */
  synchronized void stop() {
    stopped = true;
    started.forEach(Server::stop);
    started.clear();
  }
}
