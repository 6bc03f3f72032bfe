package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The servers of agent --dev")
class ServersTest {

  @TempDir private Path directory = Path.of("");

  @Test
  @DisplayName("are stopped even while one of them starts, and then no other one starts")
  void stoppedEarly() throws IOException {
    Servers servers = new Servers(directory);
    assertThatThrownBy(
            () ->
                servers.start(
                    "sleep",
                    List.of("sleep", "1000"),
                    () -> {
                      servers.stop();
                      return false;
                    }))
        .hasMessageContaining("sleep did not start");
    long process = Long.parseLong(Files.readString(directory.resolve("sleep.pid")));
    assertThat(ProcessHandle.of(process).filter(ProcessHandle::isAlive)).isEmpty();

    assertThatThrownBy(() -> servers.start("other", List.of("sleep", "1000"), () -> true))
        .hasMessageContaining("stopping");
    assertThat(directory.resolve("other.pid")).doesNotExist();
  }

  @Test
  @DisplayName("that do not start name their log and its last line")
  void failed() {
    Servers servers = new Servers(directory);
    assertThatThrownBy(
            () ->
                servers.start(
                    "sh", List.of("sh", "-c", "echo first; echo no room; exit 1"), () -> false))
        .hasMessage(
            "sh did not start; the last line of " + directory.resolve("sh.log") + ": no room");
  }
}
