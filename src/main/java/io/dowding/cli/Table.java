package io.dowding.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under a heading; columns are as wide as what is in them. Where the width is limited, the
 * last column is wrapped, so that nothing is cut off.
 */
final class Table {

  private static final String GAP = "  ";
  private static final int LEAST_LAST = 24;
  private static final int INDENT = 4;

  private final List<List<Cell>> rows = new ArrayList<>();

  Table(String... heading) {
    rows.add(Arrays.stream(heading).map(text -> new Cell(text, Style.HEADING)).toList());
  }

  /** Cells, or texts. */
  Table row(Object... cells) {
    rows.add(
        Arrays.stream(cells)
            .map(cell -> cell instanceof Cell made ? made : Cell.of(String.valueOf(cell)))
            .toList());
    return this;
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  /**
   * The lines, as parts.
   *
   * @param width of the terminal; 0 for unlimited
   */
  List<List<Cell>> lines(int width) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<Cell> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        widths[column] = Math.max(widths[column], row.get(column).width());
      }
    }
    int before = 0;
    for (int column = 0; column < widths.length - 1; column++) {
      before += widths[column] + GAP.length();
    }
    List<List<Cell>> lines = new ArrayList<>();
    for (List<Cell> row : rows) {
      List<Cell> line = new ArrayList<>();
      for (int column = 0; column < row.size() - 1; column++) {
        line.add(row.get(column).padded(widths[column]));
        line.add(Cell.of(GAP));
      }
      last(row.getLast(), line, before, width, lines);
    }
    return lines;
  }

  /** The last column, on further lines where there is no room for it. */
  private static void last(
      Cell last, List<Cell> line, int before, int width, List<List<Cell>> lines) {
    boolean fits = width == 0 || before + last.width() <= width;
    boolean below = !fits && width - before < LEAST_LAST;
    int indent = below ? INDENT : before;
    if (below) {
      lines.add(line);
    }
    List<String> parts = fits ? List.of(last.text()) : wrapped(last.text(), width - indent);
    for (int n = 0; n < parts.size(); n++) {
      List<Cell> beginning =
          n == 0 && !below ? line : new ArrayList<>(List.of(Cell.of(" ".repeat(indent))));
      beginning.add(new Cell(parts.get(n), last.style()));
      lines.add(beginning);
    }
  }

  /** At spaces, where there are some. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      int end = space > 0 ? space : width;
      lines.add(rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }
}
