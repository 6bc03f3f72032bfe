package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.InProcess;
import io.dowding.control.Event;
import io.dowding.control.Pulses;
import io.dowding.control.SteadyClock;
import io.dowding.docker.Credentials;
import io.dowding.docker.DockerEngines;
import io.dowding.docker.DockerSettings;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.tls.Authority;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An engine that is set up as tls init says")
class TlsInitIT {

  private final Testbed bed = Testbed.shared();
  private final TestHost machine = bed.hosts().getFirst();
  private final String docker = "tcp://" + machine.address() + ":2376";
  private Path directory;
  private Path files;
  private Process engine;
  private final AtomicInteger lists = new AtomicInteger();
  private volatile String lost = "";

  @BeforeEach
  void start() throws IOException {
    directory = Files.createTempDirectory(bed.root(), "tls");
    files = directory.resolve("tls");
    Path config =
        Files.writeString(
            directory.resolve("dowding.yaml"),
            "inventory: [{hostname: host1, docker: \"" + docker + "\"}]");
    String said =
        InProcess.run(
            "tls", "init", "--config", config.toString(), "--directory", files.toString());
    String daemon = said.substring(said.indexOf("\n{\n"), said.indexOf("\n}\n") + 2);
    Path etc = Files.createDirectories(directory.resolve("etc"));
    Files.writeString(etc.resolve("daemon.json"), daemon);
    Files.createDirectories(etc.resolve("tls"));
    for (String file : List.of("ca.pem", "cert.pem", "key.pem")) {
      Files.copy(files.resolve("hosts/host1").resolve(file), etc.resolve("tls").resolve(file));
    }
    engine = dockerd(etc);
  }

  /**
   * Runs it like the unit of Docker's packages: with a socket from systemd. It shares the bridge
   * with this machine's other engine: without one, it would remove that.
   */
  private Process dockerd(Path etc) throws IOException {
    Path socket = directory.resolve("fd.sock");
    String command =
        """
        mount --bind %2$s /etc/docker
        exec systemd-socket-activate -l %3$s dockerd --data-root %1$s/data --exec-root %1$s/exec \\
          --pidfile %1$s/pid --iptables=false
        """
            .formatted(directory, etc, socket);
    Process process =
        new ProcessBuilder(
                "nsenter",
                "--net=/var/run/netns/" + machine.namespace(),
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                "-ec",
                command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    bed.remember(process);
    // The first connection starts it.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () -> {
              try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                return channel.connect(UnixDomainSocketAddress.of(socket));
              }
            });
    return process;
  }

  @AfterEach
  void stop() {
    // unshare ignores a polite signal.
    engine.destroyForcibly();
    engine.onExit().join();
  }

  private static DockerSettings settings() {
    DockerSettings d = DockerSettings.DEFAULT;
    return new DockerSettings(
        d.connect(),
        d.call(),
        d.pull(),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        null,
        null,
        Credentials.OF_DOCKER,
        true,
        Policy.STRICT);
  }

  private void client(Instant until) throws IOException {
    Authority authority = Authority.read(files.resolve("ca.pem"), files.resolve("ca-key.pem"));
    Authority.Issued issued =
        authority.client("test", new Authority.Validity(until.minusSeconds(7200), until));
    Files.writeString(files.resolve("client/key.pem"), issued.key());
    Files.writeString(files.resolve("client/cert.pem"), issued.certificate());
  }

  private void follow(Scene scene) throws IOException {
    Host host =
        new Host(
            "host1",
            docker,
            Set.of(),
            Map.of(Host.CERTIFICATES, files.resolve("client").toString()));
    SteadyClock clock = new SteadyClock();
    try (DockerEngines engines =
        new DockerEngines(settings(), clock, "/schedule", new Pulses(clock))) {
      engines.follow(
          Set.of(host),
          event -> {
            switch (event) {
              case Event.HostListed _ -> lists.incrementAndGet();
              case Event.HostLost(String _, String why) -> lost = why;
              default -> {}
            }
          });
      scene.play();
    }
  }

  private interface Scene {
    void play() throws IOException;
  }

  /** Waits for the next list. */
  private void isListed() {
    int before = lists.get();
    await().atMost(SOON).until(() -> lists.get() > before);
  }

  /** Waits until the connection ends for this reason. */
  private void isLost(String why) {
    await().atMost(SOON).until(() -> lost.contains(why));
  }

  @Test
  @DisplayName("answers the agents, which take up other certificates, but not broken ones")
  void replaced() throws IOException {
    follow(
        () -> {
          isListed();
          Files.writeString(files.resolve("client/key.pem"), "-----BEGIN");
          // Each is a list of its own, a second after the one before.
          for (int n = 0; n < 3; n++) {
            isListed();
          }
          client(Instant.now().plusSeconds(3600));
          isLost("certificates were replaced");
          isListed();
        });
  }

  @Test
  @DisplayName("refuses an expired certificate, and answers as soon as there is another one")
  void expired() throws IOException {
    client(Instant.now().minusSeconds(1));
    follow(
        () -> {
          isLost("client/cert.pem, which has expired");
          client(Instant.now().plusSeconds(3600));
          isListed();
        });
  }
}
