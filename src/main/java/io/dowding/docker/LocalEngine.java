package io.dowding.docker;

import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** An engine on this machine, to set up and tear down trial runs. */
public final class LocalEngine implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Host host;
  private final Guard guard = new Guard();

  /**
   * @param endpoint such as {@code unix:///var/run/docker.sock}; no request is made yet
   */
  public LocalEngine(String endpoint) {
    this.host = new Host("local", endpoint, Set.of(), Map.of());
  }

  /** Whether an engine answers. */
  public boolean answers() {
    try {
      return ask(connection -> true);
    } catch (IllegalStateException silence) {
      return false;
    }
  }

  public boolean hasImage(String image) {
    return ask(connection -> connection.engine().image(image) != null);
  }

  /**
   * Removes every container of a cluster, running or not; volumes stay.
   *
   * @return how many there were
   */
  public int removeAll(String cluster) {
    return ask(
        connection -> {
          int removed = 0;
          for (Container found : connection.engine().list()) {
            if (Ownership.of(found, cluster) != null) {
              String path = "/containers/" + found.id() + "?force=true&v=true";
              connection.send("DELETE", connection.path(path), null);
              removed++;
            }
          }
          return removed;
        });
  }

  private <T> T ask(Function<Connection, T> question) {
    try {
      return guard.within(
          DEADLINE,
          () -> {
            try (Connection connection = new Connection(host, DockerSettings.DEFAULT)) {
              return question.apply(connection);
            }
          });
    } catch (Exception failed) {
      throw new IllegalStateException(host.docker() + ": " + Failures.words(failed), failed);
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
