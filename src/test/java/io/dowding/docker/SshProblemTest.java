package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshProblemTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a@h: Permission denied (publickey). | authorized_keys",
        "Host key verification failed. | accept it",
        "ssh: Could not resolve hostname h: Name or service not known | ~/.ssh/config",
        "ssh: connect to host h port 22: Connection refused | start its SSH server",
        "Connection closed by UNKNOWN port 65535 | if it has a jump host",
        "kex_exchange_identification: Connection closed by remote host | if it has a jump host",
      })
  @DisplayName("a failed login is shown with what to do")
  void login(String said, String todo) {
    assertThat(SshProblem.ofConnection(said + "\r\n", 255)).startsWith(said + ": ").contains(todo);
  }

  @Test
  @DisplayName("ssh is to be installed only if there is none")
  void start() {
    assertThatThrownBy(new ProcessBuilder("no-such-ssh")::start)
        .satisfies(
            failed ->
                assertThat(SshProblem.ofStart("" + failed.getMessage())).contains("install it"));
    assertThatThrownBy(new ProcessBuilder("/")::start)
        .satisfies(
            failed ->
                assertThat(SshProblem.ofStart("" + failed.getMessage()))
                    .startsWith("ssh cannot be started: ")
                    .contains("ermission denied"));
  }

  @Test
  @DisplayName("another key than the known one is not the same as no known one")
  void changed() {
    assertThat(
            SshProblem.ofConnection(
                """
                @ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @
                IT IS POSSIBLE
                Host key verification failed.
                """,
                255))
        .startsWith("Host key verification failed.")
        .contains("ssh-keygen -R")
        .doesNotContain("accept it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bash: line 1: docker: command not found | 127 | install Docker there",
        "sh: 1: docker: not found | 127 | install Docker there",
        "dial unix /var/run/docker.sock: connect: permission denied | 1 | usermod -aG docker",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. | 1 | start Docker",
        "docker: 'system' is not a docker command. | 1 | 18.09",
      })
  @DisplayName("a failed command on the host is shown with what to do")
  void command(String said, int exit, String todo) {
    assertThat(SshProblem.ofCommand(said + "\n", exit)).startsWith(said + ": ").contains(todo);
  }

  @Test
  @DisplayName("a failure without words has its status, and words are made printable")
  void words() {
    assertThat(SshProblem.ofConnection("", 255)).isEqualTo("ssh failed with exit status 255");
    assertThat(SshProblem.ofCommand("\n", 3)).endsWith("failed there with exit status 3");
    assertThat(SshProblem.ofCommand("a\nb\u001b[31m\n", 3)).isEqualTo("b\\u001b[31m");
    assertThat(SshProblem.ofCommand("x".repeat(5000), 3)).hasSizeLessThan(200);
  }
}
