package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DisplayName("The Debian package, under a real systemd")
class DebianPackageIT {

  private static final int CONTAINERS = 50;
  private static final Duration SOON = Duration.ofSeconds(90);

  /** Each look at a property starts several processes. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private static final Path PACKAGES = Path.of("target/package-test");
  private static final long MOST_BYTES = 90_000_000;
  private static final String FIRST = "first.deb";
  private static final String NEXT = "next.deb";
  private static final String CONFIGURATION = "etc/dowding/dowding.yaml";
  private static final String IMAGE = "dowding:1.0";
  private static final String SCRIPT = "src/test/resources/systemd.sh";

  private final TestCluster cluster = new TestCluster(2);
  private final Path system = cluster.directory().resolve("systemd");

  /** The next version also comes with another configuration. */
  @BeforeAll
  static void build() throws IOException, InterruptedException {
    String next =
        """
        set -e
        rm -rf target/package-test
        src/package/assemble --quick --version 1.0 --out target/package-test deb tar image
        cd target/package-test
        mv dowding_1.0_*.deb first.deb
        dpkg-deb -R first.deb next
        sed -i 's/^Version: .*/Version: 1.1/' next/DEBIAN/control
        echo '# new' >> next/etc/dowding/dowding.yaml
        dpkg-deb -Znone --root-owner-group --build next next.deb
        rm -r next
        """;
    Process process =
        new ProcessBuilder("bash", "-c", next)
            .redirectErrorStream(true)
            .redirectOutput(
                Files.createDirectories(Path.of("target")).resolve("package-test.log").toFile())
            .start();
    assertThat(process.waitFor()).as("see target/package-test.log").isZero();
    assertThat(Files.size(PACKAGES.resolve(FIRST))).isLessThan(MOST_BYTES);
  }

  /** Starts a system, and installs the package in it. */
  private void boot() throws IOException {
    Files.createDirectories(system);
    script("boot");
    // Less patience than the unit has, so that the test takes less time.
    write(
        "etc/systemd/system/dowding.service.d/test.conf",
        "[Service]\nWatchdogSec=10s\nLoadCredential=secrets.key:/etc/secrets.key\n");
    // For root only.
    write("etc/secrets.key", Base64.getEncoder().encodeToString(new byte[32]));
    run("chmod", "400", "/etc/secrets.key");
    assertThat(install(FIRST)).contains("/etc/dowding/dowding.yaml, then: systemctl enable --now");
    assertThat(property("ActiveState")).isEqualTo("inactive");
    configure(TestHost::endpoint);
  }

  private void configure(Function<TestHost, String> endpoint) throws IOException {
    write(CONFIGURATION, configuration(endpoint));
  }

  private String configuration(Function<TestHost, String> endpoint) {
    StringBuilder inventory = new StringBuilder();
    for (TestHost host : cluster.hosts()) {
      inventory.append(
          "  - {hostname: %s, docker: \"%s\"}\n".formatted(host.name(), endpoint.apply(host)));
    }
    return settings() + "inventory:\n" + inventory;
  }

  /** The configuration without hosts. */
  private String settings() {
    return """
    etcd: {endpoints: "%s"}
    baseKey: %s
    leaseTtl: 4s
    settle: 300ms
    http: {listen: off}
    """
        .formatted(Testbed.shared().etcdEndpoint(), cluster.base());
  }

  /** Returns what was said. */
  private String install(String file) throws IOException {
    Path there = system.resolve("root/var").resolve(file);
    Files.copy(PACKAGES.resolve(file), there);
    String said = run("dpkg", "--force-confold", "--no-triggers", "--install", "/var/" + file);
    Files.delete(there);
    return said;
  }

  @AfterEach
  void down() {
    if (Files.exists(system)) {
      script("down");
    }
    cluster.close();
  }

  private String script(String command, String... words) {
    List<String> all = new ArrayList<>(List.of("bash", SCRIPT, command, system.toString()));
    all.addAll(List.of(words));
    return Shell.run(all.toArray(String[]::new));
  }

  private String run(String... words) {
    return script("run", words);
  }

