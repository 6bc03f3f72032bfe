package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.compose.InventoryReader;
import io.dowding.compose.yaml.Source;
import io.dowding.docker.DockerSettings;
import io.dowding.etcd.EtcdSettings;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.Resources;
import io.dowding.model.Right;
import io.dowding.plan.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {

  @TempDir private Path directory = Path.of("");

  private Config read(String text, Map<String, String> environment) throws IOException {
    return Config.read(Files.writeString(directory.resolve("dowding.yaml"), text), environment);
  }

  @Test
  @DisplayName("every setting has a default")
  void defaults() throws IOException {
    Config config = read("", Map.of());
    assertThat(config.etcdSettings()).isEqualTo(EtcdSettings.at("http://127.0.0.1:2379"));
    assertThat(config.base()).isEqualTo("/schedule");
    assertThat(config.settings()).isEqualTo(Settings.DEFAULT);
    assertThat(config.state()).isEqualTo(Path.of("/var/lib/dowding"));
  }

  @Test
  @DisplayName("endpoints are a list or separated by commas, URLs or host:port")
  void endpoints() throws IOException {
    assertThat(read("etcd:\n  endpoints: a:1, http://b:2\n", Map.of()).etcdSettings().endpoints())
        .isEqualTo(List.of("http://a:1", "http://b:2"));
    assertThat(read("etcd:\n  endpoints:\n  - a:1\n", Map.of()).etcdSettings().endpoints())
        .isEqualTo(List.of("http://a:1"));
  }

  @Test
  @DisplayName("the environment overrides the file")
  void environment() throws IOException {
    Config config =
        read(
            "baseKey: /a\nreschedule: 5s\n",
            Map.of(
                "DOWDING_ETCD_ENDPOINTS", "c:3",
                "DOWDING_BASE_KEY", "/b",
                "DOWDING_DOCKER_CALL_TIMEOUT", "7s"));
    assertThat(config.etcdSettings().endpoints()).isEqualTo(List.of("http://c:3"));
    assertThat(config.base()).isEqualTo("/b");
    assertThat(config.settings().grace()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.dockerSettings().call()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  @DisplayName("the agent answers over HTTP on the loopback, elsewhere, or not at all")
  void http() throws IOException {
    assertThat(read("", Map.of()).httpPart().address()).hasToString("/127.0.0.1:9311");
    assertThat(read("http: {listen: \"[::1]:0\"}", Map.of()).httpPart().address().getPort())
        .isZero();
    assertThat(read("http: {listen: off}", Map.of()).httpPart().isOff()).isTrue();
    assertThat(read("", Map.of("DOWDING_HTTP_LISTEN", "off")).httpPart().isOff()).isTrue();
  }

  @Test
  @DisplayName("the ops room's token is read from its file whenever it is needed")
  void roomToken() throws IOException {
    assertThat(read("", Map.of()).httpPart().token()).isNull();
    Path file = directory.resolve("token");
    HttpPart part = read("http: {tokenFile: " + file + "}", Map.of()).httpPart();
    assertThatThrownBy(part::token)
        .hasMessage("http.tokenFile: " + file + " cannot be read: there is no such file");
    Files.writeString(file, "too short\n");
    assertThatThrownBy(part::token)
        .hasMessage(
            "http.tokenFile: "
                + file
                + " has fewer than 16 characters: openssl rand -hex 16 > "
                + file);
    Files.writeString(file, "0123456789abcdef\n");
    assertThat(part.token()).isEqualTo("0123456789abcdef");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(
            read("http: {tokenFile: " + file + "}", Map.of())
                .openSecrets(directory.resolve("dowding.yaml")))
        .containsExactly(file);
  }

  @Test
  @DisplayName("the certificates that expire are those of the agent itself")
  void certificates() throws IOException {
    assertThat(read("", Map.of()).certificates()).isEmpty();
    assertThat(
            read(
                    "docker: {certificates: /d}\netcd: {certificate: /e/c.pem, key: /e/k.pem}",
                    Map.of())
                .certificates())
        .isEqualTo(Map.of("docker", Path.of("/d/cert.pem"), "etcd", Path.of("/e/c.pem")));
  }

  @ParameterizedTest
  @DisplayName("an unknown or invalid setting is an error with its line")
  @CsvSource(
      delimiter = '|',
      value = {
        "baseKey: /a;colour: red     | dowding.yaml:2: colour: unknown setting",
        "basekey: /a                 | dowding.yaml:1: basekey: unknown setting; did you mean baseKey?",
        "leaseTtl: 5                 | dowding.yaml:1: leaseTtl: 5 has no unit; write 5s for seconds",
        "leaseTtl: 1s                | dowding.yaml:1: leaseTtl: is less than 2s",
        "reserve:;  cpus: x          | dowding.yaml:2: reserve.cpus: \"x\" is not a number of CPUs",
        "policy:;  allow:;  - {}     | dowding.yaml:3: policy.allow.0: has no services",
        "docker:;  registries:;  - {}| dowding.yaml:3: docker.registries.0: needs address",
        "docker: {registries: [{a: 1}]} | dowding.yaml:1: docker.registries.0.a: unknown setting",
        "a: 1;a: 2                   | dowding.yaml:2:1: \"a\" is here twice, first in line 1",
        "[a]                         | dowding.yaml:1:1: is not a list of settings",
        "a: 1;---;b: 2               | dowding.yaml:3:1: a second document begins here",
        "etcd: {user: u}             | dowding.yaml:1: etcd: needs both user, and password or passwordFile",
        "etcd: {passwordFile: /p}    | dowding.yaml:1: etcd: needs both user, and password or passwordFile",
        "etcd: {certificate: /c}     | dowding.yaml:1: etcd: needs both certificate and key",
        "etcd: {user: u, password: p, passwordFile: /p} | dowding.yaml:1: etcd.passwordFile: there is a password, too",
        "etcd:;  endpoint: x         | dowding.yaml:2: etcd.endpoint: unknown setting",
        "baseKey: /a;nope: 1;#       | dowding.yaml:2: nope: unknown setting",
        "reschedule: soon            | dowding.yaml:1: reschedule: \"soon\" is not a duration",
        "etcd: {endpoints: []}       | dowding.yaml:1: etcd.endpoints: \"\" is not such as http://127.0.0.1:2379",
        "etcd:;  endpoints: a:b      | dowding.yaml:2: etcd.endpoints: \"a:b\" is not such as",
        "etcd: {endpoints: http://}  | dowding.yaml:1: etcd.endpoints: \"http://\" is not such as",
        "inventory: yes              | dowding.yaml:1: inventory: is not a list of hosts",
        "inventory:                  | dowding.yaml:1: inventory: is not a list of hosts",
        "inventory: {fiel: /a}       | dowding.yaml:1: inventory: is not a list of hosts",
        "inventory:;  - {hostname: a}| dowding.yaml:2:5: a.docker: \"\" is not an address such as ssh://",
        "inventory:;  - host1        | dowding.yaml:2:5: hostname: \"\" is not a DNS name",
        "inventory:;  - {hostname: a, docker: x};  - {hostname: a, docker: y} | dowding.yaml:3:5: inventory: a is there twice",
        "baseKey: schedule           | dowding.yaml:1: baseKey: \"schedule\" is not a path such as /schedule",
        "docker:;  callsPerHost: few | dowding.yaml:2: docker.callsPerHost",
        "http: {listen: 9311}        | dowding.yaml:1: http.listen: \"9311\" is not an address such as 127.0.0.1:9311, or off",
        "http: {listen: \"a:x\"}       | dowding.yaml:1: http.listen: \"a:x\" is not an address",
        "http: {listen: \"a:99999\"}   | dowding.yaml:1: http.listen: \"a:99999\" is not an address",
        "http: {listen: \"u@a:1\"}     | dowding.yaml:1: http.listen: \"u@a:1\" is not an address",
        "http: {listen: \"a:1?x\"}     | dowding.yaml:1: http.listen: \"a:1?x\" is not an address",
        "http: {listen: \"a:1#x\"}     | dowding.yaml:1: http.listen: \"a:1#x\" is not an address",
        "http: {listen: \"a:1/\"}      | dowding.yaml:1: http.listen: \"a:1/\" is not an address",
        "http: {listen: none}        | dowding.yaml:1: http.listen: \"none\" is not an address",
        "a: b: c                     | not YAML",
        "etcd: [x]                   | dowding.yaml:1: etcd: has the wrong form",
      })
  void wrong(String lines, String problem) {
    assertThatThrownBy(() -> read(lines.replace(';', '\n'), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @DisplayName("an unknown or invalid variable is an error that names it, and not the file")
  @CsvSource(
      delimiter = '|',
      value = {
        "DOWDING_RESCHEDUL   | 5s   | DOWDING_RESCHEDUL: unknown setting; did you mean DOWDING_RESCHEDULE?",
        "DOWDING_COLOUR      | red  | DOWDING_COLOUR: unknown setting",
        "DOWDING_SETTLE      | soon | DOWDING_SETTLE: settle: \"soon\" is not a duration",
        "DOWDING_DOCKER_PING | 3    | DOWDING_DOCKER_PING: docker.ping: 3 has no unit; write 3s",
        "DOWDING_LEASE_TTL   | 1s   | DOWDING_LEASE_TTL: leaseTtl: is less than 2s",
      })
  void wrongVariable(String name, String value, String problem) {
    assertThatThrownBy(() -> read("settle: 1s", Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("environment: " + problem);
  }

  @Test
  @DisplayName("the delivered configuration can be read, including hosts")
  void delivered() {
    Config config = Config.read(Path.of("config/dowding.yaml"), Map.of());
    assertThat(InventoryReader.read(Objects.requireNonNull(config.inventory()))).isNotEmpty();
  }

  @Test
  @DisplayName("a grant is read as written, for one or several services")
  void grants() throws IOException {
    Config config =
        read(
            """
            policy:
              allow:
                - {services: "db*", binds: /srv/db, hostNamespaces: true}
                - services: [web, shop]
                  secrets: [db_password]
                  volumes: []
            """,
            Map.of());
    assertThat(config.settings().policy().grants())
        .containsExactly(
            new Policy.Grant(
                List.of("db*"),
                Map.of(Right.BINDS, List.of("/srv/db"), Right.HOST_NAMESPACES, List.of("true"))),
            new Policy.Grant(
                List.of("web", "shop"),
                Map.of(Right.SECRETS, List.of("db_password"), Right.VOLUMES, List.of())));
    assertThat(config.dockerSettings().policy()).isEqualTo(config.settings().policy());
  }

  @Test
  @DisplayName("each kind of grant has its setting, and is explained in config/dowding.yaml")
  void everyRight() throws IOException {
    String delivered = Files.readString(Path.of("config/dowding.yaml"));
    for (Right right : Right.values()) {
      String value = right.isFlag() ? "true" : "[x]";
      Config config =
          read("policy: {allow: [{services: a, " + right.word() + ": " + value + "}]}", Map.of());
      assertThat(config.settings().policy().grants().getFirst().rights()).containsOnlyKeys(right);
      assertThat(delivered).contains(" " + right.word() + ": ");
    }
  }

  @Test
  @DisplayName("secret files that others can read are named")
  void openSecrets() throws IOException {
    Path word = Files.writeString(directory.resolve("word"), "x");
    Path closed = Files.writeString(directory.resolve("closed"), "x");
    Files.setPosixFilePermissions(word, PosixFilePermissions.fromString("rw-r-----"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));
    String registries =
        "docker: {registries: [{address: r, username: u, passwordFile: " + word + "}]}\n";
    Path file = directory.resolve("dowding.yaml");
    Config config =
        read(
            registries + "etcd: {user: u, password: p, certificate: /c, key: " + closed + "}",
            Map.of());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(config.openSecrets(file)).containsExactly(file, word);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(config.openSecrets(file)).containsExactly(word);
    assertThat(read("baseKey: /a", Map.of()).openSecrets(file)).isEmpty();
  }

  @Test
  @DisplayName("encryption keys are read from their files, the first one encrypts")
  void encryption() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "A".repeat(43) + "=\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
    String one = "{name: \"2026-12\", file: " + key + "}";
    String two = "{name: b, file: " + key + "}";
    Config config = read("encryption: {keys: [" + one + ", " + two + "]}", Map.of());
    assertThat(config.etcdSettings().encryption()).hasToString("encryption keys [2026-12, b]");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--r--r--"));
    assertThatThrownBy(config::etcdSettings).hasMessageContaining("chmod 0400 " + key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: a}                               | needs name and file",
        "{name: 'a:b', file: x}                  | name: must be letters, digits",
        "{name: a, file: x}, {name: a, file: y}  | name: another key has this one"
      })
  @DisplayName("an encryption key without file, or with an unusable name, is named by its line")
  void badEncryption(String keys, String problem) {
    assertThatThrownBy(() -> read("\nencryption: {keys: [" + keys + "]}", Map.of()))
        .hasMessageContaining(":2: encryption.keys.")
        .hasMessageContaining(problem);
  }

  @Test
  @DisplayName("hosts without encryption are named, unless that is intended")
  void plainHosts() throws IOException {
    String hosts =
        """
        inventory:
          - {hostname: a, docker: "10.0.0.1:2375"}
          - {hostname: b, docker: "10.0.0.2:2375", insecure: true}
          - {hostname: c, docker: "127.0.0.1:2375"}
          - {hostname: d, docker: "unix:///var/run/docker.sock"}
          - {hostname: e, docker: "10.0.0.3:2376", certificates: /y}
        """;
    assertThat(read(hosts, Map.of()).plainHosts(Map.of())).containsExactly("a");
    assertThat(read(hosts + "docker: {certificates: /x}\n", Map.of()).plainHosts(Map.of()))
        .isEmpty();
    assertThat(
            read("inventory: {etcd: true}", Map.of())
                .plainHosts(
                    Map.of("inventory/a", "{\"docker\":\"10.0.0.1\"}", "inventory/b", "broken")))
        .containsExactly("a");
    assertThat(read("docker: {requireTls: true}", Map.of()).dockerSettings().requireTls()).isTrue();
  }

  @Test
  @DisplayName("a host has tags as text or list, and any other field as metadata")
  void inventory() throws IOException {
    Path file = directory.resolve("inventory.yaml");
    Files.writeString(
        file,
        """
        - {hostname: a, docker: "10.0.0.1:2375", tags: "apple, peach", rack: 7}
        - {hostname: b, docker: "unix:///var/run/docker.sock", tags: [plum]}
        - {hostname: c, docker: "ssh://deploy@10.0.0.1:2222", address: 10.9.0.1}
        """);
    var hosts = InventoryReader.read(file);
    assertThat(Objects.requireNonNull(hosts.get("a")).tags())
        .containsExactlyInAnyOrder("apple", "peach");
    assertThat(Objects.requireNonNull(hosts.get("a")).meta()).containsEntry("rack", "7");
    assertThat(Objects.requireNonNull(hosts.get("a")).docker()).isEqualTo("tcp://10.0.0.1:2375");
    assertThat(Objects.requireNonNull(hosts.get("c")).docker())
        .isEqualTo("ssh://deploy@10.0.0.1:2222");
    assertThat(Objects.requireNonNull(hosts.get("c")).address()).isEqualTo("10.9.0.1");
  }

  @ParameterizedTest
  @DisplayName("a host whose engine or address has another form is refused with examples")
  @CsvSource({
    "docker: ssh://-oProxyCommand=id, ssh://user@10.0.0.1",
    "docker: ssh://u:secret@h, a password",
    "docker: tcp:h:x, unix:///var/run/docker.sock",
    "'docker: h, address: a b', '[fd00::1]'",
  })
  void strangeHost(String fields, String example) throws IOException {
    Path file = directory.resolve("inventory.yaml");
    Files.writeString(file, "- {hostname: a, " + fields + "}");
    assertThatThrownBy(() -> InventoryReader.read(file)).hasMessageContaining(example);
  }

  @Test
  @DisplayName("a file can replace the user's ssh configuration")
  void sshConfig() throws IOException {
    assertThat(read("docker: {sshConfig: /etc/dowding/ssh_config}", Map.of()).dockerSettings())
        .extracting(DockerSettings::sshConfig)
        .isEqualTo(Path.of("/etc/dowding/ssh_config"));
  }

  @ParameterizedTest
  @DisplayName("an inventory that is not a file of reasonable size is refused by name")
  @ValueSource(strings = {"directory", "/dev/zero", "fifo", "missing", "large", "binary"})
  void strangeInventory(String kind) throws IOException, InterruptedException {
    Path file = kind.startsWith("/") ? Path.of(kind) : directory.resolve(kind);
    switch (kind) {
      case "directory" -> Files.createDirectory(file);
      case "fifo" ->
          assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
      case "large" -> Files.writeString(file, "#".repeat(5_000_000));
      case "binary" -> Files.write(file, new byte[] {(byte) 0xff, 0, 7});
      default -> {}
    }
    assertThatThrownBy(() -> InventoryReader.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @ParameterizedTest
  @DisplayName("where hosts are added is named, if there are none")
  @CsvSource(
      delimiter = '|',
      value = {
        "baseKey: /a;inventory: []     | dowding.yaml:2",
        "baseKey: /a                   | dowding.yaml",
        "inventory: {file: /hosts}     | /hosts",
        "inventory: {etcd: true}       | etcd, as keys such as inventory/host1",
      })
  void inventoryPlace(String text, String place) throws IOException {
    Config config = read(text.replace(';', '\n'), Map.of());
    assertThat(config.inventoryPlace(directory.resolve("dowding.yaml"))).endsWith(place);
  }

  @Test
  @DisplayName("what is kept free is said for all hosts, or for one in the inventory")
  void reserve() throws Exception {
    Config config =
        read("reserve: {cpus: 0.5, memory: 1g}\ninventory: [{hostname: a, docker: x}]", Map.of());
    assertThat(config.settings().reserve()).isEqualTo(new Resources(500_000_000, 1L << 30));
    assertThat(
            InventoryReader.parse(
                    Source.of(directory), "[{hostname: a, docker: x, reserve: {cpus: 2}}]")
                .get("a"))
        .extracting(Host::reserve)
        .isEqualTo(new Resources(2_000_000_000, 0));
    assertThatThrownBy(() -> read("reserve: {cpus: x}\ninventory: []", Map.of()))
        .hasMessageContaining("reserve.cpus: \"x\" is not a number of CPUs");
  }

  @ParameterizedTest
  @DisplayName("a broken inventory names the file, the host and the field")
  @CsvSource(
      delimiter = '|',
      value = {
        "- {hostname: A, docker: x}                        | hostname: \"A\" is not a DNS name",
        "- {hostname: a}                                   | a.docker: \"\" is not an address such as ssh://",
        "- {hostname: a, docker: 'ftp://x'}                | a.docker: \"ftp://x\" is not an address such as",
        "- {hostname: a, docker: x, rack: [1]}             | a.rack: meta data is text",
        "- {hostname: a, docker: x, insecure: maybe}       | a.insecure: is not true or false",
        "- {hostname: a, docker: x, reserve: 1}            | a.reserve: is not such as {cpus: 0.5",
        "- {hostname: a, docker: x, reserve: {disk: 1}}    | a.reserve.disk: is not supported",
        "- {hostname: a, docker: x, certificates: d}       | a.certificates: \"d\" is not the path of a directory",
        "- {hostname: a, docker: ssh://x, certificates: /d} | a.certificates: are only for tcp://",
        "a: b                                              | is not a list of hosts",
      })
  void brokenInventory(String text, String problem) throws IOException {
    Path file = Files.writeString(directory.resolve("inventory.yaml"), text);
    assertThatThrownBy(() -> InventoryReader.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inventory.yaml:1:")
        .hasMessageContaining(problem);
  }
}
