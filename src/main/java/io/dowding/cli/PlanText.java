package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.control.Preview;
import io.dowding.keys.Versions;
import io.dowding.model.Names;
import io.dowding.plan.Action;
import io.dowding.plan.JobView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A plan for people: service by service, with what changed and what would be done. */
final class PlanText {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Preview preview;
  private final boolean supposed;
  private final SortedMap<String, SortedMap<String, String>> steps = new TreeMap<>();

  private PlanText(Preview preview, boolean supposed) {
    this.preview = preview;
    this.supposed = supposed;
  }

  /**
   * Empty if there is nothing to do.
   *
   * @param only these services; all if empty
   * @param supposed whether it is of a situation that is not there: then jobs that stay are told
   */
  static List<String> of(Preview preview, List<String> only, boolean supposed) {
    return new PlanText(preview, supposed).lines(only);
  }

  /** The same for programs: the holds, and for each service what changed and what jobs do. */
  static Map<String, Object> forPrograms(Preview preview, List<String> only, boolean supposed) {
    PlanText text = new PlanText(preview, supposed);
    text.read();
    SortedMap<String, Object> services = new TreeMap<>();
    text.steps.forEach(
        (service, jobs) -> {
          if (only.isEmpty() || only.contains(service)) {
            services.put(service, Map.of("changes", text.changes(service), "jobs", jobs));
          }
        });
    return Map.of("holds", preview.holds(), "services", services);
  }

  private void read() {
    preview.plan().actions().forEach(this::step);
    preview.plan().jobs().values().stream()
        .filter(view -> supposed || !view.current() || view.state() == JobView.State.PENDING)
        .forEach(this::later);
  }

  private List<String> lines(List<String> only) {
    read();
    List<String> lines = new ArrayList<>();
    preview
        .holds()
        .forEach(
            (name, hold) -> lines.add("held (" + name + "): " + hold.held() + ": " + hold.why()));
    steps.forEach(
        (service, jobs) -> {
          if (only.isEmpty() || only.contains(service)) {
            lines.add(service);
            changes(service).forEach(change -> lines.add("  " + change));
            jobs.forEach((job, step) -> lines.add("  " + job + ": " + step));
          }
        });
    return lines;
  }

  private void step(Action action) {
    switch (action) {
      case Action.Allocate allocate ->
          allocate.changes().forEach(change -> put(change.record().job(), place(change)));
      case Action.WritePin pin ->
          put(pin.job(), "pin to " + pin.pin().hostname() + ": " + pin.reason());
      // It replaces nothing before its answer is there.
      case Action.Resolve _ -> {}
      case Action.OnHost call ->
          put(call.job(), call.verb() + " on " + call.host() + ": " + call.reason());
      case Action.Write _, Action.Claim _, Action.ListAgain _, Action.Remember _ -> {}
    }
  }

  static String place(Action.Change change) {
    return switch (change) {
      case Action.Change.Put(var record) -> "place on " + record.host() + ": " + record.reason();
      case Action.Change.Forget(var record, String why) -> "forget " + record.host() + ": " + why;
    };
  }

  /** Jobs that wait before they are changed. */
  private void later(JobView view) {
    if (!view.reason().isEmpty()) {
      String when = view.current() && view.state() != JobView.State.PENDING ? "stays: " : "later: ";
      of(view.job()).putIfAbsent(view.job(), when + view.reason());
    }
  }

  private void put(String job, String step) {
    of(job).put(job, step);
  }

  private SortedMap<String, String> of(String job) {
    return steps.computeIfAbsent(
        Names.serviceOf(job), service -> new TreeMap<>(Names::compareJobs));
  }

  /** How the definition differs from the last one whose jobs were all good. */
  private List<String> changes(String service) {
    Versions versions = preview.versions().get(service);
    List<String> changes = new ArrayList<>();
    if (versions != null && versions.good() != null && !versions.isRolledBack()) {
      SortedMap<String, String> before = flat(versions.good());
      SortedMap<String, String> after = flat(versions.valid());
      TreeMap<String, String> paths = new TreeMap<>(before);
      paths.putAll(after);
      for (String path : paths.keySet()) {
        String old = before.getOrDefault(path, "nothing");
        String present = after.getOrDefault(path, "nothing");
        if (!old.equals(present)) {
          changes.add(
              path.startsWith("environment.") || path.equals("environment")
                  ? path + ": changed"
                  : path + ": " + old + " -> " + present);
        }
      }
    }
    return changes;
  }

  /** Its fields; of possible secrets, only whether they are the same. */
  private static SortedMap<String, String> flat(Versions.Definition definition) {
    SortedMap<String, String> values = new TreeMap<>();
    try {
      flatten("", JSON.readTree(definition.json()), values);
      values.keySet().removeIf(path -> path.matches("x-dowding\\.(configs|secrets)\\..*"));
      definition
          .service()
          .container()
          .files()
          .forEach(file -> values.put(file.key(), String.valueOf(file.content())));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
    return values;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> values) {
    if (!node.isObject()) {
      values.put(path, node.toString());
      return;
    }
    node.properties()
        .forEach(
            field ->
                flatten(
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    field.getValue(),
                    values));
  }
}
