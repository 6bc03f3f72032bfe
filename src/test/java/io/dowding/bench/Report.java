package io.dowding.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured, as a table and as JSON. */
final class Report {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Figure> figures = new ArrayList<>();

  /**
   * One figure.
   *
   * @param against what it is compared with, or empty
   * @param floor the value of that in the same run; NaN for none
   * @param goal in words; empty if there is none
   */
  private record Figure(
      String row,
      String what,
      double value,
      String unit,
      String against,
      double floor,
      String goal,
      boolean isMet) {

    double ratio() {
      return value / floor;
    }
  }

  /** A figure without a goal, to be read beside the others. */
  void note(String row, String what, double value, String unit) {
    add(new Figure(row, what, value, unit, "", Double.NaN, "", true));
  }

  void atMost(String row, String what, double value, String unit, double goal) {
    add(new Figure(row, what, value, unit, "", Double.NaN, "≤ " + plain(goal), value <= goal));
  }

  void atLeast(String row, String what, double value, String unit, double goal) {
    add(new Figure(row, what, value, unit, "", Double.NaN, "≥ " + plain(goal), value >= goal));
  }

  /** A figure whose ratio to another one, measured in the same run, is to be small. */
  void ratio(
      String row,
      String what,
      double value,
      String unit,
      String against,
      double floor,
      double goal) {
    String text = "≤ " + plain(goal) + " ×";
    add(new Figure(row, what, value, unit, against, floor, text, value / floor <= goal));
  }

  private void add(Figure figure) {
    figures.add(figure);
    System.out.println(line(figure));
  }

  private static String line(Figure figure) {
    String peer =
        figure.against().isEmpty()
            ? ""
            : "%s %s (%.2f ×)".formatted(figure.against(), plain(figure.floor()), figure.ratio());
    String goal = figure.goal().isEmpty() ? "" : figure.goal() + (figure.isMet() ? "" : "  missed");
    return "%-4s %-58s %10s %-6s %-44s %s"
        .formatted(figure.row(), figure.what(), plain(figure.value()), figure.unit(), peer, goal)
        .stripTrailing();
  }

  private static String plain(double value) {
    boolean whole = Math.abs(value) >= 100 || value == Math.rint(value);
    return String.format(Locale.ROOT, whole ? "%,.0f" : "%.3g", value);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  void write(Path file) throws IOException {
    ObjectNode all = JSON.createObjectNode();
    all.put("date", Instant.now().toString());
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("java", System.getProperty("java.runtime.version"));
    all.put("kernel", System.getProperty("os.version"));
    ArrayNode rows = all.putArray("figures");
    for (Figure figure : figures) {
      ObjectNode row = rows.addObject();
      row.put("row", figure.row()).put("what", figure.what());
      row.put("value", figure.value()).put("unit", figure.unit());
      if (!figure.against().isEmpty()) {
        row.put("against", figure.against()).put("floor", figure.floor());
        row.put("ratio", figure.ratio());
      }
      if (!figure.goal().isEmpty()) {
        row.put("goal", figure.goal()).put("met", figure.isMet());
      }
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    System.out.println("\nfigures: " + file);
  }
}
