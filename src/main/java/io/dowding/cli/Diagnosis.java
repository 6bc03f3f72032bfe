package io.dowding.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;

/** What was looked at, what was found, and what to do. */
final class Diagnosis {

  /**
   * One thing that was looked at.
   *
   * @param todo what to do about it; empty if it is fine
   */
  record Finding(String what, String found, String todo) {
    @JsonProperty
    boolean ok() {
      return todo.isEmpty();
    }
  }

  private final List<Finding> findings = new ArrayList<>();

  void ok(String what, String found) {
    findings.add(new Finding(what, found, ""));
  }

  void problem(String what, String found, String todo) {
    findings.add(new Finding(what, found, todo));
  }

  List<Finding> findings() {
    return findings;
  }

  boolean isFine() {
    return findings.stream().allMatch(Finding::ok);
  }

  Table table() {
    Table table = new Table("CHECK", "RESULT", "DETAILS");
    for (Finding one : findings) {
      table.row(
          one.what(),
          one.ok() ? new Cell("ok", Style.GOOD) : new Cell("problem", Style.BAD),
          one.found() + (one.ok() ? "" : ". To do: " + one.todo()));
    }
    return table;
  }
}
