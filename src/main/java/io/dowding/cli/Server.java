package io.dowding.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server that runs next to the agent; started, or still running from an earlier start. */
final class Server {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final String name;
  private final ProcessHandle process;
  private final Path log;

  private Server(String name, ProcessHandle process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it, or finds the one that still runs.
   *
   * @param directory receives {@code <name>.pid} and {@code <name>.log}
   */
  static Server start(String name, Path directory, List<String> command) throws IOException {
    Path pid = directory.resolve(name + ".pid");
    Path log = directory.resolve(name + ".log");
    ProcessHandle process = running(name, pid);
    if (process == null) {
      // In its own session: a Ctrl-C in the terminal goes to the agent, which stops things in
      // order.
      List<String> detached = new ArrayList<>(List.of("setsid"));
      detached.addAll(command);
      ProcessBuilder starting =
          new ProcessBuilder(detached)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      starting.environment().put("PATH", Packages.path());
      process = starting.start().toHandle();
      Files.writeString(pid, Long.toString(process.pid()));
    }
    return new Server(name, process, log);
  }

  /**
   * @param answers whether it is up
   * @throws IllegalStateException with the last line of its log, if it does not come up
   */
  void await(BooleanSupplier answers) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    // Something else may answer at its address, so it must also be alive.
    while (!process.isAlive() || !answers.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            name + " did not start; the last line of " + log + ": " + last(log));
      }
      Thread.sleep(LOOK);
    }
  }

  /** Whether one of an earlier start still runs. */
  static boolean isRunning(String name, Path directory) throws IOException {
    return running(name, directory.resolve(name + ".pid")) != null;
  }

  private static @Nullable ProcessHandle running(String name, Path pid) throws IOException {
    if (!Files.exists(pid)) {
      return null;
    }
    String number = Files.readString(pid).strip();
    if (!number.matches("\\d{1,18}")) {
      return null;
    }
    return ProcessHandle.of(Long.parseLong(number))
        .filter(process -> process.info().command().orElse("").endsWith("/" + name))
        .orElse(null);
  }

  private static String last(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.isEmpty() ? "it is empty" : lines.getLast();
  }

  void stop() {
    process.destroy();
    try {
      process.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException hangs) {
      Output.of(System.err).line(name + " does not stop; killing it");
      process.destroyForcibly();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
