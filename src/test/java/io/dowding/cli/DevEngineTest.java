package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The engine of agent --dev")
class DevEngineTest {

  @TempDir private Path directory = Path.of("");

  @Test
  @DisplayName("is that of DOCKER_HOST, if it is a socket, or the usual one")
  void places() {
    assertThat(DevEngine.of(Map.of(), "root").places())
        .containsExactly("unix:///var/run/docker.sock");
    assertThat(DevEngine.of(Map.of("DOCKER_HOST", "tcp://a:2375"), "root").places()).hasSize(1);
    assertThat(DevEngine.of(Map.of("DOCKER_HOST", "unix:///a"), "root").places())
        .containsExactly("unix:///a", "unix:///var/run/docker.sock");
    String usual = "unix:///var/run/docker.sock";
    assertThat(DevEngine.of(Map.of("DOCKER_HOST", usual), "root").places()).containsExactly(usual);
  }

  @Test
  @DisplayName("is started only by root; the error for others says what to do")
  void started() throws IOException {
    String place = "unix://" + directory.resolve("none.sock");
    assertThat(new DevEngine(List.of(place), "root").answering()).isNull();
    assertThatCode(() -> new DevEngine(List.of(place), "root").mayStart())
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> new DevEngine(List.of(place), "ann").mayStart())
        .hasMessageContainingAll(
            "no Docker Engine answers at " + place,
            "usermod -aG docker ann",
            "name the unix:// socket of another engine in DOCKER_HOST");
  }
}
