package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("agent --dev")
class DevIT {

  private static final Duration SOON = Duration.ofSeconds(90);

  private Path directory;
  private Path log;
  private Process agent;

  private record Ran(int status, String output) {}

  /** In a network of its own, so that it finds its ports free, and its engine changes no rules. */
  @BeforeEach
  void start() throws IOException {
    directory = Files.createTempDirectory("dowding-dev");
    log = directory.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
    command.addAll(ChildJvm.command(Main.class, "agent", "--dev", "--clean"));
    agent = begin(command, log);
    Testbed.shared().remember(agent);
    await().atMost(SOON).until(() -> said().contains("Ctrl-C stops it") || !agent.isAlive());
    assertThat(agent.isAlive()).as(said()).isTrue();
  }

  private Process begin(List<String> command, Path output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("XDG_STATE_HOME", directory.toString());
    builder.environment().remove("DOCKER_HOST");
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private String said() throws IOException {
    return Files.readString(log);
  }

  /** Runs a command beside the agent. */
  private Ran dowding(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("nsenter", "--net=/proc/" + agent.pid() + "/ns/net"));
    command.addAll(ChildJvm.command(Main.class, arguments));
    Path output = Files.createTempFile(directory, "command", "");
    int status = begin(command, output).waitFor();
    return new Ran(status, Files.readString(output, StandardCharsets.UTF_8));
  }

  private long servers() {
    String place = directory.toString();
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(place))
        .count();
  }

  @AfterEach
  void stop() throws InterruptedException {
    agent.destroy();
    if (!agent.waitFor(30, TimeUnit.SECONDS)) {
      agent.destroyForcibly().waitFor();
    }
    Shell.run("rm", "-rf", directory.toString());
  }

  @Test
  @DisplayName(
      "runs a service with the commands that it prints, starts once, and leaves nothing behind")
  void runs() throws Exception {
    assertThat(said()).contains("bin/dowding status --watch", "bin/dowding scale hello=3 --wait");
    Ran scaled = dowding("scale", "hello=3", "--wait");
    assertThat(scaled.status()).as(scaled.output()).isZero();
    assertThat(dowding("status").output()).containsPattern("hello +running +3/3");
    assertThat(dowding("explain", "hello.1").output()).contains("hello.1");

    Ran second = dowding("agent", "--dev");
    assertThat(second.status()).isEqualTo(1);
    assertThat(second.output()).contains("agent --dev is already running").hasLineCount(1);

    assertThat(servers()).isPositive();
    agent.destroy();
    assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said()).contains("removed 3 containers");
    assertThat(servers()).isZero();
  }
}
