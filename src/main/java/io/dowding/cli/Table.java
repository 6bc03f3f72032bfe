package io.dowding.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under a heading; columns are as wide as what is in them. Where the width is limited, the
 * last column is wrapped, and others where it does not help, so that nothing is cut off.
 */
final class Table {

  private static final String GAP = "  ";
  private static final int LEAST = 8;
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
    int before = before(widths);
    while (width > 0 && before > width && narrow(widths)) {
      before--;
    }
    List<List<Cell>> lines = new ArrayList<>();
    for (List<Cell> row : rows) {
      List<List<Cell>> beginnings = beginnings(row, widths);
      lines.addAll(beginnings.subList(0, beginnings.size() - 1));
      last(row.getLast(), beginnings.getLast(), before, width, lines);
    }
    return lines;
  }

  /** The width of all columns before the last. */
  private static int before(int[] widths) {
    return Arrays.stream(widths).limit(widths.length - 1).map(each -> each + GAP.length()).sum();
  }

  /** Takes a character from the widest of these columns, unless all are narrow. */
  private static boolean narrow(int[] widths) {
    int widest = 0;
    for (int column = 1; column < widths.length - 1; column++) {
      widest = widths[column] > widths[widest] ? column : widest;
    }
    boolean may = widths[widest] > LEAST;
    widths[widest] -= may ? 1 : 0;
    return may;
  }

  /** A row without its last column: more than one line if a cell is wider than its column. */
  private static List<List<Cell>> beginnings(List<Cell> row, int[] widths) {
    List<List<Cell>> lines = new ArrayList<>();
    lines.add(new ArrayList<>());
    for (int column = 0; column < row.size() - 1; column++) {
      Cell cell = row.get(column);
      List<String> parts = wrapped(cell.text(), widths[column]);
      while (lines.size() < parts.size()) {
        lines.add(blank(before(Arrays.copyOf(widths, column + 1))));
      }
      for (int n = 0; n < lines.size(); n++) {
        String part = n < parts.size() ? parts.get(n) : "";
        lines.get(n).add(new Cell(part, cell.style()).padded(widths[column]));
        lines.get(n).add(Cell.of(GAP));
      }
    }
    return lines;
  }

  private static List<Cell> blank(int width) {
    return new ArrayList<>(List.of(Cell.of(" ".repeat(width))));
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
      List<Cell> beginning = n == 0 && !below ? line : blank(indent);
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
