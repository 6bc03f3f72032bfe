package io.dowding.cli;

import io.dowding.docker.RemoteProcess;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The user's terminal, passing on every key as it is pressed until this is closed. Otherwise leaves
 * it as it is.
 */
final class RawTerminal implements AutoCloseable {

  private static final String TERMINAL = "/dev/tty";

  private final boolean raw;
  private final String before;
  private final Thread restoring = new Thread(this::restore);

  /** Its size in characters. */
  record Size(int rows, int columns) {}

  RawTerminal(boolean raw) {
    this.raw = raw;
    this.before = raw ? stty("-g") : "";
    if (raw) {
      // A signal ends this process without closing this.
      Runtime.getRuntime().addShutdownHook(restoring);
      stty("raw", "-echo");
    }
  }

  Optional<Size> size() {
    return raw ? measure() : Optional.empty();
  }

  /** The size of the terminal of this process, if it has one. */
  static Optional<Size> measure() {
    String[] parts = stty("size").split(" ", -1);
    return parts.length == 2
            && parts[0].matches("[1-9][0-9]{0,3}")
            && parts[1].matches("[1-9][0-9]{0,3}")
        ? Optional.of(new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])))
        : Optional.empty();
  }

  /** Empty where there is no {@code stty}. */
  private static String stty(String... arguments) {
    try {
      String[] command = new String[arguments.length + 1];
      command[0] = "stty";
      System.arraycopy(arguments, 0, command, 1, arguments.length);
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File(TERMINAL))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException none) {
      return "";
    }
  }

  /** Passes on the standard input until one side ends. */
  void copyTo(RemoteProcess process) {
    byte[] buffer = new byte[8192];
    try {
      OutputStream to = process.input();
      for (int read = System.in.read(buffer); read >= 0; read = System.in.read(buffer)) {
        to.write(buffer, 0, read);
        to.flush();
      }
      process.endInput();
    } catch (IOException ended) {
      // The command has exited.
    }
  }

  @Override
  public void close() {
    if (raw) {
      restore();
      try {
        Runtime.getRuntime().removeShutdownHook(restoring);
      } catch (IllegalStateException ending) {
        // It runs now.
      }
    }
  }

  private void restore() {
    if (!before.isEmpty()) {
      stty(before);
    }
  }
}
