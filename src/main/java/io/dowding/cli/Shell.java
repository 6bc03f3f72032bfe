package io.dowding.cli;

import io.dowding.model.Printable;
import java.io.IOException;
import java.util.List;

/** Runs programs of this machine. Safe for several threads. */
@FunctionalInterface
interface Shell {

  /**
   * What a program said, which is untrusted.
   *
   * @param exit its exit status; 127 if there is no such program
   */
  record Result(int exit, String output, String errors) {

    private static final int LONGEST = 200;

    boolean isGood() {
      return exit == 0;
    }

    /** The last line of what it said, to be shown to a person. */
    String last() {
      String said = errors.isBlank() ? output : errors;
      String last = said.lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
      return last.isEmpty() ? "exit status " + exit : Printable.of(last.strip(), LONGEST);
    }
  }

  /**
   * Runs a program until it ends. It may use the terminal, but not through its input and output.
   *
   * @param input what it reads
   */
  Result run(String input, List<String> command) throws IOException, InterruptedException;

  default Result run(String... command) throws IOException, InterruptedException {
    return run("", List.of(command));
  }
}
