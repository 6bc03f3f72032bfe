package io.dowding.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A real etcd for one test, with one or three members, into which faults can be injected. */
final class PrivateEtcd implements AutoCloseable {

  private static final int QUOTA = 64 << 20;

  private final Testbed bed = Testbed.shared();
  private final Path directory;
  private final List<Integer> clients = new ArrayList<>();
  private final List<Integer> peers = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final List<String> flags;
  private final List<String> client;
  private final String scheme;
  private int generation;

  /**
   * @param flags of each member, in addition to the usual ones
   */
  PrivateEtcd(int members, String... flags) {
    this(members, "http", List.of(flags), List.of());
  }

  /**
   * One member that clients reach only with TLS and a certificate.
   *
   * @param server with its {@code ca.pem}, {@code cert.pem} and {@code key.pem}
   * @param client the same for {@link #ctl}
   */
  static PrivateEtcd withTls(Path server, Path client) {
    return new PrivateEtcd(
        1,
        "https",
        List.of(
            "--client-cert-auth",
            "--trusted-ca-file=" + server.resolve("ca.pem"),
            "--cert-file=" + server.resolve("cert.pem"),
            "--key-file=" + server.resolve("key.pem")),
        List.of(
            "--cacert=" + client.resolve("ca.pem"),
            "--cert=" + client.resolve("cert.pem"),
            "--key=" + client.resolve("key.pem")));
  }

  private PrivateEtcd(int members, String scheme, List<String> flags, List<String> client) {
    this.flags = flags;
    this.client = client;
    this.scheme = scheme;
    directory = bed.root().resolve("etcd-" + System.nanoTime());
    for (int n = 0; n < members; n++) {
      clients.add(bed.freePort());
      peers.add(bed.freePort());
      processes.add(null);
    }
    for (int n = 0; n < members; n++) {
      start(n);
    }
  }

  private Path data(int member) {
    return directory.resolve("m" + member + "-" + generation);
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private String clientUrl(int member) {
    return scheme + "://127.0.0.1:" + clients.get(member);
  }

  private String cluster() {
    List<String> all = new ArrayList<>();
    for (int n = 0; n < peers.size(); n++) {
      all.add("m" + n + "=" + url(peers.get(n)));
    }
    return String.join(",", all);
  }

  void start(int member) {
    try {
      String client = clientUrl(member);
      String peer = url(peers.get(member));
      List<String> command =
          new ArrayList<>(
              List.of(
                  "etcd",
                  "--name=m" + member,
                  "--data-dir=" + data(member),
                  "--listen-client-urls=" + client,
                  "--advertise-client-urls=" + client,
                  "--listen-peer-urls=" + peer,
                  "--initial-advertise-peer-urls=" + peer,
                  "--initial-cluster=" + cluster(),
                  "--initial-cluster-state=new",
                  "--quota-backend-bytes=" + QUOTA));
      command.addAll(flags);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      bed.remember(process);
      processes.set(member, process);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  void kill(int member) {
    processes.get(member).destroyForcibly().onExit().join();
  }

  int members() {
    return clients.size();
  }

  /** The member that leads. */
  int leader() {
    for (int n = 0; n < members(); n++) {
      String status =
          Shell.run(
              "etcdctl", "--endpoints", url(clients.get(n)), "endpoint", "status", "-w", "fields");
      Map<String, String> fields = new HashMap<>();
      for (String line : status.lines().toList()) {
        String[] parts = line.replace("\"", "").split(" : ", 2);
        fields.put(parts[0], parts.length > 1 ? parts[1] : "");
      }
      if (fields.getOrDefault("MemberID", "a").equals(fields.get("Leader"))) {
        return n;
      }
    }
    throw new IllegalStateException("no member leads");
  }

  List<String> urls() {
    return IntStream.range(0, members()).mapToObj(this::clientUrl).toList();
  }

  String endpoints() {
    return String.join(",", urls());
  }

  /** Writes until etcd exceeds its space quota. */
  void fill() {
    Shell.run(
        "bash",
        "-c",
        "head -c 1200000 /dev/zero | tr '\\0' x > "
            + directory.resolve("value")
            + "; for n in $(seq 100); do etcdctl --endpoints "
            + endpoints()
            + " put /fill/$n < "
            + directory.resolve("value")
            + " > /dev/null 2>&1 || exit 0; done; exit 1");
  }

  /** Deletes what {@link #fill} wrote. */
  void empty() {
    ctl("del", "--prefix", "/fill/");
    ctl("compact", revision());
    for (String url : urls()) {
      Shell.run("etcdctl", "--endpoints", url, "defrag");
    }
    ctl("alarm", "disarm");
  }

  String revision() {
    return ctl("get", "/x", "-w", "fields").replaceAll("(?s).*\"Revision\" : (\\d+).*", "$1");
  }

  /** Runs etcdctl and returns its output. */
  String ctl(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("etcdctl", "--command-timeout=20s", "--endpoints", endpoints()));
    command.addAll(client);
    command.addAll(List.of(arguments));
    return Shell.run(command.toArray(String[]::new));
  }

  Path snapshot() {
    Path file = directory.resolve("snapshot-" + System.nanoTime());
    Shell.run(
        "etcdctl", "--endpoints", url(clients.getFirst()), "snapshot", "save", file.toString());
    return file;
  }

  /** Restarts etcd with the data of a snapshot, or without data if it is null. */
  void replaceData(Path snapshot) {
    for (int n = 0; n < members(); n++) {
      kill(n);
    }
    generation++;
    for (int n = 0; n < members(); n++) {
      if (snapshot != null) {
        Shell.run(
            "etcdctl",
            "snapshot",
            "restore",
            snapshot.toString(),
            "--name=m" + n,
            "--data-dir=" + data(n),
            "--initial-cluster=" + cluster(),
            "--initial-advertise-peer-urls=" + url(peers.get(n)));
      }
      start(n);
    }
  }

  @Override
  public void close() {
    processes.forEach(process -> process.destroyForcibly().onExit().join());
  }
}
