package io.dowding.it;

import static org.awaitility.Awaitility.await;

import io.dowding.docker.DockerSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A real sshd on each host, with a key of its own, where one user may log in. */
final class SshServers implements AutoCloseable {

  private final Path directory;
  private final Map<String, Process> servers = new TreeMap<>();
  private final Map<String, Integer> ports = new TreeMap<>();
  private final List<String> known = new ArrayList<>();

  /**
   * @param lines for sshd's configuration
   */
  SshServers(List<TestHost> hosts, String... lines) {
    try {
      directory = Files.createTempDirectory(Testbed.shared().root(), "ssh");
      // sshd wants an empty directory.
      Files.createDirectories(Path.of("/run/sshd"));
      key("user");
      key("stranger");
      for (TestHost host : hosts) {
        start(host, lines);
      }
      writeConfig("user", known);
    } catch (IOException broken) {
      throw new java.io.UncheckedIOException(broken);
    }
  }

  private void key(String name) {
    String file = directory.resolve(name).toString();
    Shell.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
  }

  private void start(TestHost host, String... lines) throws IOException {
    key(host.name());
    int port = Testbed.shared().freePort();
    ports.put(host.name(), port);
    String key = Files.readString(directory.resolve(host.name() + ".pub"));
    known.add("[" + host.address() + "]:" + port + " " + key.strip());
    // That of this machine's user is not for tests.
    Path home = Files.createDirectory(directory.resolve(host.name() + "-home"));
    Path config =
        Files.writeString(
            directory.resolve(host.name() + ".conf"),
            """
            ListenAddress %s:%d
            HostKey %s
            AuthorizedKeysFile %s %s/.ssh/authorized_keys
            SetEnv DOCKER_HOST=%s HOME=%s
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            %s
            """
                .formatted(
                    host.address(),
                    port,
                    directory.resolve(host.name()),
                    directory.resolve("user.pub"),
                    home,
                    host.socket(),
                    home,
                    String.join("\n", lines)));
    Process server =
        new ProcessBuilder(
                "nsenter",
                "--net=/var/run/netns/" + host.namespace(),
                "/usr/sbin/sshd",
                "-D",
                "-e",
                "-f",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File(directory.toFile(), host.name() + ".log"))
            .start();
    Testbed.shared().remember(server);
    servers.put(host.name(), server);
    await().atMost(Duration.ofSeconds(20)).until(() -> answers(host, port));
  }

  private static boolean answers(TestHost host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.address(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Replaces the configuration of the ssh that connects. */
  void writeConfig(String key, List<String> knownHosts) throws IOException {
    Files.write(directory.resolve("known_hosts"), knownHosts);
    Files.writeString(
        config(),
        """
        Host *
          IdentityFile %s
          IdentitiesOnly yes
          UserKnownHostsFile %s
          GlobalKnownHostsFile none
        """
            .formatted(directory.resolve(key), directory.resolve("known_hosts")),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** From now on, a host is reached over another one. */
  void jump(TestHost over, TestHost to) throws IOException {
    String lines =
        "Host %s\n  ProxyJump %s\n"
            .formatted(to.address(), endpoint(over).substring("ssh://".length()));
    Files.writeString(config(), lines + Files.readString(config()));
  }

  /** The right known hosts. */
  List<String> known() {
    return List.copyOf(known);
  }

  /** The private key of the user who may log in. */
  String key() throws IOException {
    return Files.readString(directory.resolve("user"));
  }

  /** The configuration of the ssh that connects. */
  Path config() {
    return directory.resolve("config");
  }

  DockerSettings settings() {
    return DockerSettings.QUICK.withSshConfig(config());
  }

  String endpoint(TestHost host) {
    return "ssh://root@" + host.address() + ":" + ports.get(host.name());
  }

  /** An inventory of these hosts. */
  String inventory(List<TestHost> hosts) {
    StringBuilder lines = new StringBuilder();
    for (TestHost host : hosts) {
      lines.append("- {hostname: %s, docker: \"%s\"}\n".formatted(host.name(), endpoint(host)));
    }
    return lines.toString();
  }

  /** The processes of this machine's ssh, no matter who started them. */
  List<ProcessHandle> clients() {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              String line = process.info().commandLine().orElse("");
              return line.contains("ssh ") && line.contains(" -F " + config() + " ");
            })
        .toList();
  }

  /** The programs that run on a host, besides its engine. */
  static List<String> programs(TestHost host) {
    List<String> names = new ArrayList<>();
    for (String pid : Set.of(Shell.run("ip", "netns", "pids", host.namespace()).split("\n", -1))) {
      ProcessHandle.of(Long.parseLong(pid.strip()))
          .flatMap(process -> process.info().command())
          .map(command -> Path.of(command).getFileName().toString())
          .ifPresent(names::add);
    }
    return names;
  }

  @Override
  public void close() {
    clients().forEach(ProcessHandle::destroyForcibly);
    servers.values().forEach(Process::destroyForcibly);
    servers.values().forEach(server -> server.onExit().join());
  }
}
