package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.model.Host;
import io.dowding.tls.Authority;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayName("tls init")
class TlsCommandTest {

  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir private Path directory = Path.of("");

  private String init(String inventory, String... more) throws IOException {
    Path config =
        Files.writeString(directory.resolve("dowding.yaml"), "inventory: [" + inventory + "]");
    StringWriter said = new StringWriter();
    CommandLine line = Main.line(new String[] {"tls"});
    line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    String[] all =
        Stream.concat(
                Stream.of(
                    "tls",
                    "init",
                    "--config",
                    config.toString(),
                    "--directory",
                    files().toString()),
                Stream.of(more))
            .toArray(String[]::new);
    line.execute(all);
    return said.toString();
  }

  private Path files() {
    return directory.resolve("tls");
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(files())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        contents.put(files().relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private static String host(String name, String docker) {
    return "{hostname: " + name + ", docker: \"" + docker + "\"}";
  }

  @Test
  @DisplayName("makes a CA, and files for the agents and for each host with tcp://")
  void first() throws IOException {
    String said =
        init(
            host("a", "tcp://10.0.0.1:2376")
                + ","
                + host("b", "tcp://[fd00::1]:2377")
                + ","
                + host("c", "ssh://c")
                + ","
                + host("d", "unix:///d.sock"));
    assertThat(contents())
        .containsOnlyKeys(
            "ca.pem",
            "ca-key.pem",
            "client/ca.pem",
            "client/cert.pem",
            "client/key.pem",
            "hosts/a/ca.pem",
            "hosts/a/cert.pem",
            "hosts/a/key.pem",
            "hosts/b/ca.pem",
            "hosts/b/cert.pem",
            "hosts/b/key.pem");
    for (String key : contents().keySet()) {
      if (key.endsWith("key.pem")) {
        assertThat(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(files().resolve(key))))
            .isEqualTo("rw-------");
      }
    }
    assertThat(said)
        .contains("scp " + files() + "/hosts/a/*.pem root@10.0.0.1:/etc/docker/tls/")
        .contains("ssh root@fd00::1 mkdir")
        .contains("\"tlsverify\" : true", "\"tcp://0.0.0.0:2376\"", "\"tcp://[::]:2377\"")
        .contains("docker.service.d", "ExecStart=dockerd")
        .contains("  certificates: " + files().resolve("client"));
  }

  @Test
  @DisplayName("keeps what is there, and adds what new hosts need")
  void again() throws IOException {
    assertThat(init(host("a", "tcp://10.0.0.1:2376"))).contains("scp ");
    Map<String, String> before = contents();
    assertThat(init(host("a", "tcp://10.0.0.1:2376"), "--renew")).doesNotContain("scp ");
    assertThat(contents()).isEqualTo(before);
    init(host("a", "tcp://10.0.0.1:2376") + "," + host("b", "tcp://10.0.0.2:2376"));
    assertThat(contents()).containsAllEntriesOf(before).containsKey("hosts/b/cert.pem");
  }

  @Test
  @DisplayName("is the same for programs")
  void json() throws IOException {
    assertThat(init(host("a", "tcp://10.0.0.1:2376"), "--json"))
        .contains("\"files\" : \"" + files().resolve("hosts/a") + "\"", "\"result\" : \"new\"");
  }

  @Test
  @DisplayName("needs a host with tcp://")
  void none() throws IOException {
    assertThat(init(host("c", "ssh://c"))).contains("no host with tcp://");
    assertThat(files()).doesNotExist();
  }

  private TlsDirectory at(Instant now, boolean renew) {
    return new TlsDirectory(files(), YEAR, renew, now);
  }

  private static Host host(String address) {
    return new Host("a", "tcp://" + address + ":2376", Set.of(), Map.of());
  }

  private TlsDirectory.Made server(TlsDirectory in, String address) throws IOException {
    return in.server(in.authority(), host(address));
  }

  @Test
  @DisplayName("renews in the last 30 days, and only with --renew")
  void renews() throws IOException {
    assertThat(server(at(NOW, false), "10.0.0.1").done()).isEqualTo(TlsDirectory.Done.NEW);
    Instant before = NOW.plus(Duration.ofDays(330));
    Instant after = NOW.plus(Duration.ofDays(340));
    assertThat(server(at(before, true), "10.0.0.1").done()).isEqualTo(TlsDirectory.Done.KEPT);
    Map<String, String> old = contents();
    assertThat(server(at(after, false), "10.0.0.1").done()).isEqualTo(TlsDirectory.Done.ENDS_SOON);
    assertThat(contents()).isEqualTo(old);
    TlsDirectory.Made renewed = server(at(after, true), "10.0.0.1");
    assertThat(renewed.done()).isEqualTo(TlsDirectory.Done.RENEWED);
    assertThat(renewed.until()).isEqualTo(after.plus(YEAR));
    assertThat(contents()).containsEntry("ca.pem", old.get("ca.pem"));
  }

  @Test
  @DisplayName("a host's certificate is for its address and its name, also after they change")
  void addresses() throws IOException {
    TlsDirectory there = at(NOW, false);
    server(there, "10.0.0.1");
    Path file = files().resolve("hosts/a/cert.pem");
    assertThat(there.authority().look(file).map(Authority.Known::addresses))
        .contains(Set.of("a", "10.0.0.1"));
    assertThat(server(there, "[fd00::1]").done()).isEqualTo(TlsDirectory.Done.OTHER_ADDRESS);
    assertThat(server(there, "[fd00:0::1]").done()).isEqualTo(TlsDirectory.Done.KEPT);
  }

  @Test
  @DisplayName("certificates do not outlast their CA, which is not replaced when it has expired")
  void end() throws IOException {
    Instant until = at(NOW, false).authority().until();
    TlsDirectory late = at(until.minus(Duration.ofDays(1)), true);
    assertThat(server(late, "10.0.0.1").until()).isEqualTo(until);
    TlsDirectory tooLate = at(until, true);
    assertThatThrownBy(tooLate::authority).hasMessageContaining("ca.pem expired at");
  }

  @Test
  @DisplayName("a CA without its key is an error, and one without certificates makes all of them")
  void authority() throws IOException {
    TlsDirectory there = at(NOW, false);
    server(there, "10.0.0.1");
    Files.delete(files().resolve("ca-key.pem"));
    assertThatThrownBy(there::authority).hasMessageEndingWith("ca-key.pem does not exist");
    Files.delete(files().resolve("ca.pem"));
    assertThat(server(there, "10.0.0.1").done()).isEqualTo(TlsDirectory.Done.OTHER_AUTHORITY);
  }
}
