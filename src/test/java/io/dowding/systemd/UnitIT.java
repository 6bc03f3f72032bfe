package io.dowding.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The systemd unit")
class UnitIT {

  private static final Path UNIT = Path.of("systemd/dowding.service");
  private static final String PROGRAM = "/usr/bin/dowding";

  @TempDir private Path directory;

  private record Ran(int status, String said) {}

  private static Ran analyze(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("systemd-analyze"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), said);
  }

  @Test
  @DisplayName("has no setting that systemd does not understand")
  void verify() throws IOException, InterruptedException {
    String text = Files.readString(UNIT);
    assertThat(text).contains("ExecStart=" + PROGRAM + " agent ");
    // The program need not be installed here.
    Path unit =
        Files.writeString(directory.resolve("dowding.service"), text.replace(PROGRAM, "/bin/true"));
    assertThat(analyze("verify", "--man=no", unit.toString())).isEqualTo(new Ran(0, ""));
  }

  @Test
  @DisplayName("leaves the agent little of the machine: an exposure of 1.5 at most, out of 10")
  void security() throws IOException, InterruptedException {
    Ran ran =
        analyze("security", "--offline=true", "--no-pager", "--threshold=15", UNIT.toString());
    assertThat(ran.said()).contains("Overall exposure level for dowding.service");
    assertThat(ran.status()).as(ran.said()).isZero();
  }
}
