package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.etcd.EtcdSettings;
import io.dowding.model.Host;
import io.dowding.model.SshEndpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("dowding init")
class InitTest {

  @TempDir private Path directory = Path.of("");

  private final FakeShell shell = new FakeShell();
  private final StringWriter said = new StringWriter();
  private final List<String> asked = new ArrayList<>();
  private final List<EtcdSettings> etcds = new ArrayList<>();
  private boolean agrees = true;
  private boolean etcdAnswers = true;
  private Path configuration = Path.of("");
  private Path inventory = Path.of("");

  @BeforeEach
  void install() throws IOException {
    configuration = directory.resolve("dowding.yaml");
    inventory = directory.resolve("inventory.yaml");
    Files.copy(Path.of("config/dowding.yaml"), configuration);
  }

  private List<String> init(@Nullable String etcd, boolean dryRun, String... hosts)
      throws IOException, InterruptedException {
    Init init =
        new Init(
            shell,
            new InitFiles(configuration, inventory),
            new Output(new PrintWriter(said), Terminal.NONE),
            work -> {
              asked.addAll(work);
              return agrees;
            },
            (at, _) -> {
              etcds.add(at);
              return etcdAnswers || shell.local.contains("install etcd") ? "" : "refused";
            });
    return init.run(InitCommand.endpoints(List.of(hosts)), etcd, List.of(), dryRun);
  }

  private List<String> init(String... hosts) throws IOException, InterruptedException {
    return init(null, false, hosts);
  }

  private Map<String, Host> hosts() {
    return Config.read(configuration, Map.of()).hosts(Map.of());
  }

  private Host host(String name) {
    return Objects.requireNonNull(hosts().get(name));
  }

  @Test
  @DisplayName("lets the agent log in where Docker runs, writes the inventory and starts the agent")
  void plain() throws Exception {
    FakeShell.Machine one = shell.machine("10.0.0.1", "Alpha");
    FakeShell.Machine two = shell.machine("10.0.0.2", "beta");
    assertThat(init("root@10.0.0.1", "root@10.0.0.2:2222")).containsExactly("alpha", "beta");
    assertThat(asked).isEmpty();
    assertThat(one.authorized).containsExactly(FakeShell.KEY);
    assertThat(one.changes).isEmpty();
    assertThat(two.authorized).containsExactly(FakeShell.KEY);
    assertThat(shell.known)
        .containsExactlyInAnyOrder(
            "10.0.0.1 ssh-ed25519 " + FakeShell.HOST_KEY,
            "[10.0.0.2]:2222 ssh-ed25519 " + FakeShell.HOST_KEY);
    assertThat(shell.local)
        .containsExactly("systemctl enable --quiet dowding", "systemctl restart dowding");
    assertThat(hosts()).containsOnlyKeys("alpha", "beta");
    assertThat(host("beta").docker()).isEqualTo("ssh://root@10.0.0.2:2222");
    assertThat(said.toString())
        .contains("alpha: ready, Docker 20.10.24")
        .contains("done: add alpha, beta to " + inventory)
        .contains("agent: started");
  }

  @Test
  @DisplayName("asks once before it installs anything, and does all of it if it may")
  void installs() throws Exception {
    FakeShell.Machine one = shell.machine("one", "one");
    FakeShell.Machine two = shell.machine("two", "two");
    one.docker = false;
    two.docker = false;
    two.uid = "1000";
    two.groups = "admin";
    shell.hasEtcd = false;
    etcdAnswers = false;
    assertThat(init("root@one", "admin@two")).containsExactly("one", "two");
    assertThat(asked)
        .containsExactly(
            "install docker.io with apt-get on one, two, where Docker is missing",
            "add the user admin to the group docker on two, which makes it as powerful as root there",
            "install etcd-server with apt-get on this machine, where etcd is missing");
    assertThat(one.changes).singleElement().asString().startsWith("sh -c ");
    assertThat(two.changes)
        .hasSize(2)
        .allMatch(line -> line.startsWith("sudo -n "))
        .contains("sudo -n usermod -aG docker admin");
    assertThat(shell.local).contains("install etcd", "systemctl enable --now --quiet etcd");
    assertThat(said.toString()).contains("etcdctl snapshot save");
  }

  @Test
  @DisplayName("changes nothing if it may not, or only shows what it would do")
  void refused() throws Exception {
    FakeShell.Machine one = shell.machine("one", "one");
    one.docker = false;
    etcdAnswers = false;
    String before = Files.readString(configuration);
    assertThat(init(null, true, "one")).isEmpty();
    assertThat(said.toString())
        .contains("would install docker.io with apt-get on one")
        .contains("would start etcd on this machine")
        .contains("would add one to " + inventory)
        .contains("would start the agent");
    assertThat(asked).isEmpty();
    agrees = false;
    assertThat(init("one")).isEmpty();
    assertThat(asked).hasSize(1);
    assertThat(one.changes).isEmpty();
    assertThat(one.authorized).isEmpty();
    assertThat(shell.known).isEmpty();
    assertThat(shell.local).isEmpty();
    assertThat(configuration).hasContent(before);
    assertThat(inventory).doesNotExist();
  }

  @Test
  @DisplayName("run again with more hosts adds those, and leaves the others as they are")
  void again() throws Exception {
    shell.machine("one", "one");
    shell.machine("two", "two");
    init("one");
    Files.writeString(inventory, Files.readString(inventory) + "  rack: r1\n");
    assertThat(init("one", "two", "two")).containsExactly("one", "two");
    assertThat(hosts()).containsOnlyKeys("one", "two");
    assertThat(host("one").meta()).containsEntry("rack", "r1");
    assertThat(said.toString()).contains("one: reached as root@one, ").contains("already there");
    String text = Files.readString(inventory);
    init("one");
    assertThat(inventory).hasContent(text);
  }

