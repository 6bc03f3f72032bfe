package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dowding.model.Names;
import io.dowding.model.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Services and their jobs, by project. */
final class StatusTable {

  /** Of a service without a status. */
  private static final JsonNode UNSEEN =
      JsonNodeFactory.instance
          .objectNode()
          .put("state", "unknown")
          .put("message", "no agent has seen it yet");

  /** Of a key whose name no service can have. */
  private static final JsonNode MISNAMED =
      JsonNodeFactory.instance
          .objectNode()
          .put("state", "invalid")
          .put(
              "message",
              "the name of a service is lower-case letters, digits, _ and -, at most 63; "
                  + "put it under such a name, and delete this key");

  private static final int LONGEST_NAME = 100;

  private final Table table = new Table("NAME", "STATE", "HOST", "AGE", "DETAILS");
  private final Map<String, JsonNode> definitions;
  private final Instant now;

  private StatusTable(Map<String, JsonNode> definitions, Instant now) {
    this.definitions = definitions;
    this.now = now;
  }

  /**
   * @param status as {@code status --json} prints it
   * @param definitions of the services, by name
   */
  static Table of(JsonNode status, Map<String, JsonNode> definitions, Instant now) {
    StatusTable made = new StatusTable(definitions, now);
    SortedMap<String, List<Map.Entry<String, JsonNode>>> byProject = new TreeMap<>();
    SortedMap<String, JsonNode> services = new TreeMap<>();
    definitions
        .keySet()
        .forEach(name -> services.put(name, Names.isService(name) ? UNSEEN : MISNAMED));
    status.path("services").properties().forEach(one -> services.put(one.getKey(), one.getValue()));
    for (Map.Entry<String, JsonNode> service : services.entrySet()) {
      byProject
          .computeIfAbsent(made.project(service.getKey()), _ -> new ArrayList<>())
          .add(service);
    }
    byProject.forEach(
        (project, its) -> {
          if (!project.isEmpty()) {
            made.table.row(new Cell("project " + project, Style.DIM), "", "", "", "");
          }
          its.forEach(service -> made.service(service.getKey(), service.getValue()));
        });
    return made.table;
  }

  /** The project that a service came from, or empty. */
  private String project(String service) {
    JsonNode definition = definitions.get(service);
    return definition == null ? "" : definition.path("x-dowding").path("project").asText();
  }

  private void service(String name, JsonNode status) {
    table.row(
        Printable.of(name, LONGEST_NAME),
        Cell.state(status.path("state").asText()),
        !status.has("desired")
            ? "-"
            : status.path("running").asInt() + "/" + status.path("desired").asInt(),
        "",
        joined(image(name, status), status.path("message").asText("")));
    SortedMap<String, JsonNode> jobs = new TreeMap<>(Names::compareJobs);
    status.path("jobs").properties().forEach(job -> jobs.put(job.getKey(), job.getValue()));
    jobs.forEach(this::job);
  }

  private void job(String name, JsonNode job) {
    String addresses =
        StreamSupport.stream(job.path("addresses").spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(", "));
    table.row(
        "  " + name,
        Cell.state(job.path("state").asText()),
        job.path("host").asText("-"),
        Ages.of(job.path("since").asText(""), now),
        joined(addresses, reason(job), nextTry(job)));
  }

  /** Why it does not run as it should; of one that does, why it is where it is. */
  static String reason(JsonNode job) {
    String reason = job.path("reason").asText("");
    return reason.isEmpty() ? job.path("why").asText("") : reason;
  }

  private String nextTry(JsonNode job) {
    String next = job.path("nextTry").asText("");
    return next.isEmpty() ? "" : "next try " + Ages.until(next, now);
  }

  /** With the beginning of its digest, as Docker shortens it. */
  private String image(String service, JsonNode status) {
    JsonNode definition = definitions.get(service);
    String image =
        status.path("image").asText(definition == null ? "" : definition.path("image").asText(""));
    return image.replaceFirst("(@sha256:[0-9a-f]{12})[0-9a-f]+$", "$1");
  }

  private static String joined(String... parts) {
    return java.util.Arrays.stream(parts)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("; "));
  }
}
