package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Host;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerSettingsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "tcp://10.0.0.1:2375, true",
    "tcp://example.org:2375, true",
    "tcp://127.0.0.1.example.org:2375, true",
    "tcp://localhost.example.org:2375, true",
    "tcp://[fd00::1]:2375, true",
    "tcp://127.0.0.1:2375, false",
    "tcp://127.9.8.7:2375, false",
    "tcp://localhost:2375, false",
    "tcp://[::1]:2375, false",
    "unix:///var/run/docker.sock, false",
    "ssh://root@10.0.0.1, false",
  })
  @DisplayName("traffic that leaves this machine without TLS is not private")
  void plain(String endpoint, boolean plain) {
    Host host = new Host("h", endpoint, Set.of(), Map.of());
    assertThat(DockerSettings.DEFAULT.isPlain(host)).isEqualTo(plain);
    assertThat(DockerSettings.DEFAULT.withCertificates(Path.of("/x")).isPlain(host)).isFalse();
    Host own = new Host("h", endpoint, Set.of(), Map.of(Host.CERTIFICATES, "/y"));
    assertThat(DockerSettings.DEFAULT.isPlain(own)).isFalse();
    assertThat(DockerSettings.DEFAULT.withCertificates(Path.of("/x")).certificates(own))
        .isEqualTo(Path.of("/y"));
  }
}