  @Test
  @DisplayName("names a host as it names itself, else as it was given")
  void names() throws Exception {
    shell.machine("10.0.0.1", "debian");
    shell.machine("10.0.0.2", "debian");
    shell.machine("Odd", "\u001b[31mred");
    assertThat(init("10.0.0.1", "10.0.0.2", "Odd")).containsExactly("debian", "10.0.0.2", "odd");
    assertThat(said.toString()).doesNotContain("\u001b");
    shell.machine("a::1", "debian");
    assertThatThrownBy(() -> init("[a::1]"))
        .hasMessageContaining("a::1: neither its own name \"debian\" nor \"a::1\"");
  }

  @Test
  @DisplayName("asks before it adds hosts to an inventory that a person wrote, and shows the lines")
  void ownInventory() throws Exception {
    Files.writeString(
        configuration, "# mine\ninventory:\n  - {hostname: old, docker: \"ssh://old\"}\n");
    shell.machine("one", "one");
    agrees = false;
    init("one");
    assertThat(asked)
        .containsExactly(
            "add these lines to the inventory in " + configuration + ":",
            "    - hostname: one",
            "      docker: ssh://root@one");
    assertThat(hosts()).containsOnlyKeys("old");
    agrees = true;
    init("one");
    assertThat(hosts()).containsOnlyKeys("old", "one");
    assertThat(configuration).content().startsWith("# mine\n");
    assertThat(inventory).doesNotExist();
  }

  @Test
  @DisplayName("takes another etcd, if it answers")
  void otherEtcd() throws Exception {
    shell.machine("one", "one");
    init("http://10.0.0.9:2379", false, "one");
    assertThat(Config.read(configuration, Map.of()).etcdSettings())
        .isEqualTo(EtcdSettings.at("http://10.0.0.9:2379"))
        .isEqualTo(etcds.getFirst());
    etcdAnswers = false;
    assertThatThrownBy(() -> init("http://10.0.0.8:2379", false, "one"))
        .hasMessageContaining("http://10.0.0.8:2379: refused")
        .hasMessageContaining("--etcd");
    assertThat(shell.local).doesNotContain("install etcd");
  }

  @Test
  @DisplayName("names every host that cannot be set up, and what to do, before it changes anything")
  void obstacles() {
    shell.machine("away", "away").reachable = false;
    FakeShell.Machine poor = shell.machine("poor", "poor");
    poor.docker = false;
    poor.uid = "1000";
    poor.sudo = false;
    FakeShell.Machine other = shell.machine("other", "other");
    other.docker = false;
    other.apt = false;
    FakeShell.Machine fine = shell.machine("fine", "fine");
    assertThatThrownBy(() -> init("away", "me@poor", "other", "fine"))
        .hasMessageContaining("3 problems with 4 hosts; nothing was changed");
    assertThat(said.toString())
        .contains("away: ssh: connect to host: Connection refused: start its SSH server")
        .contains("me@poor: installing Docker needs root there")
        .contains("other: Docker is missing, and so is apt-get");
    assertThat(fine.authorized).isEmpty();
    assertThat(inventory).doesNotExist();
  }

  @Test
  @DisplayName("trusts no host key but the one that the person's ssh accepted")
  void hostKey() {
    shell.machine("one", "one").scanned = "AAAAC3NzaC1lZDI1NTE5AAAAIG90aGVy";
    assertThatThrownBy(() -> init("one"))
        .hasMessageContaining("one: the host key that you accepted is not the one")
        .hasMessageContaining("the inventory was not changed");
    assertThat(shell.known).isEmpty();
    assertThat(inventory).doesNotExist();
  }

  @Test
  @DisplayName("says what is missing here")
  void here() throws IOException {
    shell.hasPackage = false;
    assertThatThrownBy(() -> init("one")).hasMessageContaining("bin/package");
    Files.writeString(configuration, "inventory: {etcd: true}");
    shell.hasPackage = true;
    assertThatThrownBy(() -> init("one")).hasMessageContaining("/schedule/inventory/<hostname>");
  }

  @Test
  @DisplayName("takes only users and hosts that cannot be options or commands")
  void arguments() {
    assertThat(InitCommand.endpoints(List.of("me@host1", "ssh://host2:22")))
        .containsExactly(new SshEndpoint("me", "host1", 0), new SshEndpoint(null, "host2", 22));
    for (String bad : List.of("-oProxyCommand=x", "me@host;id", "a b", "me@-x", "me@host:0", "")) {
      assertThatThrownBy(() -> InitCommand.endpoints(List.of(bad)))
          .as(bad)
          .hasMessageContaining("user@host");
    }
  }

  @Test
  @DisplayName("uses the ssh of the user who called sudo")
  void sudo() {
    assertThat(InitCommand.person(Map.of())).isEmpty();
    assertThat(InitCommand.person(Map.of("SUDO_USER", "root"))).isEmpty();
    assertThat(InitCommand.person(Map.of("SUDO_USER", "ada")))
        .containsExactly("runuser", "-u", "ada", "--");
  }

  @Test
  @DisplayName("finds Docker that is too old")
  void oldDocker() {
    String facts = "name=a\nuid=0\ngroups=root\ndocker=Docker version %s, build x\nend=yes\n";
    assertThat(HostFacts.of(facts.formatted("18.06.3-ce")).obstacle()).contains("too old");
    assertThat(HostFacts.of(facts.formatted("18.09.1")).obstacle()).isEmpty();
    assertThat(HostFacts.of(facts.formatted("29.1.0")).obstacle()).isEmpty();
  }
}
