package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The status")
class StatusPageTest {

  private static final Instant NOW = Instant.parse("2026-12-01T14:05:10Z");

  private static List<String> lines(String status) throws JsonProcessingException {
    return StatusPage.lines(
            new ObjectMapper().readTree(status.replace('\'', '"')),
            Collections.emptySortedMap(),
            NOW,
            0)
        .stream()
        .map(line -> line.stream().map(Cell::text).collect(Collectors.joining()).stripTrailing())
        .toList();
  }

  @Test
  @DisplayName("says who leads and who stands by, what is held, and which keys are wrong")
  void all() throws JsonProcessingException {
    List<String> shown =
        lines(
            """
            {'agents': [
               {'name': 'a', 'since': '2026-12-01T14:00:10Z'},
               {'name': 'b', 'since': '2026-12-01T14:02:10Z'}],
             'holds': {'all': {'held': 'everything', 'why': 'x', 'release': 'y'}},
             'services': {'web': {'state': 'running', 'running': 1, 'desired': 1, 'jobs': {}}},
             'problems': {'services/K': {'problem': 'p', 'fix': 'f'}}}""");
    assertThat(shown.subList(0, 3))
        .containsExactly(
            "agent a leads, joined 5m ago",
            "agent b is on standby, joined 3m ago",
            "held: everything: x. To release it: y");
    assertThat(shown.get(3)).startsWith("NAME");
    assertThat(shown.get(4)).startsWith("web");
    assertThat(shown.getLast()).isEqualTo("key services/K cannot be used: p. To do: f");
  }

  @Test
  @DisplayName("says that a key has no service's name, and shortens that name")
  void misnamed() {
    List<String> shown =
        StatusPage.lines(
                MissingNode.getInstance(),
                new TreeMap<>(Map.of("a".repeat(100_000), MissingNode.getInstance())),
                NOW,
                0)
            .stream()
            .map(line -> line.stream().map(Cell::text).collect(Collectors.joining()))
            .toList();
    assertThat(shown.getLast())
        .hasSizeLessThan(400)
        .contains("invalid")
        .contains("the name of a service is lower-case letters");
  }

  @Test
  @DisplayName("says that no agent is running, and shows no empty table")
  void nothing() throws JsonProcessingException {
    assertThat(lines("{'agents': [], 'holds': {}, 'services': {}, 'problems': {}}"))
        .containsExactly("no agent is running: containers keep running, and nothing is changed");
  }
}
