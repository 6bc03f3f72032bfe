package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}: desired and actual state, the leader, and holds. */
@Command(
    name = "status",
    aliases = "st",
    description = {
      "Shows desired and actual state, the leader, and holds.",
      "Exit status: 1 if there is no such service."
    },
    footer = {"Example:", "  dowding status web --watch"},
    mixinStandardHelpOptions = true)
class StatusCommand extends KeysCommand {

  /** The problem of a status that is not a JSON object, and what to do about it. */
  static final String STRANGE = "it is not a status that an agent wrote";

  static final String WRITE_AGAIN =
      "restart the agent that leads, which writes all of status/ again";

  private static final Duration AGAIN = Duration.ofSeconds(1);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SERVICE",
      completionCandidates = Completion.Services.class,
      description = "Only this service.")
  private @Nullable String service;

  @Option(names = "--watch", description = "Prints it again whenever it changes.")
  private boolean watch;

  @Override
  int run(EtcdKeys keys) throws Exception {
    Output out = out();
    if (!watch) {
      Seen now = look(keys);
      if (json()) {
        out.json(now.json());
      } else {
        show(out, now);
      }
      return 0;
    }
    Patience patience = new Patience(talk());
    Seen shown = null;
    while (true) {
      Seen now = patience.look(() -> look(keys));
      if (now != null && !now.equals(shown)) {
        if (json()) {
          sayNext(read(now.json()));
        } else {
          out.replace(lines(out, now));
        }
        shown = now;
      }
      Thread.sleep(AGAIN);
    }
  }

  /** What is in etcd. */
  private record Seen(String json, SortedMap<String, JsonNode> definitions) {}

  private Seen look(EtcdKeys keys) throws JsonProcessingException {
    if (service != null && isUnknown(keys, service)) {
      throw new IllegalArgumentException(Missing.service(service, keys));
    }
    return new Seen(forPrograms(keys), definitions(keys));
  }

  private static boolean isUnknown(EtcdKeys keys, String service) {
    return keys.get(Key.SERVICES + service).isEmpty()
        && keys.get(Key.SERVICE_STATUS + service).isEmpty();
  }

  private void show(Output out, Seen now) throws JsonProcessingException {
    out.rows(lines(out, now));
    if (now.definitions().isEmpty() && read(now.json()).path("services").isEmpty()) {
      talk().line("no services");
      next("up", "service add ID FILE");
    }
  }

  private List<List<Cell>> lines(Output out, Seen now) throws JsonProcessingException {
    return StatusPage.lines(read(now.json()), now.definitions(), Instant.now(), out.width());
  }

  private SortedMap<String, JsonNode> definitions(EtcdKeys keys) {
    SortedMap<String, JsonNode> definitions = new TreeMap<>();
    keys.all(Key.SERVICES)
        .forEach(
            (key, value) -> {
              try {
                definitions.put(key.substring(Key.SERVICES.length()), read(value));
              } catch (JsonProcessingException notJson) {
                definitions.put(key.substring(Key.SERVICES.length()), MissingNode.getInstance());
              }
            });
    if (service != null) {
      definitions.keySet().retainAll(List.of(service));
    }
    return definitions;
  }

  private Map<String, String> services(EtcdKeys keys) {
    Map<String, String> all = keys.all(Key.SERVICE_STATUS);
    if (service != null) {
      all.keySet().retainAll(List.of(Key.SERVICE_STATUS + service));
    }
    return all;
  }

  String forPrograms(EtcdKeys keys) {
    ObjectNode all = JSON.createObjectNode();
    var agents = all.putArray("agents");
    for (String candidate : keys.candidates()) {
      agents.add(written(candidate));
    }
    Map<String, String> written = new TreeMap<>(services(keys));
    put(all, "services", written);
    put(all, "holds", keys.all(Key.HOLDS));
    written.putAll(keys.all(Key.HOLDS));
    ObjectNode problems = all.putObject("problems");
    keys.all(Key.PROBLEMS)
        .forEach(
            (key, value) -> {
              written.put(key, value);
              if (!written(value).isEmpty()) {
                problems.set(key.substring(Key.PROBLEMS.length()), written(value));
              }
            });
    written.forEach(
        (key, value) -> {
          if (written(value).isEmpty()) {
            problems.putObject(key).put("problem", STRANGE).put("fix", WRITE_AGAIN);
          }
        });
    return all.toPrettyString();
  }

  /** The values by the last part of their keys, without those that no agent wrote. */
  static void put(ObjectNode into, String name, Map<String, String> values) {
    ObjectNode node = into.putObject(name);
    values.forEach(
        (key, value) -> {
          ObjectNode status = written(value);
          if (!status.isEmpty()) {
            node.set(key.substring(key.lastIndexOf('/') + 1), status);
          }
        });
  }
}
