package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The settings for etcd")
class EtcdSettingsTest {

  @TempDir private Path directory = Path.of("");

  @Test
  @DisplayName("read the password from its file each time, and name a file that has none")
  void password() throws IOException {
    Path file = directory.resolve("password");
    EtcdSettings settings =
        new EtcdSettings(List.of("http://a:1"), "u", null, file, null, null, null, Keyring.EMPTY);
    assertThatThrownBy(settings::secret).hasMessageContaining("password for etcd", "password");
    Files.writeString(file, "first\n");
    assertThat(settings.secret()).isEqualTo("first");
    Files.writeString(file, "second");
    assertThat(settings.secret()).isEqualTo("second");
    Files.writeString(file, "\n");
    assertThatThrownBy(settings::secret).hasMessageContaining(file + " is empty");
  }

  @Test
  @DisplayName("mean TLS with a CA, a certificate or an https URL")
  void tls() {
    assertThat(EtcdSettings.at("http://a:1").isTls()).isFalse();
    assertThat(EtcdSettings.at("https://a:1").isTls()).isTrue();
    Path ca = directory.resolve("ca.pem");
    assertThat(
            new EtcdSettings(List.of("a:1"), null, null, null, ca, null, null, Keyring.EMPTY)
                .isTls())
        .isTrue();
  }

  @Test
  @DisplayName("do not show the password")
  void shown() {
    EtcdSettings settings =
        new EtcdSettings(
            List.of("http://a:1"), "u", "hidden", null, null, null, null, Keyring.EMPTY);
    assertThat(settings.toString()).doesNotContain("hidden");
  }

  @Test
  @DisplayName("have ports from 1 to 65535")
  void ports() {
    assertThat(EtcdSettings.areEndpoints(List.of("a:1,http://b:65535", "https://[::1]"))).isTrue();
    assertThat(EtcdSettings.areEndpoints(List.of("a:0"))).isFalse();
    assertThat(EtcdSettings.areEndpoints(List.of("http://a:65536"))).isFalse();
    assertThat(EtcdSettings.areEndpoints(List.of("http://a:99999"))).isFalse();
  }
}
