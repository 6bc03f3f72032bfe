package io.dowding.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Ownership;
import io.dowding.sim.FakeEngine.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The end of a run as text: the containers of each host, and the status keys. */
final class Ends {

  private static final String[] OF_KEYS = {
    "state",
    "desired",
    "running",
    "operator",
    "ours",
    "unmanaged",
    "error",
    "message",
    "held",
    "why"
  };

  private Ends() {}

  /** Returns the end of a run, without times and ids, which differ between runs. */
  static List<String> lines(Simulation sim) {
    List<String> lines = new ArrayList<>();
    sim.engines.forEach(
        (host, engine) -> {
          lines.add(host + ":");
          engine.boxes().stream().map(Ends::container).sorted().forEach(lines::add);
        });
    StatusKeys.of(sim)
        .forEach(
            (key, status) -> {
              lines.add(key + ":" + fields(status, OF_KEYS));
              status
                  .path("jobs")
                  .properties()
                  .forEach(job -> lines.add("  " + job.getKey() + ":" + job(job)));
            });
    return lines;
  }

  private static String container(Box box) {
    String job = box.labels.get(Ownership.JOB);
    return "  "
        + (job == null || box.inherited ? box.name + " (not ours)" : job)
        + " "
        + box.state.name().toLowerCase(Locale.ROOT)
        + " "
        + box.image.replaceFirst("sha256:0*", "")
        + (box.networks.isEmpty() ? "" : " in " + box.networks.keySet());
  }

  private static String job(Map.Entry<String, JsonNode> job) {
    return fields(job.getValue(), "state", "host", "health", "reason");
  }

  private static String fields(JsonNode of, String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      if (of.hasNonNull(name)) {
        text.append(' ').append(name).append('=').append(of.get(name).asText());
      }
    }
    return text.toString();
  }
}
