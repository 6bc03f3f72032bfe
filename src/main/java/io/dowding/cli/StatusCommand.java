package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}: desired and actual state, the leader, and holds. */
@Command(
    name = "status",
    description = "Shows desired and actual state, the leader, and holds.",
    mixinStandardHelpOptions = true)
class StatusCommand extends KeysCommand {

  private static final Duration AGAIN = Duration.ofSeconds(1);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "Only this service.")
  private @Nullable String service;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Option(names = "--watch", description = "Prints it again whenever it changes.")
  private boolean watch;

  @Override
  int run(EtcdKeys keys) throws JsonProcessingException, InterruptedException {
    List<String> shown = List.of();
    do {
      List<String> now = json ? List.of(forPrograms(keys)) : forPeople(keys);
      if (!now.equals(shown)) {
        if (json) {
          out().json(now.getFirst());
        } else {
          out().lines(now);
        }
        shown = now;
      }
      if (watch) {
        Thread.sleep(AGAIN);
      }
    } while (watch);
    return 0;
  }

  private Map<String, String> services(EtcdKeys keys) {
    Map<String, String> all = keys.all(Key.SERVICE_STATUS);
    if (service != null) {
      all.keySet().retainAll(List.of(Key.SERVICE_STATUS + service));
    }
    return all;
  }

  String forPrograms(EtcdKeys keys) throws JsonProcessingException {
    ObjectNode all = JSON.createObjectNode();
    var agents = all.putArray("agents");
    for (String candidate : keys.candidates()) {
      agents.add(read(candidate));
    }
    put(all, "services", services(keys));
    put(all, "holds", keys.all(Key.HOLDS));
    ObjectNode problems = all.putObject("problems");
    for (Map.Entry<String, String> one : keys.all(Key.PROBLEMS).entrySet()) {
      problems.set(one.getKey().substring(Key.PROBLEMS.length()), read(one.getValue()));
    }
    return all.toPrettyString();
  }

  static void put(ObjectNode into, String name, Map<String, String> values)
      throws JsonProcessingException {
    ObjectNode node = into.putObject(name);
    for (Map.Entry<String, String> value : values.entrySet()) {
      node.set(
          value.getKey().substring(value.getKey().lastIndexOf('/') + 1), read(value.getValue()));
    }
  }

  private List<String> forPeople(EtcdKeys keys) throws JsonProcessingException {
    List<String> lines = new ArrayList<>();
    leaders(keys, lines);
    for (Map.Entry<String, String> hold : keys.all(Key.HOLDS).entrySet()) {
      JsonNode value = read(hold.getValue());
      lines.add(
          "held: %s: %s. To release it: %s"
              .formatted(
                  value.path("held").asText(),
                  value.path("why").asText(),
                  value.path("release").asText()));
    }
    Map<String, String> definitions = keys.all(Key.SERVICES);
    Map<String, List<String>> byProject = new TreeMap<>();
    for (Map.Entry<String, String> one : services(keys).entrySet()) {
      String name = one.getKey().substring(Key.SERVICE_STATUS.length());
      service(
          name,
          read(one.getValue()),
          byProject.computeIfAbsent(
              project(definitions.getOrDefault(Key.SERVICES + name, "{}")),
              _ -> new ArrayList<>()));
    }
    byProject.forEach(
        (project, services) -> {
          if (!project.isEmpty()) {
            lines.add("project " + project);
          }
          lines.addAll(services);
        });
    for (Map.Entry<String, String> one : keys.all(Key.PROBLEMS).entrySet()) {
      JsonNode value = read(one.getValue());
      lines.add(
          "key %s cannot be used: %s. To do: %s"
              .formatted(
                  one.getKey().substring(Key.PROBLEMS.length()),
                  value.path("problem").asText(),
                  value.path("fix").asText()));
    }
    return lines;
  }

  /** The project that a service came from, or empty. */
  private static String project(String definition) {
    try {
      return read(definition).path("x-dowding").path("project").asText();
    } catch (JsonProcessingException notJson) {
      return "";
    }
  }

  private static void leaders(EtcdKeys keys, List<String> lines) throws JsonProcessingException {
    List<String> candidates = keys.candidates();
    if (candidates.isEmpty()) {
      lines.add("no agent is running: containers keep running, and nothing is changed");
    }
    for (int n = 0; n < candidates.size(); n++) {
      JsonNode agent = read(candidates.get(n));
      lines.add(
          "agent %s %s since %s"
              .formatted(
                  agent.path("name").asText("?"),
                  n == 0 ? "leads, candidate" : "on standby, candidate",
                  agent.path("since").asText("?")));
    }
  }

  private static void service(String name, JsonNode status, List<String> lines) {
    lines.add(
        "%-24s %-10s %d/%d  %s"
            .formatted(
                name,
                status.path("state").asText(),
                status.path("running").asInt(),
                status.path("desired").asInt(),
                status.path("message").asText(""))
            .stripTrailing());
    status
        .path("jobs")
        .properties()
        .forEach(
            job ->
                lines.add(
                    "  %-22s %-10s %-16s %-12s %s"
                        .formatted(
                            job.getKey(),
                            job.getValue().path("state").asText(),
                            job.getValue().path("host").asText("-"),
                            job.getValue().path("container").asText("-"),
                            reason(job.getValue()))
                        .stripTrailing()));
  }

  /** Why it does not run as it should; of one that does, why it is where it is. */
  private static String reason(JsonNode job) {
    String reason = job.path("reason").asText("");
    return reason.isEmpty() ? job.path("why").asText("") : reason;
  }
}
