package io.dowding.cli;

import io.dowding.docker.DemoImage;
import io.dowding.docker.LocalEngine;
import io.dowding.model.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * {@code agent --dev}: everything on this machine. Installs missing programs, starts a private
 * etcd, and a Docker Engine if none answers, creates a demo image and a demo service, and runs the
 * agent. When stopped it stops what it started; containers keep running unless {@code --clean} is
 * given.
 */
final class DevCommand implements Callable<Integer> {

  private static final String IMAGE = "dowding/demo:1";
  private static final String BASE = "/schedule";
  private static final int ETCD_PORT = 2479;
  private static final String ENDPOINT = "127.0.0.1:" + ETCD_PORT;
  private static final String DEMO =
      "{\"image\":\""
          + IMAGE
          + "\",\"command\":[\"httpd\",\"-f\",\"-p\",\"80\",\"-h\",\"/www\"],"
          + "\"ports\":[\"80\"],\"stop_signal\":\"SIGKILL\"}";

  private final boolean clean;
  private final DevDirectory place;
  private final Path directory;
  private final Servers servers;

  /** What closes the agent, and removes its containers if that is wanted; nothing until it runs. */
  private volatile Runnable closeAgent = () -> {};

  DevCommand(boolean clean) {
    this.clean = clean;
    this.place = DevDirectory.ofUser();
    this.directory = place.path();
    this.servers = new Servers(directory);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    DevEngine ofMachine = DevEngine.of(System.getenv(), System.getProperty("user.name"));
    String found = ofMachine.answering();
    List<String> programs = new ArrayList<>(List.of("etcd", "etcdctl", "busybox"));
    if (found == null) {
      ofMachine.mayStart();
      programs.add("dockerd");
      programs.add("iptables");
    }
    try (FileChannel _ = place.claim()) {
      Packages.need(programs);
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
      startEtcd();
      // On systems with systemd, installing the package has started an engine.
      found = found == null ? ofMachine.answering() : found;
      if (found == null) {
        startDocker();
      }
      String engine = found == null ? privateEngine() : found;
      makeImage(engine);
      makeService();
      Agent started = Agent.start(Config.read(configuration(engine), Map.of()));
      closeAgent = () -> close(started, engine);
      sayWhatToTry(engine, started.address());
      new CountDownLatch(1).await();
    } catch (IOException | InterruptedException | RuntimeException failed) {
      if (servers.isStopped()) {
        // It failed because it is being stopped, which ends the process.
        new CountDownLatch(1).await();
      }
      servers.stop();
      throw failed;
    }
    return 0;
  }

  private void startEtcd() throws IOException, InterruptedException {
    String url = "http://" + ENDPOINT;
    String peers = "http://127.0.0.1:" + (ETCD_PORT + 1);
    if (!Server.isRunning("etcd", directory) && etcdAnswers()) {
      throw new IllegalStateException(
          ENDPOINT
              + " is in use by another program; stop it: agent --dev needs this port for etcd");
    }
    servers.start(
        "etcd",
        List.of(
            "etcd",
            "--data-dir=" + directory.resolve("etcd"),
            "--listen-client-urls=" + url,
            "--advertise-client-urls=" + url,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=default=" + peers),
        DevCommand::etcdAnswers);
  }

  private static boolean etcdAnswers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ETCD_PORT), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private String privateEngine() {
    return "unix://" + directory.resolve("docker.sock");
  }

  private void startDocker() throws IOException, InterruptedException {
    String socket = privateEngine();
    try (LocalEngine engine = new LocalEngine(socket)) {
      servers.start(
          "dockerd",
          List.of(
              "dockerd",
              "--data-root=" + directory.resolve("docker"),
              "--exec-root=" + directory.resolve("docker-exec"),
              "--pidfile=" + directory.resolve("docker.pid"),
              "--host=" + socket,
              // Containers must survive a stop of the engine, as they survive a stop of the agent.
              "--live-restore"),
          () -> Files.exists(directory.resolve("docker.sock")) && engine.answers());
    }
  }

  private static void makeImage(String endpoint) throws IOException {
    try (LocalEngine engine = new LocalEngine(endpoint)) {
      if (!engine.hasImage(IMAGE)) {
        DemoImage.load(endpoint, IMAGE, Objects.requireNonNull(Packages.find("busybox")));
      }
    }
  }

  private static void makeService() throws IOException, InterruptedException {
    String services = BASE + "/services/";
    if (etcdctl("get", "--prefix", "--keys-only", services).isBlank()) {
      etcdctl("put", services + "hello", DEMO);
    }
  }

  private static String etcdctl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints=" + ENDPOINT));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed: " + output.strip());
    }
    return output;
  }

  private Path configuration(String engine) throws IOException {
    return Files.writeString(
        place.configuration(),
        """
        etcd:
          endpoints: %s
        baseKey: %s
        inventory:
          - hostname: %s
            docker: %s
        stateDir: %s
        http:
          listen: 127.0.0.1:0
        """
            .formatted(ENDPOINT, BASE, hostname(), engine, directory.resolve("state")));
  }

  private static String hostname() throws IOException {
    Path file = Path.of("/etc/hostname");
    String name = Files.exists(file) ? Files.readString(file).strip().toLowerCase(Locale.ROOT) : "";
    return Names.isHostname(name) ? name : "localhost";
  }

  private void sayWhatToTry(String engine, String address) {
    String etcdctl = "  etcdctl --endpoints=" + ENDPOINT;
    String web = DEMO.replace("}", ",\"deploy\":{\"replicas\":2}}");
    List<String> lines =
        List.of(
            "",
            "dowding is running. Its data is in "
                + directory
                + ", its Docker Engine at "
                + engine
                + ".",
            "The ops room, in a browser: http://" + address + "/room/",
            "Try, in another terminal:",
            "",
            "  bin/dowding status --watch",
            "  bin/dowding scale hello=3 --wait",
            "  bin/dowding explain hello.1",
            "",
            "The same with keys:",
            "",
            etcdctl + " get --prefix " + BASE + "/status/services/",
            etcdctl + " put " + BASE + "/services/web '" + web + "'",
            etcdctl + " del " + BASE + "/services/web",
            "",
            clean
                ? "Ctrl-C stops it, and removes its containers."
                : "Ctrl-C stops it; its containers keep running (agent --dev --clean removes them too).",
            "");
    Output.of(System.out).lines(lines);
  }

  /** With live-restore the engine leaves its own directory mounted on itself. */
  private void unmount() {
    try {
      new ProcessBuilder("umount", directory.resolve("docker").toString())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException notMounted) {
      // Nothing to unmount.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    closeAgent.run();
    servers.stop();
    if (clean) {
      unmount();
    }
  }

  private void close(Agent agent, String endpoint) {
    agent.close();
    String cluster = new StateDir(directory.resolve("state")).cluster();
    if (clean && cluster != null) {
      try (LocalEngine engine = new LocalEngine(endpoint)) {
        Output.of(System.out).line("removed " + engine.removeAll(cluster) + " containers");
      }
    }
  }
}
