package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints lines, each with its job in front; as JSON, one object per line. Thread-safe. */
final class LogView {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Output out;
  private final boolean json;
  private final boolean timestamps;
  private final boolean one;
  private int width;

  /**
   * @param one whether all lines are of one job, whose name is left out
   */
  LogView(Output out, boolean json, boolean timestamps, boolean one) {
    this.out = out;
    this.json = json;
    this.timestamps = timestamps;
    this.one = one;
  }

  synchronized void line(LogLine line) {
    if (json) {
      Map<String, Object> value = new TreeMap<>();
      value.put("time", line.time().toString());
      value.put("job", line.job());
      value.put("host", line.host());
      value.put("container", line.container());
      value.put("stream", line.error() ? "stderr" : "stdout");
      value.put("text", line.text());
      try {
        out.json(JSON.writeValueAsString(value));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
      return;
    }
    List<Cell> parts = new ArrayList<>();
    if (!one) {
      width = Math.max(width, line.job().length());
      parts.add(new Cell(line.job(), Style.ofName(line.job())).padded(width));
      parts.add(new Cell(" | ", Style.DIM));
    }
    if (timestamps) {
      parts.add(new Cell(line.time() + " ", Style.DIM));
    }
    parts.add(Cell.of(line.text()));
    out.parts(parts);
  }
}
