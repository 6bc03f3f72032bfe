package io.dowding.etcd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.tls.Authority;
import io.dowding.tls.Authority.Issued;
import io.dowding.tls.Authority.Validity;
import io.dowding.tls.TlsFiles;
import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("TLS with etcd")
class EtcdTlsTest {

  private static final Authority FIRST = Authority.make("first", valid());
  private static final Authority SECOND = Authority.make("second", valid());

  @TempDir private Path client = Path.of("");
  @TempDir private Path directory = Path.of("");
  private SSLServerSocket server;

  private static Validity valid() {
    Instant now = Instant.now();
    return new Validity(now.minusSeconds(3600), now.plusSeconds(3600));
  }

  private static void write(Path into, Authority trusted, Issued issued) throws IOException {
    Files.writeString(into.resolve("ca.pem"), trusted.certificate());
    Files.writeString(into.resolve("cert.pem"), issued.certificate());
    Files.writeString(into.resolve("key.pem"), issued.key());
  }

  @BeforeEach
  void start() throws IOException {
    write(directory, FIRST, FIRST.server("etcd", List.of("127.0.0.1"), valid()));
    write(client, FIRST, FIRST.client("one", valid()));
    server =
        (SSLServerSocket)
            TlsFiles.read(TlsFiles.Paths.in(directory))
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    Thread.ofVirtual().start(this::answer);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** Tells each client the name in its certificate. */
  private void answer() {
    while (!server.isClosed()) {
      try (SSLSocket one = (SSLSocket) server.accept()) {
        String name = one.getSession().getPeerPrincipal().getName();
        one.getOutputStream().write(name.getBytes(US_ASCII));
      } catch (IOException refused) {
        // The test sees that on its side.
      }
    }
  }

  private EtcdSettings settings() {
    return new EtcdSettings(
        List.of("https://127.0.0.1:" + server.getLocalPort()),
        null,
        null,
        null,
        client.resolve("ca.pem"),
        client.resolve("cert.pem"),
        client.resolve("key.pem"),
        Keyring.EMPTY);
  }

  /** The name that a new connection presents. */
  private String presented(EtcdTls tls) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            ((JdkSslContext) tls.current())
                .context()
                .getSocketFactory()
                .createSocket("127.0.0.1", server.getLocalPort())) {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  @Test
  @DisplayName("resumes no session with a certificate that was replaced since")
  void certificate() throws IOException {
    EtcdTls tls = new EtcdTls(settings());
    assertThat(presented(tls)).isEqualTo("CN=one");
    write(client, FIRST, FIRST.client("two", valid()));
    assertThat(presented(tls)).isEqualTo("CN=two");
  }

  @Test
  @DisplayName("resumes no session with a server whose CA is trusted no more")
  void authority() throws IOException {
    EtcdTls tls = new EtcdTls(settings());
    assertThat(presented(tls)).isEqualTo("CN=one");
    write(client, SECOND, FIRST.client("one", valid()));
    assertThatThrownBy(() -> presented(tls)).isInstanceOf(SSLException.class);
  }

  @Test
  @DisplayName("has the last files that could be used in a client made while they are replaced")
  void half() throws IOException {
    Function<Runnable, Kv> clients = Etcd.clients(settings());
    Files.writeString(client.resolve("key.pem"), "-----BEGIN");
    assertThatThrownBy(() -> Etcd.clients(settings()))
        .isInstanceOf(EtcdException.Misconfigured.class)
        .hasMessageContaining("key.pem");
    try (Kv later = clients.apply(() -> {})) {
      assertThat(later).isInstanceOf(Etcd.class);
    }
  }
}
