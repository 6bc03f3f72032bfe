package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.SshEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SshMasterTest {

  private static List<String> command(SshEndpoint to, @Nullable Path config) {
    return SshMaster.command(to, Path.of("/tmp/x/s"), config, Duration.ofMillis(2500));
  }

  @Test
  @DisplayName("user and port are options' values, and the host comes after all options")
  void injection() {
    List<String> command = command(new SshEndpoint("-oX", "-oY", 2222), Path.of("/etc/config"));
    assertThat(command)
        .startsWith("ssh", "-F", "/etc/config")
        .containsSequence("-l", "-oX", "-p", "2222", "--", "-oY")
        .endsWith("-oY");
  }

  @Test
  @DisplayName("what is not given is left to ssh")
  void left() {
    assertThat(command(new SshEndpoint(null, "host1", 0), null))
        .doesNotContain("-F", "-l", "-p")
        .endsWith("--", "host1");
  }

  @Test
  @DisplayName("ssh never asks, ends soon without an answer, and decides about host keys by itself")
  void options() {
    List<String> command = command(new SshEndpoint(null, "host1", 0), null);
    assertThat(command)
        .contains("BatchMode=yes", "ConnectTimeout=2", "ServerAliveInterval=5", "ControlPersist=10")
        .noneMatch(word -> word.contains("StrictHostKeyChecking"));
  }
}
