package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The directory of agent --dev")
class DevDirectoryTest {

  @TempDir private Path parent = Path.of("");

  @Test
  @DisplayName("is claimed by one process at a time, and commands see that it is in use")
  void claimed() throws IOException {
    DevDirectory directory = new DevDirectory(parent.resolve("dev"));
    assertThat(directory.isInUse()).isFalse();

    try (FileChannel _ = directory.claim()) {
      assertThat(directory.isInUse()).isTrue();
      assertThatThrownBy(directory::claim)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("already running, in " + directory.path());
    }
  }
}
