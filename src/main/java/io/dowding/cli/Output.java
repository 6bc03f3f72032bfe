package io.dowding.cli;

import io.dowding.model.Printable;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The only way from a command to the terminal. Names, messages and labels may be untrusted, so
 * unprintable characters are escaped. Each line is flushed.
 */
final class Output {

  private final PrintWriter to;

  private Output(PrintWriter to) {
    this.to = to;
  }

  static Output of(CommandSpec command) {
    return new Output(command.commandLine().getOut());
  }

  /** For errors. */
  static Output errors(CommandSpec command) {
    return new Output(command.commandLine().getErr());
  }

  /** For code without a command at hand. */
  static Output of(PrintStream stream) {
    return new Output(new PrintWriter(stream, true, stream.charset()));
  }

  void line(String line) {
    to.println(Printable.of(line));
    to.flush();
  }

  void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  /** JSON, which may have several lines. */
  void json(String json) {
    to.println(Printable.json(json));
    to.flush();
  }
}
