package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import io.dowding.cli.InProcess;
import io.dowding.tls.Authority;
import io.dowding.tls.Authority.Issued;
import io.dowding.tls.Authority.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An etcd that demands certificates")
class EtcdTlsIT {

  private static final Authority FIRST = Authority.make("first", valid());
  private static final Authority SECOND = Authority.make("second", valid());

  private final TestHost host = Testbed.shared().hosts().getFirst();
  private Path directory;
  private PrivateEtcd etcd;
  private Agent agent;

  @BeforeEach
  void start() throws IOException {
    directory = Files.createTempDirectory(Testbed.shared().root(), "etcd-tls");
    Path server = server(FIRST);
    etcd = PrivateEtcd.withTls(server, client("client", FIRST, FIRST));
    await().atMost(SOON).ignoreExceptions().until(() -> !etcd.revision().isEmpty());
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
      String cluster =
          etcd.ctl("get", "--print-value-only", "/schedule/cluster")
              .replaceAll("(?s).*\"uuid\":\"([^\"]*).*", "$1");
      host.containers(cluster).forEach(one -> host.remove(one.getId()));
    }
    etcd.close();
  }

  private static Validity valid() {
    Instant now = Instant.now();
    return new Validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(1)));
  }

  private Path server(Authority authority) throws IOException {
    return files("server", authority, authority.server("etcd", List.of("127.0.0.1"), valid()));
  }

  /** A client of one authority that trusts another, or the same. */
  private Path client(String name, Authority of, Authority trusts) throws IOException {
    return files(name, trusts, of.client(name, valid()));
  }

  private Path files(String name, Authority trusted, Issued issued) throws IOException {
    Path into = Files.createDirectories(directory.resolve(name));
    Files.writeString(into.resolve("ca.pem"), trusted.certificate());
    Files.writeString(into.resolve("cert.pem"), issued.certificate());
    Files.writeString(into.resolve("key.pem"), issued.key());
    return into;
  }

  private Path config(String etcdPart) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "dowding", ".yaml"),
        """
        etcd: {%s}
        inventory: [{hostname: host1, docker: "%s"}]
        settle: 300ms
        leaseTtl: 6s
        http: {listen: off}
        stateDir: %s
        """
            .formatted(etcdPart, host.endpoint(), directory.resolve("state")));
  }

  private String with(Path files) {
    return "endpoints: \"%s\", ca: %2$s/ca.pem, certificate: %2$s/cert.pem, key: %2$s/key.pem"
        .formatted(etcd.endpoints(), files);
  }

  private void runs(String name) {
    etcd.ctl("put", "/schedule/services/" + name, service());
    await()
        .atMost(SOON)
        .until(
            () ->
                etcd.ctl("get", "/schedule/status/services/" + name)
                    .contains("\"state\":\"running\""));
  }

  @Test
  @DisplayName(
      "is used with a certificate of its CA, and with others when their files are replaced")
  void renewed() throws Exception {
    Path client = directory.resolve("client");
    Path config = config(with(client));
    agent = Agent.start(Config.read(config, Map.of()));
    runs("first");
    assertThat(InProcess.run("status", "--config", config.toString())).contains("first");
    // A file that is half written is not used.
    Files.writeString(client.resolve("key.pem"), "-----BEGIN");
    etcd.kill(0);
    server(FIRST);
    etcd.start(0);
    client("client", FIRST, FIRST);
    runs("second");
    // Neither side trusts the first CA any more.
    etcd.kill(0);
    server(SECOND);
    client("client", SECOND, SECOND);
    etcd.start(0);
    runs("third");
  }

  private void refuses(String etcdPart, String... words) throws IOException {
    String config = config(etcdPart).toString();
    assertThatThrownBy(() -> InProcess.run("service", "list", "--config", config))
        .message()
        .contains(words)
        .contains(config)
        .doesNotContain("Exception")
        .hasLineCount(1);
    assertThatThrownBy(() -> InProcess.run("doctor", "--config", config)).message().contains(words);
  }

  @Test
  @DisplayName("is not used otherwise; the error says what is wrong, and what to set")
  void refused() throws IOException {
    String endpoints = "endpoints: \"" + etcd.endpoints() + "\"";
    Path ours = directory.resolve("client");
    refuses(
        endpoints + ", ca: " + ours.resolve("ca.pem"),
        "demands a client certificate",
        "etcd.certificate and etcd.key");
    Path stranger = client("stranger", SECOND, FIRST);
    refuses(with(stranger), "etcd refuses " + stranger.resolve("cert.pem"), "--trusted-ca-file");
    Instant now = Instant.now();
    Validity past = new Validity(now.minusSeconds(7200), now.minusSeconds(3600));
    Path old = files("old", FIRST, FIRST.client("old", past));
    refuses(with(old), "etcd refuses " + old.resolve("cert.pem"), "has not expired");
    refuses(endpoints, "does not trust the CA of etcd's certificate", "etcd.ca");
    Path wary = client("wary", FIRST, SECOND);
    refuses(with(wary), "not signed by " + wary.resolve("ca.pem"));
    refuses(with(ours).replace("127.0.0.1", "localhost"), "is for another name", "etcd.endpoints");
    refuses(endpoints.replace("https", "http"), "write https:// in etcd.endpoints");
    refuses(
        "endpoints: \"%s\"".formatted(Testbed.shared().etcdEndpoint().replace("http:", "https:")),
        "if it has no TLS, write http:// in etcd.endpoints");
    Files.delete(ours.resolve("key.pem"));
    refuses(with(ours), ours.resolve("key.pem") + " does not exist");
  }
}
