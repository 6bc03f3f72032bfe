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
import java.util.SortedMap;
import java.util.TreeMap;

/** Waits until a host has no jobs any more, except those that stay. */
final class Draining {

  private static final int GOES_ON = -1;
  private static final Duration AGAIN = Duration.ofMillis(300);

  private final Config config;
  private final EtcdKeys keys;
  private final String host;
  private final Output talk;
  private String shown = "";

  Draining(Config config, EtcdKeys keys, String host, Output talk) {
    this.config = config;
    this.keys = keys;
    this.host = host;
    this.talk = talk;
  }

  /** Returns the exit status: 0 when it is empty, 1 if jobs stay, 3 after a timeout. */
  int await(Duration limit) throws Exception {
    long begin = System.nanoTime();
    Patience patience = new Patience(talk);
    while (true) {
      Integer done = patience.look(this::look);
      if (done != null && done != GOES_ON) {
        return done;
      }
      if (System.nanoTime() - begin > limit.toNanos()) {
        talk.line("gave up after " + Ages.of(limit) + "; " + host + " is still being drained");
        return DowdingCommand.TIMED_OUT;
      }
      Thread.sleep(AGAIN);
    }
  }

  /** Returns the exit status, or {@link #GOES_ON}. */
  private int look() throws Exception {
    JsonNode status =
        DowdingCommand.written(
            keys.get(Key.HOST_STATUS + host).map(EtcdKeys.Value::text).orElse("{}"));
    SortedMap<String, Host> hosts = config.hosts(keys.all(Key.INVENTORY));
    Host asked = hosts.get(host);
    String cluster = keys.cluster();
    if (asked == null || cluster == null) {
      talk.line(
          cluster == null
              ? "no agent has worked here yet: key cluster is missing"
              : Missing.host(host, hosts.keySet()) + ", so nothing moves its jobs");
      return DowdingCommand.NO;
    }
    if (!status.path("operator").asText().equals("drain")) {
      say("waiting for an agent to see that " + host + " is to be drained");
      return GOES_ON;
    }
    Map<String, JsonNode> there = there();
    if (!there.isEmpty()) {
      say(host + ": " + there.size() + " left: " + String.join(", ", there.keySet()));
      List<String> stay = staying(there, status);
      if (stay.isEmpty()) {
        return GOES_ON;
      }
      stay.forEach(talk::line);
      talk.line("these jobs stay on " + host + " until you pin them elsewhere or remove them");
      return DowdingCommand.NO;
    }
    return isEmpty(asked, cluster) ? 0 : GOES_ON;
  }

  /** Whether no container of a job that has moved is still being stopped there. */
  private boolean isEmpty(Host asked, String cluster) {
    AllHosts.Answer<List<Container>> answer =
        AllHosts.ask(config, List.of(asked), (_, engine) -> engine.list()).get(host);
    List<Container> containers = answer == null ? null : answer.value();
    if (answer == null || containers == null) {
      say(answer == null ? host + " was not asked" : answer.problem());
      return false;
    }
    List<Container> alive = containers.stream().filter(Container::isAlive).toList();
    long ours = alive.stream().filter(one -> Ownership.of(one, cluster) != null).count();
    long others = alive.size() - ours;
    say(
        host
            + ": no "
            + (ours > 0
                ? "jobs left; " + ours + " of their containers still run"
                : "containers of dowding left")
            + (ours > 0 || others == 0
                ? ""
                : "; " + others + (others == 1 ? " other runs there" : " others run there")));
    return ours == 0;
  }

  private void say(String line) {
    if (!line.equals(shown)) {
      talk.line(line);
      shown = line;
    }
  }

  private Map<String, JsonNode> there() throws Exception {
    Map<String, JsonNode> there = new TreeMap<>();
    for (String status : keys.all(Key.SERVICE_STATUS).values()) {
      DowdingCommand.written(status)
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
  private static List<String> staying(Map<String, JsonNode> there, JsonNode status) {
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
