package io.dowding.it;

import static org.awaitility.Awaitility.await;

import io.dowding.docker.DemoImage;
import io.etcd.jetcd.Client;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real etcd and ten real Docker hosts, started once for all tests. A separate process waits for
 * the exit of this one, and then stops everything.
 */
final class Testbed {

  static final String IMAGE = "demo:1";
  static final int HOSTS = 10;

  private static final Testbed SHARED = new Testbed();

  private final Path root;
  private final String subnet;
  private final Path script;
  private final List<TestHost> hosts = new ArrayList<>();
  private final int etcdPort;
  private final Client client;
  private Process etcd;
  private TestRegistry registry;

  static Testbed shared() {
    return SHARED;
  }

  private Testbed() {
    List.of("dockerd", "etcd", "docker-registry", "ip", "nsenter", "busybox", "openssl")
        .forEach(Testbed::require);
    long pid = ProcessHandle.current().pid();
    try {
      root = Path.of(System.getProperty("java.io.tmpdir"), "dwt" + pid);
      subnet = "10.213." + (pid % 250 + 1);
      script = Path.of("src/test/resources/testbed.sh").toAbsolutePath();
      new ProcessBuilder("setsid", "bash", script.toString(), "reap", root.toString(), "" + pid)
          .redirectErrorStream(true)
          .redirectOutput(new File("/dev/null"))
          .start();
      Runtime.getRuntime().addShutdownHook(new Thread(this::down));
      Shell.run(
          "bash", "-c", "bash " + script + " up " + root + " " + subnet + " " + HOSTS + " <&-");
      // Below the kernel's range of ephemeral ports.
      etcdPort = 10_000 + (int) (pid % 10_000);
      etcd = startEtcd();
      client = Client.builder().endpoints(etcdEndpoint()).build();
      for (int n = 1; n <= HOSTS; n++) {
        TestHost host =
            new TestHost(
                "host" + n, subnet + ".1" + n, "v" + n + "-" + root.getFileName(), root, n);
        hosts.add(host);
      }
      for (TestHost host : hosts) {
        await().atMost(Duration.ofSeconds(60)).until(host::answers);
        DemoImage.load(host.endpoint(), IMAGE, Path.of("/bin/busybox"));
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
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
      String peer = "http://127.0.0.1:" + (etcdPort + 10_000);
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
        process.pid() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  Path root() {
    return root;
  }

  /** The address of this machine as seen from the hosts. */
  String gateway() {
    return subnet + ".1";
  }

  List<TestHost> hosts() {
    return hosts;
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
