package io.dowding.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Commands without a process of their own, for tests that need many of them. */
public final class InProcess {

  private InProcess() {}

  /**
   * Runs a command and returns what it said.
   *
   * @throws IllegalStateException with what it said, where it fails
   */
  public static String run(String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    if (Main.line(arguments).setOut(out).setErr(out).execute(arguments) != 0) {
      throw new IllegalStateException(arguments[0] + ": " + said);
    }
    return said.toString();
  }

  /**
   * {@code dowding up}.
   *
   * @throws IllegalStateException with what it said, where it fails
   */
  public static void up(String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int status = new CommandLine(new UpCommand()).setOut(out).setErr(out).execute(arguments);
    if (status != 0) {
      throw new IllegalStateException("up: " + said);
    }
  }
}
