package io.dowding.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class in a separate JVM, which ends with the tests at the latest. */
final class ChildJvm {

  private ChildJvm() {}

  /** Its command line. */
  static List<String> command(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=config/logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Starts the JVM and appends its output to a file. */
  static Process start(Class<?> main, Path output, String... arguments) {
    try {
      Process process =
          new ProcessBuilder(command(main, arguments))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      Testbed.shared().remember(process);
      return process;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
