package io.dowding.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.Container;
import io.dowding.model.Host;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One engine, for commands: lists, logs, figures, and commands in containers. It changes no
 * container. Failures are {@link IllegalStateException}s in words. Thread-safe.
 */
public final class HostEngine implements AutoCloseable {

  private static final int LONGEST_ANSWER = 32 << 20;

  private final Host host;
  private final Duration deadline;
  private final Guard guard;
  private final Connection connection;

  private HostEngine(Host host, Duration deadline, Guard guard, Connection connection) {
    this.host = host;
    this.deadline = deadline;
    this.guard = guard;
    this.connection = connection;
  }

  /**
   * Connects to a host's engine.
   *
   * @throws IllegalStateException naming the host, if it does not answer
   */
  public static HostEngine connect(Host host, DockerSettings settings) {
    Guard guard = new Guard();
    try {
      Connection connection = Connection.open(host, settings, guard, settings.call());
      return new HostEngine(host, settings.call(), guard, connection);
    } catch (Exception failed) {
      guard.close();
      throw failure(host, failed);
    }
  }

  private static IllegalStateException failure(Host host, Exception failed) {
    return failed instanceof IllegalStateException known && known.getCause() != null
        ? known
        : new IllegalStateException(host.hostname() + ": " + Failures.words(failed), failed);
  }

  /** A request to the engine. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws Exception;
  }

  private <T> T ask(Question<T> question) {
    try {
      return guard.within(deadline, question::ask);
    } catch (Exception failed) {
      throw failure(host, failed);
    }
  }

  /** All containers, in any state. */
  public List<Container> list() {
    return ask(() -> connection.engine().list());
  }

  /** How far the engine's clock is ahead of this machine's; negative if it is behind. */
  public Duration clockSkew() {
    return connection.clockSkew();
  }

  /** The memory of the host, in bytes. */
  public long memoryBytes() {
    return connection.info().memoryBytes();
  }

  /** The release of the engine. */
  public String version() {
    return connection.info().version();
  }

  /**
   * What an engine stores, in bytes. Layers that images share count once.
   *
   * @param images all layers of all images
   * @param containers what containers wrote into their own layers
   * @param volumes all volumes
   * @param cache of builds
   */
  public record Disk(long images, long containers, long volumes, long cache) {}

  /** What is stored there; engines with many containers take seconds for this. */
  public Disk disk() {
    return ask(() -> HostFigures.disk(answer("/system/df")));
  }

  /**
   * What a container uses.
   *
   * @param cpus in CPUs: 1.5 is one and a half
   * @param memoryBytes without what the kernel caches for it
   * @param memoryLimit in bytes
   * @param received and {@code sent}: bytes over all its networks since it started
   */
  public record Usage(double cpus, long memoryBytes, long memoryLimit, long received, long sent) {}

  /** Measures for about a second. */
  public Usage usage(String container) {
    return ask(() -> HostFigures.usage(answer("/containers/" + container + "/stats?stream=false")));
  }

  private Answer answer(String path) {
    byte[] body = connection.get(connection.path(path), LONGEST_ANSWER);
    if (body == null) {
      throw new IllegalStateException("there is nothing at " + path);
    }
    return Answer.parse(path, body);
  }

  /**
   * Passes on what a container wrote, each line with its time, until the end, or forever.
   *
   * @param since the earliest time, by the engine's clock; or null
   * @param tail how many lines of those before now; negative for all
   * @throws IllegalStateException if the engine refuses, or the connection breaks
   */
  public void logs(
      String container, boolean follow, @Nullable Instant since, int tail, LogLines.Sink sink) {
    String query =
        "?stdout=1&stderr=1&timestamps=1&follow="
            + (follow ? 1 : 0)
            + (tail < 0 ? "" : "&tail=" + tail)
            + (since == null
                ? ""
                : "&since=%d.%09d".formatted(since.getEpochSecond(), since.getNano()));
    try {
      boolean tty = ask(() -> isTerminal(container));
      // The beginning has a deadline; later pauses are as long as the container's.
      String path = connection.path("/containers/" + container + "/logs" + query);
      try (Exchange exchange = ask(() -> connection.stream(path))) {
        LogLines lines = new LogLines(sink);
        if (tty) {
          lines.plain(exchange.body(Long.MAX_VALUE));
        } else {
          lines.frames(exchange.body(Long.MAX_VALUE));
        }
      }
    } catch (DockerException | IOException failed) {
      throw failure(host, failed);
    }
  }

  private boolean isTerminal(String container) {
    return answer("/containers/" + container + "/json").at("Config").at("Tty").flag();
  }

  /**
   * Starts a command in a running container.
   *
   * @param input whether it reads what is written to the result
   * @param tty whether it gets a terminal
   */
  public RemoteProcess exec(String container, List<String> command, boolean input, boolean tty) {
    Map<String, Object> exec =
        Map.of(
            "AttachStdin", input,
            "AttachStdout", true,
            "AttachStderr", true,
            "Tty", tty,
            "Cmd", command);
    String id =
        ask(
            () ->
                Answer.parse(
                        "exec",
                        connection.send(
                            "POST", connection.path("/containers/" + container + "/exec"), exec))
                    .at("Id")
                    .id());
    return new RemoteProcess(
        ask(() -> connection.attach("/exec/" + id + "/start", Map.of("Detach", false, "Tty", tty))),
        tty,
        () -> ask(() -> (int) answer("/exec/" + id + "/json").at("ExitCode").number(0, 255, -1)),
        (rows, columns) ->
            ask(
                () ->
                    connection.send(
                        "POST",
                        connection.path("/exec/" + id + "/resize?h=" + rows + "&w=" + columns),
                        null)));
  }

  @Override
  public void close() {
    connection.close();
    guard.close();
  }
}
