package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("bin/simulate")
class SimulateTest {

  @TempDir Path directory;

  private record Ended(int status, String output) {}

  private Ended simulate(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Simulate.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private Path next() {
    return directory.resolve("target/simulate-next-seed");
  }

  @Test
  @DisplayName("runs for some minutes, as in the README, and continues from there")
  void minutes() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    assertThat(readme).contains("bin/simulate --minutes 30 ");
    Ended some = simulate("--minutes", "0.02");
    assertThat(some.output()).contains("8 seeds, ").contains(" 0 broken");
    assertThat(some.status()).isZero();
    assertThat(Long.parseLong(Files.readString(next()))).isGreaterThanOrEqualTo(5008);
  }

  @Test
  @DisplayName("runs the given number of seeds")
  void seeds() throws Exception {
    Files.createDirectories(next().getParent());
    Files.writeString(next(), "5000");
    Ended few = simulate("--seeds", "2", "--minutes", "5");
    assertThat(few.output()).contains("2 seeds, ").contains(" 0 broken");
    assertThat(few.status()).isZero();
    assertThat(Files.readString(next())).isEqualTo("5002");
  }

  @Test
  @DisplayName("fails if it ran nothing")
  void nothing() throws Exception {
    Ended none = simulate("--minutes", "0");
    assertThat(none.output()).contains("nothing was simulated");
    assertThat(none.status()).isEqualTo(1);
    assertThat(next()).doesNotExist();
  }
}
