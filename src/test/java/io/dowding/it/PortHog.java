package io.dowding.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** A process on a host, not in a container, that listens on a port. */
final class PortHog implements AutoCloseable {

  private final Process process;

  private PortHog(Process process) {
    this.process = process;
  }

  static PortHog on(TestHost host, int port) {
    try {
      Process process =
          new ProcessBuilder(
                  "ip",
                  "netns",
                  "exec",
                  host.namespace(),
                  "busybox",
                  "httpd",
                  "-f",
                  "-p",
                  "" + port)
              .start();
      Testbed.shared().remember(process);
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  Shell.run(
                          "ip",
                          "netns",
                          "exec",
                          host.namespace(),
                          "cat",
                          "/proc/net/tcp6",
                          "/proc/net/tcp")
                      .contains(":%04X ".formatted(port)));
      return new PortHog(process);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  boolean isThere() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
