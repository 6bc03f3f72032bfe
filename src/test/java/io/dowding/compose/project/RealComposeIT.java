package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the real command on every project that it accepts. Cases that only newer or older versions
 * accept are not judged, so there is a minimum.
 */
@DisplayName("The output of docker compose config")
class RealComposeIT {

  private static final int LEAST = 200;

  private static final Map<ComposeCase, String> OUTPUTS = new ConcurrentHashMap<>();

  @TempDir static Path directory;

  @BeforeAll
  static void run() throws IOException {
    List<ComposeCase> all = Stream.concat(ComposeCase.projects(), ComposeCase.forms()).toList();
    all.parallelStream()
        .filter(ComposeCase::isAccepted)
        .forEach(
            one -> {
              String output = output(one);
              if (output != null) {
                OUTPUTS.put(one, output);
              }
            });
    assertThat(OUTPUTS).hasSizeGreaterThan(LEAST);
  }

  @Test
  @DisplayName("has the same meaning as the project")
  void project() {
    SortedMap<String, String> differences = new TreeMap<>();
    OUTPUTS.forEach(
        (one, output) -> {
          String difference = one.difference(output);
          if (!difference.isEmpty() && !ComposeCasesTest.DIFFERENT.containsKey(one.id())) {
            differences.put(one.id(), difference);
          }
        });
    assertThat(differences).isEmpty();
  }

  /** Null if the command refuses it. */
  private static @Nullable String output(ComposeCase one) {
    try {
      Path project = directory.resolve(one.id() + ComposeCase.DIRECTORY);
      for (Map.Entry<String, String> file : one.files().entrySet()) {
        Path path = project.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      List<String> command = new ArrayList<>(List.of("docker", "compose"));
      command.addAll(one.arguments());
      command.addAll(List.of("config", "--format", "json"));
      ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
      String path = builder.environment().get("PATH");
      builder.environment().clear();
      builder.environment().put("PATH", path);
      builder.environment().put("HOME", "/home/u");
      builder.environment().putAll(one.environment());
      Process process =
          builder
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .replace(project.toString(), ComposeCase.DIRECTORY);
      return process.waitFor() == 0 ? output : null;
    } catch (IOException | InterruptedException broken) {
      throw new AssertionError(broken);
    }
  }
}
