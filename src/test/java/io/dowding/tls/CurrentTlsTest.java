package io.dowding.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.tls.Authority.Validity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("TLS with files as they are now")
class CurrentTlsTest {

  private static final Authority FIRST = Authority.make("first", valid());
  private static final Authority SECOND = Authority.make("second", valid());

  private static Validity valid() {
    Instant now = Instant.now();
    return new Validity(now.minusSeconds(3600), now.plusSeconds(3600));
  }

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void first() throws IOException {
    write(FIRST, "first");
  }

  private void write(Authority authority, String name) throws IOException {
    Authority.Issued issued = authority.client(name, valid());
    Files.writeString(directory.resolve("ca.pem"), authority.certificate());
    Files.writeString(directory.resolve("cert.pem"), issued.certificate());
    Files.writeString(directory.resolve("key.pem"), issued.key());
  }

  private CurrentTls tls() {
    return new CurrentTls(TlsFiles.Paths.in(directory));
  }

  /** The name in the certificate that a new connection presents. */
  private static String presented(CurrentTls tls) {
    X509ExtendedKeyManager keys = Objects.requireNonNull(tls.keys());
    String alias = keys.chooseEngineClientAlias(new String[] {"EC"}, null, null);
    return keys.getCertificateChain(alias)[0].getSubjectX500Principal().getName();
  }

  private static X509Certificate[] server(Authority authority) throws CertificateException {
    String pem = authority.server("s", List.of("127.0.0.1"), valid()).certificate();
    return new X509Certificate[] {
      (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
    };
  }

  @Test
  @DisplayName("presents another certificate and trusts another CA when they are replaced")
  void replaced() throws Exception {
    CurrentTls tls = tls();
    assertThat(presented(tls)).isEqualTo("CN=first");
    tls.trust().checkServerTrusted(server(FIRST), "ECDHE_ECDSA");
    write(SECOND, "second");
    assertThat(presented(tls)).isEqualTo("CN=second");
    tls.trust().checkServerTrusted(server(SECOND), "ECDHE_ECDSA");
    assertThatThrownBy(() -> tls.trust().checkServerTrusted(server(FIRST), "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  @DisplayName("uses the last files that could be used while the present ones cannot")
  void broken() throws IOException {
    CurrentTls tls = tls();
    Files.writeString(directory.resolve("key.pem"), SECOND.client("x", valid()).key());
    assertThat(presented(tls)).isEqualTo("CN=first");
    Files.delete(directory.resolve("key.pem"));
    assertThat(presented(tls)).isEqualTo("CN=first");
    write(FIRST, "again");
    assertThat(presented(tls)).isEqualTo("CN=again");
  }

  @Test
  @DisplayName("needs no certificate, and no CA: then it trusts those of the system")
  void none() {
    CurrentTls tls = new CurrentTls(new TlsFiles.Paths(null, null, null));
    assertThat(tls.keys()).isNull();
    assertThatThrownBy(() -> tls.trust().checkServerTrusted(server(FIRST), "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  @DisplayName("names the file that cannot be used at first")
  void unusable() throws IOException {
    Files.writeString(directory.resolve("key.pem"), SECOND.client("x", valid()).key());
    assertThatThrownBy(this::tls).hasMessageContaining("key.pem is not the key of");
  }
}
