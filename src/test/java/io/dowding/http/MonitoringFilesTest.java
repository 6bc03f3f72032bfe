package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.control.Census;
import io.dowding.control.Condition;
import io.dowding.control.Condition.Part;
import io.dowding.control.Health;
import io.dowding.control.SteadyClock;
import io.dowding.plan.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MonitoringFilesTest {

  private static final Pattern METRIC =
      Pattern.compile("\\b(?:dowding|jvm|process)_[a-z_]+(?![a-z_.=/:])");

  /** All metrics of a leader: names, without what a histogram adds. */
  private static Set<String> known() throws IOException {
    Health health = new Health(new SteadyClock());
    TreeMap<String, Integer> none = new TreeMap<>();
    health.set(new Condition(Part.LEADS, "", new Census(none, none, 0, 0, 0, none, none, 0, 0, 0)));
    Metrics metrics = new Metrics(health, Map.of("docker", Path.of("absent")));
    Action action = new Action.ListAgain();
    metrics.decided(action, Instant.EPOCH);
    metrics.ended(action, null, Duration.ZERO);
    String page = metrics.page("").text();
    Set<String> names = new TreeSet<>();
    page.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .forEach(line -> names.add(line.split(" ", -1)[2]));
    return names;
  }

  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    METRIC
        .matcher(text)
        .results()
        .forEach(found -> names.add(found.group().replaceFirst("_(bucket|count|sum)$", "")));
    names.remove("jvm_");
    names.remove("process_");
    return names;
  }

  private static String dashboard() throws IOException {
    StringBuilder expressions = new StringBuilder();
    JsonNode panels =
        new ObjectMapper()
            .readTree(Files.readString(Path.of("config/dashboard.json")))
            .path("panels");
    for (JsonNode panel : panels) {
      for (JsonNode target : panel.path("targets")) {
        expressions.append(target.path("expr").asText()).append('\n');
      }
    }
    return expressions.toString();
  }

  @Test
  @DisplayName("the alert rules and the dashboard name only metrics that the agent has")
  void exist() throws IOException {
    Set<String> known = known();
    assertThat(named(Files.readString(Path.of("config/alerts.yaml")))).isSubsetOf(known);
    assertThat(named(dashboard())).isSubsetOf(known);
  }

  @Test
  @DisplayName("the reference lists every metric of the agent, and the dashboard shows it")
  void complete() throws IOException {
    Set<String> own = new TreeSet<>(known());
    own.removeIf(name -> !name.startsWith("dowding_"));
    assertThat(named(Files.readString(Path.of("config/reference.md")))).containsAll(own);
    assertThat(named(dashboard())).containsAll(own);
  }
}
