package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** What {@code status} shows: the agents, what is held, the services, and keys that are wrong. */
final class StatusPage {

  private StatusPage() {}

  /**
   * The lines, as parts.
   *
   * @param status what {@code status --json} prints
   * @param definitions the values of the services' keys, by service
   * @param width of the table; 0 for unlimited
   */
  static List<List<Cell>> lines(
      JsonNode status, SortedMap<String, JsonNode> definitions, Instant now, int width) {
    List<String> texts = new ArrayList<>(agents(status.path("agents"), now));
    status
        .path("holds")
        .forEach(
            hold ->
                texts.add(
                    "held: %s: %s. To release it: %s"
                        .formatted(
                            hold.path("held").asText(),
                            hold.path("why").asText(),
                            hold.path("release").asText())));
    List<List<Cell>> lines = new ArrayList<>(rows(texts));
    Table services = StatusTable.of(status, definitions, now);
    if (!services.isEmpty()) {
      lines.addAll(services.lines(width));
    }
    lines.addAll(rows(problems(status.path("problems"))));
    return lines;
  }

  private static List<String> agents(JsonNode agents, Instant now) {
    if (agents.isEmpty()) {
      return List.of("no agent is running: containers keep running, and nothing is changed");
    }
    List<String> lines = new ArrayList<>();
    for (int n = 0; n < agents.size(); n++) {
      JsonNode agent = agents.path(n);
      lines.add(
          "agent %s %s, joined %s ago"
              .formatted(
                  agent.path("name").asText("?"),
                  n == 0 ? "leads" : "is on standby",
                  Ages.of(agent.path("since").asText("?"), now)));
    }
    return lines;
  }

  private static List<String> problems(JsonNode problems) {
    return problems.properties().stream()
        .map(
            one ->
                "key %s cannot be used: %s. To do: %s"
                    .formatted(
                        one.getKey(),
                        one.getValue().path("problem").asText(),
                        one.getValue().path("fix").asText()))
        .toList();
  }

  private static List<List<Cell>> rows(List<String> texts) {
    return texts.stream().map(line -> List.of(Cell.of(line))).toList();
  }
}
