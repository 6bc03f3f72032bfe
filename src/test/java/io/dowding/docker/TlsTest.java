package io.dowding.docker;

import static io.dowding.docker.TlsServer.expired;
import static io.dowding.docker.TlsServer.valid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.tls.Authority;
import io.dowding.tls.Authority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
@DisplayName("TLS with an engine")
class TlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");
  private static final Authority OURS = Authority.make("ours", valid());
  private static final Authority OTHER = Authority.make("other", valid());

  /** Answers what a connection asks for when it is made, and later. */
  private static final String ANSWER =
      CannedServer.json(
          "{\"ApiVersion\":\"1.41\",\"ID\":\"e\",\"SystemTime\":\"2026-11-01T00:00:00Z\"}");

  @TempDir private Path directory = Path.of("");

  private Path files(String name, Authority authority, Issued issued) throws IOException {
    return TlsServer.write(directory.resolve(name), authority, issued);
  }

  private Path client() throws IOException {
    return files("client", OURS, OURS.client("dowding", valid()));
  }

  private TlsServer server() throws IOException {
    return new TlsServer(files("server", OURS, OURS.server("h", LOOPBACK, valid())), ANSWER);
  }

  private static EngineHttp http(TlsServer server, Path client) throws IOException {
    return new EngineHttp(
        URI.create(server.docker()),
        Tls.of(client),
        null,
        PATIENCE,
        PATIENCE,
        new Gate(Policy.STRICT));
  }

  private static void get(TlsServer server, Path client) throws IOException {
    try (EngineHttp http = http(server, client);
        Exchange exchange = http.open("GET", "/info", Map.of(), null, PATIENCE)) {
      assertThat(exchange.status()).isEqualTo(200);
    }
  }

  private static void attach(TlsServer server, Path client) throws IOException {
    try (EngineHttp http = http(server, client);
        Attached attached =
            http.attach(
                "/v1.41/exec/x/start", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
      assertThat(attached).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  @DisplayName("works with the addresses of its certificate")
  void works(String address) throws IOException {
    try (TlsServer server =
        new TlsServer(
            files("server", OURS, OURS.server("h", LOOPBACK, valid())),
            ANSWER,
            InetAddress.getByName(address))) {
      get(server, client());
      attach(server, client());
      assertThat(server.clients()).containsExactly("CN=dowding", "CN=dowding");
    }
  }

  private void refused(Path server, Path client, String... words) throws IOException {
    try (TlsServer engine = new TlsServer(server, ANSWER)) {
      assertThatThrownBy(() -> get(engine, client))
          .isInstanceOf(IOException.class)
          .message()
          .contains(words);
      assertThatThrownBy(() -> attach(engine, client))
          .isInstanceOf(IOException.class)
          .message()
          .contains(words);
      assertThat(engine.clients()).isEmpty();
    }
  }

  @Test
  @DisplayName("ends before the request if the certificate is for another address")
  void name() throws IOException {
    Path server = files("server", OURS, OURS.server("h", List.of("10.0.0.1", "h"), valid()));
    refused(server, client(), "for another name", "127.0.0.1", "subjectAltName");
  }

  @Test
  @DisplayName("ends before the request if another CA signed the engine's certificate")
  void authority() throws IOException {
    Path server = files("server", OURS, OTHER.server("h", LOOPBACK, valid()));
    refused(server, client(), "is not signed by " + directory.resolve("client/ca.pem"));
  }

  @Test
  @DisplayName("ends before the request if the engine's certificate has expired")
  void old() throws IOException {
    Path server = files("server", OURS, OURS.server("h", LOOPBACK, expired()));
    refused(server, client(), "has expired", "--renew");
  }

  @Test
  @DisplayName("is refused by the engine without a certificate of its CA, or with an expired one")
  void clients() throws IOException {
    Path server = files("server", OURS, OURS.server("h", LOOPBACK, valid()));
    Path client = files("client", OURS, OTHER.client("x", valid()));
    refused(server, client, "the engine refuses " + client.resolve("cert.pem"));
    files("client", OURS, OURS.client("x", expired()));
    refused(server, client, "the engine refuses " + client.resolve("cert.pem"));
  }

  @Test
  @DisplayName("is not possible with an engine that answers without")
  void plain() throws IOException {
    Path client = client();
    try (CannedServer server = new CannedServer(ANSWER);
        EngineHttp http =
            new EngineHttp(
                URI.create(server.docker()),
                Tls.of(client),
                null,
                PATIENCE,
                PATIENCE,
                new Gate(Policy.STRICT))) {
      assertThatThrownBy(() -> http.open("GET", "/info", Map.of(), null, PATIENCE))
          .hasMessageContaining("the engine answers without TLS");
    }
  }

  @Test
  @DisplayName("needs three files that belong together, and names the one that is wrong")
  void files() throws IOException {
    Path client = client();
    Files.writeString(client.resolve("key.pem"), OURS.client("x", valid()).key());
    assertThatThrownBy(() -> Tls.of(client)).hasMessageContaining("key.pem is not the key of");
    Files.writeString(client.resolve("key.pem"), "-----BEGIN PRIV");
    assertThatThrownBy(() -> Tls.of(client)).hasMessageContaining("key.pem holds no private key");
    Files.delete(client.resolve("key.pem"));
    assertThatThrownBy(() -> Tls.of(client)).hasMessageEndingWith("key.pem does not exist");
    Files.writeString(client.resolve("cert.pem"), "");
    client();
    Files.writeString(client.resolve("cert.pem"), "");
    assertThatThrownBy(() -> Tls.of(client)).hasMessageContaining("cert.pem holds no certificate");
  }

  private static Connection connect(TlsServer server, Path client) {
    Host host =
        new Host("h", server.docker(), Set.of(), Map.of(Host.CERTIFICATES, client.toString()));
    return new Connection(host, DockerSettings.QUICK.withCertificates(Path.of("/nowhere")));
  }

  @Test
  @DisplayName("uses a host's own certificates instead of those of all hosts")
  void own() throws IOException {
    try (TlsServer server = server();
        Connection connection = connect(server, client())) {
      assertThat(connection.info().id()).isEqualTo("e");
    }
  }

  @Test
  @DisplayName("ends for a new connection when other certificates are there, and the engine agrees")
  void replaced() throws IOException {
    try (TlsServer server = server();
        Connection connection = connect(server, client())) {
      connection.refresh();
      Path client = files("client", OURS, OURS.client("new", valid()));
      assertThatThrownBy(connection::refresh).hasMessageContaining("certificates were replaced");
      try (Connection next = connect(server, client)) {
        next.refresh();
        assertThat(server.clients()).endsWith("CN=new");
      }
    }
  }

  @Test
  @DisplayName("continues while the files are broken, half written or not accepted")
  void broken() throws IOException {
    try (TlsServer server = server();
        Connection connection = connect(server, client())) {
      Path client = directory.resolve("client");
      connection.refresh();
      assertThat(connection.newWarning()).isEmpty();
      byte[] key = Files.readAllBytes(client.resolve("key.pem"));
      Files.writeString(client.resolve("key.pem"), "-----BEGIN");
      connection.refresh();
      assertThat(connection.newWarning())
          .hasValueSatisfying(
              warning ->
                  assertThat(warning)
                      .contains("new certificates cannot be used", "holds no private key"));
      connection.refresh();
      assertThat(connection.newWarning()).isEmpty();
      Files.write(client.resolve("key.pem"), key);
      connection.refresh();
      assertThat(connection.newWarning()).contains("");
      Files.delete(client.resolve("key.pem"));
      connection.refresh();
      files("client", OURS, OTHER.client("x", valid()));
      connection.refresh();
      files("client", OURS, OURS.client("x", expired()));
      connection.refresh();
      files("client", OTHER, OURS.client("x", valid()));
      connection.refresh();
      assertThat(connection.newWarning())
          .hasValueSatisfying(warning -> assertThat(warning).contains("is not signed by"));
      assertThat(server.clients()).containsOnly("CN=dowding");
    }
  }
}
