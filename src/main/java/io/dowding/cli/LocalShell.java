package io.dowding.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Real programs. Their output goes through files: a program that stays in the background, as ssh
 * does, would keep a pipe open.
 */
final class LocalShell implements Shell {

  private static final int NO_SUCH_COMMAND = 127;
  private static final int LONGEST = 256 << 10;

  @Override
  public Result run(String input, List<String> command) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("dowding-run");
    Path in = directory.resolve("in");
    Path out = directory.resolve("out");
    Path errors = directory.resolve("errors");
    try {
      Files.writeString(in, input);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(errors.toFile());
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
      Process process;
      try {
        process = builder.start();
      } catch (IOException missing) {
        return new Result(
            NO_SUCH_COMMAND, "", command.getFirst() + " cannot be run on this machine");
      }
      try {
        return new Result(process.waitFor(), read(out), read(errors));
      } finally {
        process.destroy();
      }
    } finally {
      for (Path file : List.of(in, out, errors, directory)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String read(Path file) throws IOException {
    try (InputStream from = Files.newInputStream(file)) {
      return new String(from.readNBytes(LONGEST), StandardCharsets.UTF_8);
    }
  }
}