  private void write(String file, String text) throws IOException {
    Path path = system.resolve("root").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String property(String name) {
    return run("systemctl", "show", "--property=" + name, "--value", "dowding");
  }

  private void signal(String name) {
    run("bash", "-c", "kill -" + name + " " + property("MainPID"));
  }

  private void awaitRestarts(int count) {
    await()
        .atMost(SOON)
        .pollInterval(BETWEEN_LOOKS)
        .untilAsserted(
            () -> {
              assertThat(property("NRestarts")).isEqualTo(Integer.toString(count));
              assertThat(property("SubState")).isEqualTo("running");
            });
  }

  /** The containers, each with its start. */
  private Set<String> started() {
    return cluster.containers().values().stream()
        .map(seen -> seen + " " + seen.host().inspect(seen.id()).getState().getStartedAt())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void awaitLeading() {
    String jobs = CONTAINERS + " of " + CONTAINERS + " jobs running";
    await()
        .atMost(SOON)
        .pollInterval(BETWEEN_LOOKS)
        .untilAsserted(
            () -> assertThat(property("StatusText")).isEqualTo("leading: 1 service, " + jobs));
  }

  @Test
  @DisplayName(
      "runs an agent without root, which may hang, die, read its configuration again, be upgraded, removed and purged:"
          + " no container restarts")
  void lifecycle() throws IOException {
    boot();
    run("systemctl", "enable", "--now", "--quiet", "dowding");
    assertThat(property("StatusText")).isEqualTo("leading: 0 services, 0 of 0 jobs running");
    String status = run("cat", "/proc/" + property("MainPID") + "/status");
    assertThat(status)
        .contains("Uid:\t" + run("id", "-u", "dowding"))
        .doesNotContain("Uid:\t0")
        .contains("CapEff:\t0000000000000000");
    cluster.put("services/web", service(replicas(CONTAINERS)));
    awaitLeading();
    Set<String> before = started();
    assertThat(before).hasSize(CONTAINERS);
    assertThat(run("journalctl", "--unit=dowding", "--output=cat", "DOWDING_JOB=web.1"))
        .contains("create job=web.1")
        .doesNotContain("web.2");
    assertThat(run("runuser", "-u", "dowding", "--", "dowding", "status"))
        .contains("web", CONTAINERS + "/" + CONTAINERS);

    signal("KILL");
    awaitRestarts(1);

    reloads();

    signal("STOP");
    awaitRestarts(2);
    assertThat(journal()).contains("Watchdog timeout").contains("Full thread dump");

    String configuration = Files.readString(system.resolve("root").resolve(CONFIGURATION));
    String old = property("MainPID");
    install(NEXT);
    awaitLeading();
    assertThat(property("MainPID")).isNotEqualTo(old);
    assertThat(system.resolve("root").resolve(CONFIGURATION)).hasContent(configuration);
    assertThat(run("stat", "--format=%U:%G %a", "/" + CONFIGURATION)).isEqualTo("root:dowding 640");
    assertThat(run("dpkg", "--verify", "dowding")).doesNotContain("/usr/");

    Instant stop = Instant.now();
    run("systemctl", "stop", "dowding");
    assertThat(Duration.between(stop, Instant.now())).isLessThan(Duration.ofSeconds(5));
    assertThat(property("Result")).isEqualTo("success");

    run("systemctl", "start", "dowding");
    run("dpkg", "--no-triggers", "--remove", "dowding");
    assertThat(property("ActiveState")).isEqualTo("inactive");
    assertThat(run("systemctl", "list-units", "--failed", "--no-legend")).isEmpty();
    assertThat(
            run(
                "find",
                "/usr",
                "/var/lib/dowding",
                "-name",
                "*dowding*",
                "-not",
                "-path",
                "*/dpkg/*"))
        .isEqualTo("/var/lib/dowding");
    run("dpkg", "--no-triggers", "--purge", "dowding");
    assertThat(run("find", "/usr", "/var/lib", "/etc", "-name", "*dowding*"))
        .isEqualTo("/etc/systemd/system/dowding.service.d");
    assertThat(started()).isEqualTo(before);
  }

  /** In the same process. */
  private void reloads() throws IOException {
    String process = property("MainPID");
    String first = Files.readString(system.resolve("root").resolve(CONFIGURATION));
    String file = "/run/credentials/dowding.service/secrets.key";
    String valid = first + "encryption: {keys: [{name: first, file: %s}]}\n".formatted(file);
    write(CONFIGURATION, valid + "name: second\n");
    run("systemctl", "reload", "dowding");
    awaitLeading();
    assertThat(journal()).contains("agent started name=second");

    write(CONFIGURATION, valid + "nme: third\n");
    String line = "/" + CONFIGURATION + ":" + (valid.lines().count() + 1) + ": nme: unknown";
    assertThatThrownBy(() -> run("systemctl", "reload", "dowding"));
    assertThat(property("StatusText"))
        .startsWith("leading: 1 service, ")
        .contains("; the last configuration stays in effect: " + line);
    assertThat(property("ActiveState")).isEqualTo("active");
    assertThat(journal()).contains("the last one stays in effect: correct it", line);

    write(CONFIGURATION, first);
    run("systemctl", "reload", "dowding");
    awaitLeading();
    assertThat(property("MainPID")).isEqualTo(process);
  }

  private String journal() {
    return run("journalctl", "--unit=dowding", "--output=cat");
  }

  @Test
  @DisplayName("reaches hosts through SSH with the key of its user")
  void ssh() throws IOException {
    boot();
    try (SshServers ssh = new SshServers(cluster.hosts())) {
      configure(ssh::endpoint);
      write("var/lib/dowding/.ssh/id_ed25519", ssh.key());
      write("var/lib/dowding/.ssh/known_hosts", String.join("\n", ssh.known()) + "\n");
      run("bash", "-c", "chown -R dowding: /var/lib/dowding; chmod -R go= /var/lib/dowding");
      run("systemctl", "start", "dowding");
      cluster.put("services/web", service(replicas(3)));
      cluster.awaitRunning("web");
      assertThat(programs()).filteredOn("ssh"::equals).hasSize(2);
      run("systemctl", "stop", "dowding");
      assertThat(programs()).doesNotContain("ssh").contains("systemd");
    }
  }

  @Test
  @DisplayName("sets up a cluster with one command, and adds a host with another")
  void init() throws IOException {
    boot();
    try (SshServers ssh = new SshServers(cluster.hosts())) {
      write(CONFIGURATION, settings());
      write("root/.ssh/id_ed25519", ssh.key());
      write("root/.ssh/known_hosts", String.join("\n", ssh.known()) + "\n");
      run("chmod", "600", "/root/.ssh/id_ed25519");
      // As after a boot. It empties /tmp.
      run("systemctl", "start", "sysinit.target");
      String first = ssh.endpoint(cluster.hosts().getFirst());
      String second = ssh.endpoint(cluster.hosts().getLast());

      assertThat(hostsUp(init(first))).isEqualTo(1);
      assertThat(run("cat", "/etc/dowding/inventory.yaml")).contains("docker: " + first);
      assertThat(run("stat", "--format=%U:%G %a", "/etc/dowding/inventory.yaml"))
          .isEqualTo(run("stat", "--format=%U:%G %a", "/" + CONFIGURATION));
      assertThat(run("systemctl", "is-enabled", "dowding")).isEqualTo("enabled");

      assertThat(hostsUp(init(first, second))).isEqualTo(2);
      assertThat(run("cat", "/etc/dowding/inventory.yaml").lines())
          .filteredOn(line -> line.contains("docker: "))
          .containsExactly("  docker: " + first, "  docker: " + second);
      cluster.put("services/web", service(replicas(3)));
      cluster.awaitRunning("web");
    }
  }

  /** Its first run takes minutes and needs a mirror of Debian. */
  @Test
  @EnabledIfSystemProperty(named = "fresh.debian", matches = "true")
  @DisplayName("sets up three fresh Debian systems that have only sshd, with one command")
  void fresh() throws Exception {
    boot();
    try (FreshDebian fresh = new FreshDebian(3)) {
      write(CONFIGURATION, settings());
      write("root/.ssh/id_ed25519", fresh.key());
      write("root/.ssh/known_hosts", String.join("\n", fresh.known()) + "\n");
      run("chmod", "600", "/root/.ssh/id_ed25519");
      run("systemctl", "start", "sysinit.target");
      List<String> words = new ArrayList<>(List.of("--yes"));
      words.addAll(fresh.logins());
      Instant begin = Instant.now();
      String said = init(words.toArray(String[]::new));
      Duration took = Duration.between(begin, Instant.now());
      System.out.println("dowding init took " + took.toMillis() / 1000.0 + " s");
      assertThat(hostsUp(said)).isEqualTo(3);
      // All three are on this machine: two busy processors took 75 s.
      assertThat(took).isLessThan(Duration.ofSeconds(90));
    }
  }

  private String init(String... hosts) {
    List<String> words = new ArrayList<>(List.of("env", "-u", "SUDO_USER", "dowding", "init"));
    words.addAll(List.of(hosts));
    return run(words.toArray(String[]::new));
  }

  private static long hostsUp(String said) {
    return said.lines().filter(line -> line.matches("\\S+ +up +active .*")).count();
  }

  private List<String> programs() {
    return run("bash", "-c", "cat /proc/[0-9]*/comm 2> /dev/null || true").lines().toList();
  }

  @Test
  @DisplayName("comes as an archive, too, which runs from any directory")
  void archive() throws IOException {
    Path to = Files.createDirectories(cluster.directory().resolve("archive"));
    Shell.run("bash", "-c", "tar -xf target/package-test/dowding-1.0-linux-*.tar.gz -C " + to);
    String launcher = to.resolve("dowding-1.0/bin/dowding").toString();
    assertThat(Shell.run(launcher, "--version")).isEqualTo("dowding 0.1.0");
    assertThat(Shell.run(launcher, "check", project(to).toString())).endsWith(": ok");
    assertThat(to.resolve("dowding-1.0/doc/dowding.service")).exists();
  }

  private static Path project(Path directory) throws IOException {
    return Files.writeString(
        directory.resolve("compose.yaml"), "name: shop\nservices: {web: {image: nginx:1.29}}\n");
  }

  @Test
  @DisplayName("comes as a container image, too, whose agent runs without root")
  void image() throws IOException {
    String archive =
        Shell.run("bash", "-c", "echo $PWD/target/package-test/dowding-1.0-image-*.tar.gz");
    Testbed testbed = Testbed.shared();
    TcpProxy etcd = TcpProxy.at(testbed.gateway(), testbed.etcdEndpoint());
    Path configuration =
        Files.writeString(
            cluster.directory().resolve("image.yaml"),
            configuration(TestHost::endpoint).replace(testbed.etcdEndpoint(), etcd.endpoint()));
    Path project = project(Files.createDirectories(cluster.directory().resolve("image")));
    docker("load", "--input", archive);
    assertThat(docker("run", "--rm", IMAGE, "--version")).isEqualTo("dowding 0.1.0");
    String mounted = "--volume=" + project + ":/compose.yaml";
    assertThat(docker("run", "--rm", mounted, IMAGE, "check", "/compose.yaml")).endsWith(": ok");
    assertThat(docker("run", "--rm", "--entrypoint=ssh", IMAGE, "-V")).contains("OpenSSH");
    mounted = "--volume=" + configuration + ":/etc/dowding/dowding.yaml";
    String agent = docker("run", "--detach", "--network=host", mounted, IMAGE);
    try {
      cluster.put("services/web", service(replicas(3)));
      cluster.awaitRunning("web");
      assertThat(docker("exec", agent, "cat", "/proc/1/status")).doesNotContain("Uid:\t0");
      assertThat(docker("exec", agent, "dowding", "status")).contains("web", "3/3");
    } finally {
      docker("rm", "--force", "--volumes", agent);
      etcd.close();
    }
    docker("rmi", IMAGE);
  }

  private String docker(String... words) {
    List<String> all = new ArrayList<>(List.of("docker", "--host"));
    all.add(cluster.hosts().getFirst().endpoint());
    all.addAll(List.of(words));
    return Shell.run(all.toArray(String[]::new));
  }

  @Test
  @DisplayName("waits for etcd as long as it takes, and says so")
  void withoutEtcd() throws IOException {
    boot();
    String config = system.resolve("root").resolve(CONFIGURATION).toString();
    Shell.run("sed", "-i", "s|http://127.0.0.1:[0-9]*|http://127.0.0.1:1|", config);
    write("etc/systemd/system/dowding.service.d/start.conf", "[Service]\nTimeoutStartSec=8s\n");
    run("systemctl", "daemon-reload");
    run("systemctl", "start", "--no-block", "dowding");
    await()
        .atMost(SOON)
        .pollInterval(BETWEEN_LOOKS)
        .untilAsserted(() -> assertThat(property("StatusText")).isEqualTo("waiting for etcd"));
    String first = property("MainPID");
    await()
        .during(Duration.ofSeconds(10))
        .atMost(SOON)
        .pollInterval(BETWEEN_LOOKS)
        .untilAsserted(() -> assertThat(property("SubState")).isEqualTo("start"));
    assertThat(property("MainPID")).isEqualTo(first);
  }
}
