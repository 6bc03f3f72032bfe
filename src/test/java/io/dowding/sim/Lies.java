package io.dowding.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.Kv;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.sim.FakeEngine.Box;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares the status with the actual state of the engines and etcd. Only valid when nothing
 * changes, because the status is written a little later.
 */
final class Lies {

  /** A difference counts only if it persists for this number of checks. */
  private static final int LOOKS = 20;

  private static final Duration BETWEEN = Duration.ofMillis(1300);

  private final Simulation sim;
  private final SortedMap<String, JsonNode> statuses;
  private final Map<String, Placed> placed = new HashMap<>();
  private final Set<String> lies = new TreeSet<>();

  /** The actual container of a job. */
  private record Placed(String host, Box box) {}

  private Lies(Simulation sim) {
    this.sim = sim;
    this.statuses = StatusKeys.of(sim);
  }

  /** Waits until the status matches the actual state; throws if it never does. */
  static void mustEnd(Simulation sim) {
    Set<String> always = new TreeSet<>(now(sim));
    for (int look = 1; look < LOOKS && !always.isEmpty(); look++) {
      sim.time.pass(BETWEEN);
      always.retainAll(now(sim));
    }
    if (!always.isEmpty()) {
      throw new Oracle.Broken("status", String.join("\n", always));
    }
  }

  private static Set<String> now(Simulation sim) {
    Lies lies = new Lies(sim);
    lies.look();
    return lies.lies;
  }

  private void look() {
    sim.inventory.keySet().forEach(this::host);
    Set<String> services = new TreeSet<>();
    sim.oracle.wanted.forEach(
        (name, service) -> {
          services.add(name);
          service(service);
        });
    statuses
        .keySet()
        .forEach(
            key -> {
              String[] parts = key.split("/", 3);
              boolean exists =
                  switch (parts[1]) {
                    case "hosts" -> sim.inventory.containsKey(parts[2]);
                    case "services" -> services.contains(parts[2]) || isThere(key(parts[2]));
                    case "problems" -> parts[2].equals("more") || isThere(parts[2]);
                    default -> false;
                  };
              must(exists, key + " is left over: " + statuses.get(key));
            });
    String versions = Simulation.BASE + "/versions/";
    sim.etcd.keys().keySet().stream()
        .filter(key -> key.startsWith(versions))
        .filter(key -> !services.contains(key.substring(versions.length())))
        .filter(key -> !isThere(key(key.substring(versions.length()))))
        .forEach(key -> lies.add(key + " is left over"));
  }

  private static String key(String service) {
    return "services/" + service;
  }

  private boolean isThere(String key) {
    return sim.etcd.value(Simulation.BASE + "/" + key) != null;
  }

  private void must(boolean holds, String lie) {
    if (!holds) {
      lies.add(lie);
    }
  }

  private void equal(String what, Object really, JsonNode status, String field) {
    must(
        status.hasNonNull(field) && status.get(field).asText().equals(String.valueOf(really)),
        what + ": " + field + " is " + really + ", but the status says " + status.get(field));
  }

  // hosts

  private void host(String name) {
    FakeEngine engine = sim.engine(name);
    String cluster = sim.oracle.cluster();
    int ours = 0;
    for (Box box : engine.boxes()) {
      Ownership.Owned owned = Ownership.of(box.seen(), cluster);
      if (owned != null) {
        ours++;
        placed.put(owned.job(), new Placed(name, box));
      }
    }
    String key = "status/hosts/" + name;
    JsonNode status = statuses.get(key);
    if (status == null) {
      lies.add(key + " is missing");
      return;
    }
    String word = sim.etcd.value(Simulation.BASE + "/hosts/" + name);
    equal(key, "up", status, "state");
    equal(key, word == null ? "active" : word, status, "operator");
    equal(key, engine.id(), status, "engine");
    equal(key, ours, status, "ours");
    equal(key, engine.boxes().size() - ours, status, "unmanaged");
    must(!status.hasNonNull("error"), key + ": the host has no error, but the status is " + status);
  }

  // services

  private void service(Service service) {
    String key = "status/services/" + service.name();
    JsonNode status = statuses.get(key);
    if (status == null) {
      lies.add(key + " is missing");
      return;
    }
    Set<String> jobs = sim.oracle.jobsOf(service);
    Kv.Entry entry = sim.etcd.keys().get(Simulation.BASE + "/services/" + service.name());
    equal(key, entry == null ? 0 : entry.modified(), status, "generation");
    equal(key, jobs.size(), status, "desired");
    Set<String> reported = new HashSet<>();
    status.path("jobs").fieldNames().forEachRemaining(reported::add);
    Set<String> steps = steps(service);
    steps.forEach(
        step ->
            job(
                key + ", " + step,
                service.of(step),
                placed.get(step),
                status.path("jobs").path(step)));
    steps.addAll(jobs);
    must(
        reported.equals(steps),
        key + ": its jobs are " + steps + ", but the status says " + reported);
    List<String> states = new ArrayList<>();
    int running = 0;
    for (String job : jobs) {
      Placed where = placed.get(job);
      JsonNode of = status.path("jobs").path(job);
      states.add(state(service, where));
      running += where != null && where.box().state == Container.State.RUNNING ? 1 : 0;
      job(key + ", " + job, service, where, of);
    }
    equal(key, running, status, "running");
    boolean asWritten = entry != null && entry.text().equals(sim.oracle.definition(service.name()));
    if (asWritten) {
      equal(key, entry.modified(), status, "observedGeneration");
      String whole = whole(service, states);
      if (whole != null) {
        equal(key, whole, status, "state");
      }
    }
    must(
        asWritten || status.hasNonNull("message"),
        key + ": the written definition is not applied, and no message says why: " + status);
  }

  /** The pre_start jobs of a service that have a record. */
  private Set<String> steps(Service service) {
    Set<String> steps = new HashSet<>();
    for (int step = 0; step < PreStart.steps(service.container()); step++) {
      String job = PreStart.job(service.name(), step);
      if (sim.oracle.record(job) != null) {
        steps.add(job);
      }
    }
    return steps;
  }

  /** The expected state of a service, or null if it keeps changing. */
  private static @Nullable String whole(Service service, List<String> states) {
    if (!service.running()) {
      return "stopped";
    }
    if (states.contains("")) {
      return null;
    }
    boolean completed = !states.isEmpty() && states.stream().allMatch("completed"::equals);
    return completed ? "completed" : "running";
  }

  /** The expected state of a job, or empty if it keeps changing. */
  private static String state(Service service, @Nullable Placed where) {
    boolean crashes =
        service.container().command() != null && service.container().command().contains("false");
    if (crashes) {
      return "";
    }
    if (where == null) {
      return "completed";
    }
    return where.box().state == Container.State.RUNNING ? "running" : "completed";
  }

  private void job(String what, Service service, @Nullable Placed where, JsonNode status) {
    String state = state(service, where);
    String reported = status.path("state").asText();
    if (!state.isEmpty()) {
      equal(what, state, status, "state");
    }
    must(
        reported.equals("running") || reported.equals("completed") || status.hasNonNull("reason"),
        what + " is " + reported + " without a reason");
    if (where == null) {
      must(!status.hasNonNull("container"), what + " has no container: " + status);
      return;
    }
    equal(what, where.host(), status, "host");
    equal(what, where.box().seen().shortId(), status, "container");
    equal(what, where.box().labels.get(Ownership.INCARNATION), status, "incarnation");
    if (where.box().state == Container.State.RUNNING && where.box().health != null) {
      equal(what, where.box().health, status, "health");
    }
  }
}
