package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import io.dowding.model.PreStart;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code restart}: writes which containers are to be replaced, up to their incarnation, so that no
 * container is replaced twice and the update rules apply.
 */
@Command(
    name = "restart",
    description = "Replaces the containers of a service or job, by its update rules.",
    footer = {"Example:", "  dowding restart web --wait"},
    mixinStandardHelpOptions = true)
final class RestartCommand extends ChangeCommand {

  @Parameters(
      index = "0",
      paramLabel = "SERVICE|JOB",
      completionCandidates = Completion.Jobs.class,
      description = "A service, such as web, or one of its jobs, such as web.2.")
  private String id = "";

  @Override
  int run() throws Exception {
    String service = Names.serviceOf(id);
    mustNotBeRolledBack(keys(), service);
    SortedMap<String, Long> there = incarnations(keys(), service);
    boolean all = id.equals(service);
    if (!all && !there.containsKey(id)) {
      throw new IllegalArgumentException(
          there.isEmpty()
              ? Missing.job(id, keys())
              : "there is no job "
                  + id
                  + "; "
                  + service
                  + " has "
                  + String.join(", ", there.keySet()));
    }
    SortedMap<String, Long> restarted = all ? there : new TreeMap<>(Map.of(id, there.get(id)));
    edit(
        edit -> {
          ObjectNode definition = definition(edit, service);
          ObjectNode extras = definition.withObjectProperty("x-dowding");
          ObjectNode restarts =
              all ? extras.putObject("restart") : extras.withObjectProperty("restart");
          if (!there.isEmpty()) {
            restarts.put(
                id, restarted.values().stream().mapToLong(Long::longValue).max().orElseThrow());
          }
          put(edit, service, definition);
        });
    say(
        restarted.isEmpty()
            ? service + ": there is no container to replace"
            : id
                + ": "
                + restarted.size()
                + (restarted.size() == 1 ? " job" : " jobs")
                + " to replace",
        Map.of("id", id, "jobs", restarted.keySet()));
    return finish(List.of(service), Expected.restarts(restarted));
  }

  /** The recorded containers of a service's jobs. */
  private static SortedMap<String, Long> incarnations(EtcdKeys keys, String service)
      throws Exception {
    SortedMap<String, Long> incarnations = new TreeMap<>(Names::compareJobs);
    for (Map.Entry<String, String> record : keys.all(Key.ALLOCATIONS + service + ".").entrySet()) {
      String job = record.getKey().substring(Key.ALLOCATIONS.length());
      JsonNode value = written(record.getValue());
      if (!PreStart.isJob(job) && value.path("incarnation").asLong() > 0) {
        incarnations.put(job, value.path("incarnation").asLong());
      }
    }
    return incarnations;
  }
}
