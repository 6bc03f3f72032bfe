package io.dowding.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands, and throws if they fail. */
final class Shell {

  private Shell() {}

  /** Uses the shell's builtin kill, because the kill program may not be installed. */
  static void signal(String name, long pid) {
    run("bash", "-c", "kill -" + name + " " + pid);
  }

  /** Returns the output of the command. */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(List.of(command) + " failed: " + output);
      }
      return output.strip();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
