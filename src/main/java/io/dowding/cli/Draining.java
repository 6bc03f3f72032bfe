package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Waits until a host has no jobs any more, except those that stay. */
final class Draining {

  private static final Duration AGAIN = Duration.ofMillis(300);

  private final Config config;
  private final EtcdKeys keys;
  private final String host;
  private final Output talk;

  Draining(Config config, EtcdKeys keys, String host, Output talk) {
    this.config = config;
    this.keys = keys;
    this.host = host;
    this.talk = talk;
  }

  /** Returns the exit status: 0 when it is empty, 1 if jobs stay, 3 after a timeout. */
  int await(Duration limit) throws Exception {
    long begin = System.nanoTime();
    List<String> shown = List.of();
    while (true) {
      Map<String, JsonNode> there = there();
      List<String> names = List.copyOf(there.keySet());
      if (!names.equals(shown)) {
        talk.line(
            names.isEmpty()
                ? host + ": no jobs left"
                : host + ": " + names.size() + " left: " + String.join(", ", names));
        shown = names;
      }
      if (names.isEmpty() && !isRunning()) {
        talk.line(host + ": no containers left");
        return 0;
      }
      List<String> stay = names.isEmpty() ? List.of() : staying(there);
      if (!stay.isEmpty()) {
        stay.forEach(talk::line);
        talk.line("these jobs stay on " + host + " until you pin them elsewhere or remove them");
        return DowdingCommand.NO;
      }
      if (System.nanoTime() - begin > limit.toNanos()) {
        talk.line("gave up after " + Ages.of(limit) + "; " + host + " is still being drained");
        return DowdingCommand.TIMED_OUT;
      }
      Thread.sleep(AGAIN);
    }
  }

  /** Whether containers of jobs that have moved are still being stopped there. */
  private boolean isRunning() {
    Host asked = config.hosts(keys.all(Key.INVENTORY)).get(host);
    String cluster = keys.cluster();
    if (asked == null || cluster == null) {
      return false;
    }
    AllHosts.Answer<List<Container>> answer =
        AllHosts.ask(config, List.of(asked), (_, engine) -> engine.list())
            .getOrDefault(host, new AllHosts.Answer<>(null, ""));
    return answer.value() == null
        || answer.value().stream()
            .anyMatch(one -> one.isAlive() && Ownership.of(one, cluster) != null);
  }

  private Map<String, JsonNode> there() throws Exception {
    Map<String, JsonNode> there = new TreeMap<>();
    for (String status : keys.all(Key.SERVICE_STATUS).values()) {
      DowdingCommand.read(status)
          .path("jobs")
          .properties()
          .forEach(
              job -> {
                if (job.getValue().path("host").asText().equals(host)) {
                  there.put(job.getKey(), job.getValue());
                }
              });
    }
    return there;
  }

  /** Those that the agent will not move, if it has seen that the host is drained and none moves. */
  private List<String> staying(Map<String, JsonNode> there) throws Exception {
    JsonNode status =
        DowdingCommand.read(keys.all(Key.HOST_STATUS).getOrDefault(Key.HOST_STATUS + host, "{}"));
    List<String> stay = new ArrayList<>();
    status.path("stays").forEach(line -> stay.add(line.asText()));
    boolean all =
        there.keySet().stream()
            .allMatch(job -> stay.stream().anyMatch(line -> line.startsWith(job + ": ")));
    boolean noneMoves =
        stay.stream()
            .allMatch(line -> line.contains(": held: ") || line.contains("; no host fits: "));
    return all && noneMoves ? stay : List.of();
  }
}
