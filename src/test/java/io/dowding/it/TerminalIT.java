package io.dowding.it;

import static io.dowding.it.TestCluster.service;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.cli.Main;
import io.dowding.cli.Ran;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in a terminal of 80 columns and 24 rows, which {@code script} provides. */
@DisplayName("In a terminal of 80 columns")
class TerminalIT {

  private static final int COLUMNS = 80;
  private static final String ESCAPE = "\u001b";
  private static final String LONG =
      "a-service-with-a-name-that-is-as-long-as-names-of-services-are";

  private static TestCluster cluster;

  @BeforeAll
  static void begin() {
    cluster = TestCluster.running(2);
    cluster.put("services/web", service("\"ports\":[\"80\"]", TestCluster.replicas(2)));
    cluster.put("services/" + LONG, service("\"ports\":[\"81\"]"));
    cluster.put(
        "services/big",
        service("\"deploy\":{\"resources\":{\"reservations\":{\"memory\":\"900g\"}}}"));
    cluster.awaitRunning("web");
    cluster.awaitRunning(LONG);
    cluster.awaitState("big", "pending");
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  /** What a terminal received. */
  private static String received(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    List<String> command = ChildJvm.command(Main.class);
    command.addAll(Arrays.asList(words));
    command.add("--config=" + cluster.configFile());
    String quoted =
        command.stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    String limit = environment.getOrDefault("WATCH", "");
    if (environment.containsKey("TALK")) {
      quoted += " 2> /dev/null";
    }
    String run = limit.isEmpty() ? quoted : "timeout -s INT " + limit + " " + quoted + "; true";
    ProcessBuilder script =
        new ProcessBuilder("script", "-qec", "stty cols 80 rows 24; " + run, "/dev/null");
    script.environment().put("TERM", "xterm");
    script.environment().remove("COLUMNS");
    script.environment().remove("NO_COLOR");
    script.environment().putAll(environment);
    Process process = script.redirectErrorStream(true).start();
    Testbed.shared().remember(process);
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    // 2 is that of a plan with changes; the doctor finds that these hosts have no encryption.
    assertThat(process.waitFor()).as(said).isIn(0, words[0].equals("doctor") ? 1 : 2);
    return said;
  }

  /** What the terminal shows in the end. Fails at a sequence that is not for colours or redraws. */
  private static List<String> screen(String received) {
    List<String> lines = new ArrayList<>();
    for (String line : received.replaceAll(ESCAPE + "\\[[0-9;]*m", "").split("\r?\n", -1)) {
      String rest = line;
      while (rest.startsWith(ESCAPE)) {
        String up = rest.replaceFirst("(?s)^" + ESCAPE + "\\[([0-9]+)A" + ESCAPE + "\\[J.*", "$1");
        assertThat(up).as("only redraws: %s", rest).matches("[0-9]+");
        assertThat(Integer.parseInt(up)).as("redraws what it wrote").isBetween(1, lines.size());
        lines.subList(lines.size() - Integer.parseInt(up), lines.size()).clear();
        rest = rest.replaceFirst("^" + ESCAPE + "\\[[0-9]+A" + ESCAPE + "\\[J", "");
      }
      assertThat(rest).doesNotContain(ESCAPE);
      lines.add(rest);
    }
    return lines;
  }

  private static void fits(String command, List<String> lines) {
    assertThat(lines)
        .as(command)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "status web",
        "hosts",
        "hosts --disk",
        "ps",
        "top",
        "rollback web --list",
        "service list",
        "rebalance --dry-run",
        "doctor",
        "find web.1",
        "release"
      })
  @DisplayName("tables fit, and have colours unless NO_COLOR is set")
  void tables(String command) throws Exception {
    String coloured = received(Map.of("TALK", "none"), command.split(" ", -1));
    fits(command, screen(coloured));
    String plain = received(Map.of("TALK", "none", "NO_COLOR", "1"), command.split(" ", -1));
    assertThat(plain).doesNotContain(ESCAPE);
    fits(command, screen(plain));
  }

  @Test
  @DisplayName("a wait redraws its table in place and leaves one")
  void waits() throws Exception {
    String received = received(Map.of(), "restart", "web", "--wait");
    List<String> screen = screen(received);
    fits("restart", screen);
    assertThat(received).containsPattern(ESCAPE + "\\[[0-9]+A");
    assertThat(screen.stream().filter(line -> line.startsWith("SERVICE"))).hasSize(1);
    assertThat(screen.stream().filter(line -> line.startsWith("web "))).hasSize(1);
  }

  @Test
  @DisplayName("a status that is watched is redrawn in place, and an interrupt leaves it there")
  void watched() throws Exception {
    CompletableFuture<String> received =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return received(Map.of("WATCH", "20"), "status", "web", "--watch");
              } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
              }
            });
    // What it shows first changes while it is shown.
    for (int n = 0; n < 4; n++) {
      assertThat(Ran.dowding(cluster.configFile(), "restart", "web.1", "--wait").status()).isZero();
    }
    String text = received.join();
    List<String> screen = screen(text);
    fits("status --watch", screen);
    assertThat(text).containsPattern(ESCAPE + "\\[[0-9]+A");
    assertThat(screen.stream().filter(line -> line.contains("web.1"))).hasSize(1);
    assertThat(screen.stream().filter(line -> line.contains(" leads, "))).hasSize(1);
    assertThat(text).endsWith("\n");
  }

  @Test
  @DisplayName("a dumb terminal gets no escape sequences, and a pipe neither")
  void dumb() throws Exception {
    assertThat(received(Map.of("TERM", "dumb"), "restart", "web", "--wait"))
        .contains("SERVICE")
        .doesNotContain(ESCAPE);
    List<String> command = ChildJvm.command(Main.class);
    command.addAll(List.of("status", "web", "--config=" + cluster.configFile()));
    Process piped = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(new String(piped.getInputStream().readAllBytes(), UTF_8))
        .contains("web.1")
        .doesNotContain(ESCAPE);
  }
}
