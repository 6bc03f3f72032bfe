package io.dowding.cli;

import io.dowding.model.Printable;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The only way from a command to the terminal. Names, messages and labels may be untrusted, so
 * unprintable characters are escaped. Each line is flushed.
 */
final class Output {

  private static final int USUAL_ROWS = 24;

  private final PrintWriter to;
  private final Terminal terminal;

  /** Lines that {@link #replace} has written and will replace. */
  private int replaceable;

  Output(PrintWriter to, Terminal terminal) {
    this.to = to;
    this.terminal = terminal;
  }

  static Output of(CommandSpec command) {
    return new Output(command.commandLine().getOut(), Terminal.find());
  }

  /** For messages and errors. */
  static Output errors(CommandSpec command) {
    return new Output(command.commandLine().getErr(), Terminal.find());
  }

  /** For code without a command at hand. */
  static Output of(PrintStream stream) {
    return new Output(new PrintWriter(stream, true, stream.charset()), Terminal.NONE);
  }

  void line(String line) {
    to.println(Printable.of(line));
    to.flush();
  }

  void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  void rows(List<List<Cell>> rows) {
    rows.forEach(this::parts);
  }

  /** Of the terminal; 0 for unlimited. */
  int width() {
    return terminal.width();
  }

  /** Parts of one line, each in its style. */
  void parts(List<Cell> parts) {
    String line = parts.stream().map(this::text).collect(Collectors.joining());
    to.println(terminal.colours() ? line : line.stripTrailing());
    to.flush();
  }

  private String text(Cell part) {
    return terminal.colours() ? part.style().around(part.text()) : part.text();
  }

  void table(Table table) {
    rows(table.lines(terminal.width()));
  }

  /** On a terminal, instead of what this wrote last; elsewhere below it. */
  void replace(Table table) {
    replace(table.lines(terminal.width()));
  }

  /** The same. */
  void replace(List<List<Cell>> rows) {
    if (!terminal.live()) {
      rows(rows);
      return;
    }
    if (replaceable > 0) {
      to.print("\u001b[" + replaceable + "A\u001b[J");
    }
    int most = RawTerminal.measure().map(RawTerminal.Size::rows).orElse(USUAL_ROWS);
    List<List<Cell>> shown = shortened(wrapped(rows, terminal.width()), most);
    rows(shown);
    replaceable = shown.size();
  }

  /** A terminal would wrap a line of text that is too long, and nothing would count its rows. */
  private static List<List<Cell>> wrapped(List<List<Cell>> rows, int width) {
    return rows.stream()
        .flatMap(
            row ->
                row.size() == 1
                    ? Table.wrapped(row.getFirst().text(), width).stream()
                        .map(part -> List.of(new Cell(part, row.getFirst().style())))
                    : Stream.of(row))
        .toList();
  }

  /** Lines that have left the screen cannot be replaced. */
  static List<List<Cell>> shortened(List<List<Cell>> lines, int rows) {
    int most = Math.max(2, rows - 1);
    if (lines.size() <= most) {
      return lines;
    }
    List<List<Cell>> some = new ArrayList<>(lines.subList(0, most - 1));
    int more = lines.size() - some.size();
    some.add(List.of(new Cell("and " + more + " more lines", Style.DIM)));
    return some;
  }

  /** JSON, which may have several lines. */
  void json(String json) {
    to.println(Printable.json(json));
    to.flush();
  }

  /** What a command that the user runs in a container writes, byte by byte, as with a shell. */
  static void raw(boolean error, byte[] bytes, int length) {
    PrintStream to = error ? System.err : System.out;
    to.write(bytes, 0, length);
    to.flush();
  }
}
