package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.control.Preview;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import io.dowding.plan.Action;
import io.dowding.plan.Planner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code explain}: a job's status in full, and what an agent would decide about it now. */
@Command(
    name = "explain",
    description =
        "Explains a job: why it is where it is and not elsewhere, what happened last, what is next.",
    footer = {"Example:", "  dowding explain web.1"},
    mixinStandardHelpOptions = true)
final class ExplainCommand extends KeysCommand {

  @Parameters(
      index = "0",
      paramLabel = "JOB",
      completionCandidates = Completion.Jobs.class,
      description = "A job, such as web.2, or a service that has one job.")
  private String id = "";

  @Override
  int run(EtcdKeys keys) throws Exception {
    String job = job(keys);
    Preview preview = Agent.preview(config());
    JsonNode status = status(keys, Names.serviceOf(job)).path("jobs").path(job);
    SortedMap<String, String> hosts = Planner.explain(preview.situation(), job);
    List<String> last = last(status);
    List<String> next = next(preview, job, status);
    if (!Waiting.isAgentThere(keys)) {
      next.addFirst("no agent is running, so nothing changes until you start one");
    }
    Map<String, Object> value = new TreeMap<>();
    value.put("job", job);
    value.put("status", status);
    value.put("hosts", hosts);
    value.put("last", last);
    value.put("next", next);
    if (json()) {
      return say(List.of(), value);
    }
    Output out = out();
    out.line(
        "%s: %s on %s"
                .formatted(
                    job, status.path("state").asText("?"), status.path("host").asText("no host"))
            + (status.has("since")
                ? " for " + Ages.of(status.path("since").asText(), Instant.now())
                : ""));
    line(out, "why here: ", status.path("why").asText(""));
    line(out, "but: ", status.path("reason").asText(""));
    last.forEach(line -> out.line("last: " + line));
    next.forEach(line -> out.line("next: " + line));
    Table table = new Table("HOST", "IF IT WERE PLACED NOW");
    hosts.forEach(
        (host, why) ->
            table.row(
                host.equals(status.path("host").asText()) ? host + " (here)" : host,
                new Cell(why, why.startsWith("fits") ? Style.GOOD : Style.PLAIN)));
    out.table(table);
    return 0;
  }

  private static void line(Output out, String before, String text) {
    if (!text.isEmpty()) {
      out.line(before + text);
    }
  }

  private String job(EtcdKeys keys) throws Exception {
    String service = Names.serviceOf(id);
    List<String> jobs = new ArrayList<>();
    status(keys, service).path("jobs").properties().forEach(job -> jobs.add(job.getKey()));
    if (jobs.contains(id)) {
      return id;
    }
    if (id.equals(service) && jobs.size() == 1) {
      return jobs.getFirst();
    }
    throw new IllegalArgumentException(
        jobs.isEmpty()
            ? Missing.job(id, keys)
            : "name a job: " + service + " has " + String.join(", ", jobs));
  }

  private static JsonNode status(EtcdKeys keys, String service) throws Exception {
    return written(keys.get(Key.SERVICE_STATUS + service).map(EtcdKeys.Value::text).orElse("{}"));
  }

  private static List<String> last(JsonNode status) {
    List<String> last = new ArrayList<>();
    if (status.path("restarts").asInt() > 0) {
      last.add(
          "failed %d times in a row: %s"
              .formatted(status.path("restarts").asInt(), status.path("lastError").asText()));
    }
    String exit = status.path("lastExit").asText("");
    if (!exit.isEmpty()) {
      last.add("exit of " + exit.replaceFirst("^(.{12})[^@]*@", "$1 at "));
    }
    return last;
  }

  private static List<String> next(Preview preview, String job, JsonNode status) {
    List<String> next = new ArrayList<>();
    for (Action action : preview.plan().actions()) {
      if (action instanceof Action.OnHost call && call.job().equals(job)) {
        next.add(call.verb() + " on " + call.host() + ": " + call.reason());
      }
      if (action instanceof Action.Allocate allocate) {
        allocate.changes().stream()
            .filter(change -> change.record().job().equals(job))
            .forEach(change -> next.add(PlanText.place(change)));
      }
    }
    String again = status.path("nextTry").asText("");
    if (!again.isEmpty()) {
      next.add("the next try " + Ages.until(again, Instant.now()));
    }
    if (next.isEmpty()) {
      next.add("nothing until something changes");
    }
    return next;
  }
}
