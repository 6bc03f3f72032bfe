package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.dowding.model.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A real Docker host, with methods to inspect it and to inject faults. */
final class TestHost {

  private final String name;
  private final String address;
  private final String link;
  private final String namespace;
  private final Path root;
  private final int number;
  private final DockerClient docker;

  TestHost(String name, String address, String link, Path root, int number) {
    this.name = name;
    this.address = address;
    this.link = link;
    this.root = root;
    this.number = number;
    this.namespace = root.getFileName() + "-h" + number;
    // A Unix socket also works while the network is cut.
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(socket()).build();
    this.docker =
        DockerClientImpl.getInstance(
            config,
            new ApacheDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .connectionTimeout(Duration.ofSeconds(2))
                .responseTimeout(Duration.ofSeconds(60))
                .build());
  }

  String name() {
    return name;
  }

  String namespace() {
    return namespace;
  }

  String address() {
    return address;
  }

  String endpoint() {
    return "tcp://" + address + ":2375";
  }

  /** The endpoint that only this machine has. */
  String socket() {
    return "unix://" + root.resolve("h" + number).resolve("docker.sock");
  }

  DockerClient docker() {
    return docker;
  }

  boolean answers() {
    try {
      docker.pingCmd().exec();
      return true;
    } catch (RuntimeException notYet) {
      return false;
    }
  }

  /** All containers of a cluster. */
  List<Container> containers(String cluster) {
    return docker
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of("dowding.cluster", cluster))
        .exec();
  }

  InspectContainerResponse inspect(String id) {
    return docker.inspectContainerCmd(id).exec();
  }

  /**
   * Removes a container, and waits until it is gone, even if a stopped agent had begun to remove
   * it.
   */
  void remove(String id) {
    await().atMost(Duration.ofSeconds(30)).until(() -> removed(id));
  }

  private boolean removed(String id) {
    try {
      docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      return true;
    } catch (NotFoundException gone) {
      return true;
    } catch (ConflictException ending) {
      return false;
    }
  }

  /** Runs a container that does not belong to dowding. */
  String runStranger(String name, Map<String, String> labels) {
    String id =
        docker
            .createContainerCmd(Testbed.IMAGE)
            .withName(name)
            .withLabels(labels)
            .withCmd("serve")
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
    return id;
  }

  /** An image made from a container, which is removed again; returns its id. */
  String commit(UnaryOperator<CreateContainerCmd> change) {
    String container = change.apply(docker.createContainerCmd(Testbed.IMAGE)).exec().getId();
    String image = docker.commitCmd(container).exec();
    docker.removeContainerCmd(container).exec();
    return image;
  }

  void cut() {
    Shell.run("ip", "link", "set", link, "down");
  }

  void heal() {
    Shell.run("ip", "link", "set", link, "up");
  }

  /** Drops the packets to or from this host. */
  void deafen(Loss loss) {
    iptables("-I", loss);
  }

  void hear(Loss loss) {
    iptables("-D", loss);
  }

  private void iptables(String what, Loss loss) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace, "iptables"));
    command.addAll(
        loss == Loss.ANSWERS
            ? List.of("-w", what, "OUTPUT", "-p", "tcp", "--sport", "2375", "-j", "DROP")
            : List.of("-w", what, "INPUT", "-p", "tcp", "--dport", "2375", "-j", "DROP"));
    Shell.run(command.toArray(String[]::new));
  }

  /** The direction in which packets are dropped. */
  enum Loss {
    REQUESTS,
    ANSWERS
  }

  /** Kills the daemon and restarts it a second later. Containers keep running. */
  void killDaemon() {
    signal("KILL");
  }

  void powerOff() {
    script("off", Integer.toString(number));
  }

  /** Starts the host with its own disk or with an empty one. */
  void powerOn(boolean ownDisk) {
    String subnet = address.substring(0, address.lastIndexOf('.'));
    script("boot", subnet, Integer.toString(number), ownDisk ? "data" : "other");
    await().atMost(Duration.ofSeconds(60)).until(this::answers);
  }

  private void script(String command, String... arguments) {
    String call = "bash src/test/resources/testbed.sh " + command + " " + root + " ";
    Shell.run("bash", "-c", call + String.join(" ", arguments) + " <&-");
  }

  /** Whether a layer is being downloaded. */
  boolean isPulling() {
    Path downloads = root.resolve("h" + number).resolve("data").resolve("tmp");
    try (Stream<Path> files = Files.list(downloads)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("GetImageBlob"));
    } catch (IOException notThere) {
      return false;
    }
  }

  void fillDisk() {
    Shell.run("bash", "-c", "head -c 1G /dev/zero > " + filler() + " || true");
  }

  void emptyDisk() {
    Shell.run("rm", "-f", filler());
  }

  private String filler() {
    return root.resolve("h" + number).resolve("data").resolve("filler").toString();
  }

  /** Freezes the daemon: it accepts connections but does not answer. */
  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    for (String pid : Set.of(Shell.run("ip", "netns", "pids", namespace).split("\n", -1))) {
      if (command(pid.strip()).equals("dockerd")) {
        Shell.signal(signal, Long.parseLong(pid.strip()));
      }
    }
  }

  /** The command line of a process, or an empty string if it has exited. */
  private static String command(String pid) {
    try {
      return Files.readString(Path.of("/proc", pid, "comm")).strip();
    } catch (IOException ended) {
      return "";
    }
  }

  /** The next cluster would take them for foreign ones. */
  void removeNetworks(String cluster) {
    docker()
        .listNetworksCmd()
        .withFilter("label", List.of(Ownership.CLUSTER + "=" + cluster))
        .exec()
        .forEach(network -> docker().removeNetworkCmd(network.getId()).exec());
  }
}
