package io.dowding.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.tls.Authority.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Files of TLS as they are now")
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

  private static String presented(TlsFiles files) {
    return Objects.requireNonNull(files.keys())
        .getCertificateChain("key")[0]
        .getSubjectX500Principal()
        .getName();
  }

  private static String trusted(TlsFiles files) {
    return files.trust().getAcceptedIssuers()[0].getSubjectX500Principal().getName();
  }

  @Test
  @DisplayName("are other ones only when they are replaced")
  void replaced() throws IOException {
    CurrentTls tls = tls();
    TlsFiles first = tls.files();
    assertThat(tls.files()).isSameAs(first);
    assertThat(presented(first)).isEqualTo("CN=first");
    assertThat(trusted(first)).isEqualTo("CN=first");
    write(SECOND, "second");
    assertThat(presented(tls.files())).isEqualTo("CN=second");
    assertThat(trusted(tls.files())).isEqualTo("CN=second");
  }

  @Test
  @DisplayName("are the last ones that could be used while the present ones cannot")
  void broken() throws IOException {
    CurrentTls tls = tls();
    TlsFiles first = tls.files();
    Files.writeString(directory.resolve("key.pem"), SECOND.client("x", valid()).key());
    assertThat(tls.files()).isSameAs(first);
    Files.delete(directory.resolve("key.pem"));
    assertThat(tls.files()).isSameAs(first);
    write(FIRST, "again");
    assertThat(presented(tls.files())).isEqualTo("CN=again");
  }

  @Test
  @DisplayName("may be none: then the CAs of the system are trusted, and nothing is presented")
  void none() {
    TlsFiles files = new CurrentTls(new TlsFiles.Paths(null, null, null)).files();
    assertThat(files.keys()).isNull();
    assertThat(files.trust().getAcceptedIssuers()).isNotEmpty();
  }

  @Test
  @DisplayName("must be usable at first; the error names the one that is not")
  void unusable() throws IOException {
    Files.writeString(directory.resolve("key.pem"), SECOND.client("x", valid()).key());
    assertThatThrownBy(this::tls).hasMessageContaining("key.pem is not the key of");
  }
}
