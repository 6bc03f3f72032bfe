package io.dowding.it;

import static org.awaitility.Awaitility.await;

import io.dowding.docker.DemoImage;
import io.etcd.jetcd.Client;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real etcd and up to ten real Docker hosts, started once for all tests of this JVM. Hosts start
 * when a test first needs them. A separate process waits for the exit of this one, and then stops
 * everything.
 *
 * <p>Each testbed on a machine has a number of its own, from which its directory, subnet and ports
 * follow, so that several JVMs can run tests at the same time.
 */
final class Testbed {

  static final String IMAGE = "demo:1";
  static final int HOSTS = 10;

  /** Most tests need these. */
  private static final int FIRST_HOSTS = 3;

  private static final int MOST_BEDS = 200;

  /** All ports are below the kernel's range of ephemeral ports. */
  private static final int FIRST_PORT = 10_000;

  private static final int PORTS = 100;

  private static final Testbed SHARED = new Testbed();

  private final int number;
  private final Path root;
  private final String subnet;
  private final Path script;
  private final List<TestHost> hosts = new ArrayList<>();
  private final int etcdPort;
  private final int etcdPeerPort;
  private final Client client;
  private int ports;
  private Process etcd;
  private TestRegistry registry;

  static Testbed shared() {
    return SHARED;
  }

  private Testbed() {
    List.of("dockerd", "etcd", "docker-registry", "ip", "nsenter", "busybox", "openssl", "sshd")
        .forEach(Testbed::require);
    long pid = ProcessHandle.current().pid();
    try {
      number = claim();
      root = directory(number);
      subnet = "10.213." + number;
      script = Path.of("src/test/resources/testbed.sh").toAbsolutePath();
      new ProcessBuilder("setsid", "bash", script.toString(), "reap", root.toString(), "" + pid)
          .redirectErrorStream(true)
          .redirectOutput(new File("/dev/null"))
          .start();
      Runtime.getRuntime().addShutdownHook(new Thread(this::down));
      script("up", subnet);
      etcdPort = freePort();
      etcdPeerPort = freePort();
      etcd = startEtcd();
      client = Client.builder().endpoints(etcdEndpoint()).build();
      hosts(FIRST_HOSTS);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static Path directory(int number) {
    return Path.of(System.getProperty("java.io.tmpdir"), "dwt" + number);
  }

  /** Takes a number by creating its directory, which goes last when the testbed is removed. */
  private static int claim() throws IOException {
    for (int number = 1; number <= MOST_BEDS; number++) {
      try {
        Files.createDirectory(directory(number));
        return number;
      } catch (FileAlreadyExistsException taken) {
        // By another JVM, or left over.
      }
    }
    throw new IllegalStateException("all testbeds are taken, up to " + directory(MOST_BEDS));
  }

  private void script(String command, String... arguments) {
    String call = "bash " + script + " " + command + " " + root + " ";
    Shell.run("bash", "-c", call + String.join(" ", arguments) + " <&-");
  }

  private static void require(String command) {
    boolean found =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    if (!found) {
      throw new IllegalStateException(
          command + " is not installed; bin/test installs all that the tests need");
    }
  }

  private void down() {
    client.close();
    Shell.run("bash", script.toString(), "down", root.toString());
  }

  private Process startEtcd() {
    try {
      String url = etcdEndpoint();
      String peer = "http://127.0.0.1:" + etcdPeerPort;
      Process process =
          new ProcessBuilder(
                  "etcd",
                  "--data-dir=" + root.resolve("etcd"),
                  "--listen-client-urls=" + url,
                  "--advertise-client-urls=" + url,
                  "--listen-peer-urls=" + peer,
                  "--initial-advertise-peer-urls=" + peer,
                  "--initial-cluster=default=" + peer)
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("etcd.log").toFile())
              .start();
      remember(process);
      return process;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Has a process killed at the end, even if this JVM crashes. */
  void remember(Process process) throws IOException {
    Files.writeString(
        root.resolve("pids"),
        process.pid() + " " + startOf(process) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** With it, a later process with the same number is not taken for this one. */
  private static String startOf(Process process) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.replaceFirst(".*\\) (\\S+ ){19}(\\d+) (?s:.*)", "$2");
    } catch (NoSuchFileException ended) {
      return "ended";
    }
  }

  Path root() {
    return root;
  }

  /** The first three numbers of the addresses of hosts. */
  String subnet() {
    return subnet;
  }

  /** The address of this machine as seen from the hosts. */
  String gateway() {
    return subnet + ".1";
  }

  /** The hosts that have been started. */
  synchronized List<TestHost> hosts() {
    return List.copyOf(hosts);
  }

  /** The first hosts. Starts those that have not been started yet. */
  synchronized List<TestHost> hosts(int count) {
    List<TestHost> more = new ArrayList<>();
    for (int n = hosts.size() + 1; n <= count; n++) {
      script("host", subnet, Integer.toString(n));
      more.add(
          new TestHost("host" + n, subnet + ".1" + n, "v" + n + "-" + root.getFileName(), root, n));
    }
    for (TestHost host : more) {
      await().atMost(Duration.ofSeconds(60)).until(host::answers);
      try {
        DemoImage.load(host.endpoint(), IMAGE, Path.of("/bin/busybox"));
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
      hosts.add(host);
    }
    return List.copyOf(hosts.subList(0, count));
  }

  /** A port of this machine that no other testbed uses. */
  synchronized int freePort() {
    for (int tried = 0; tried < PORTS; tried++) {
      int port = FIRST_PORT + number * PORTS + ports++ % PORTS;
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException inUse) {
        // Perhaps by a server that an earlier test has not stopped yet.
      }
    }
    throw new IllegalStateException("no port of testbed " + number + " is free");
  }

  TestHost host(String name) {
    return hosts.get(Integer.parseInt(name.substring("host".length())) - 1);
  }

  String etcdEndpoint() {
    return "http://127.0.0.1:" + etcdPort;
  }

  Client etcd() {
    return client;
  }

  synchronized TestRegistry registry() {
    if (registry == null) {
      registry = new TestRegistry(this);
    }
    return registry;
  }

  /** The name of the demo image in the registry. */
  String registryImage(String name) {
    return registry().push(hosts.getFirst(), IMAGE, name);
  }

  void killEtcd() {
    etcd.destroyForcibly().onExit().join();
  }

  void restartEtcd() {
    etcd = startEtcd();
  }
}
