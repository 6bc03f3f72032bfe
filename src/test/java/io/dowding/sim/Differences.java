package io.dowding.sim;

import io.dowding.model.Container;
import io.dowding.model.Hooks;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.model.Together;
import io.dowding.sim.FakeEngine.Box;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares the desired state with what is on the engines, once a simulation should be at rest. */
final class Differences {

  private final Simulation sim;
  private final Oracle oracle;

  Differences(Simulation sim) {
    this.sim = sim;
    this.oracle = sim.oracle;
  }

  /** The differences between the desired and the actual state; empty if there are none. */
  List<String> all() {
    List<String> problems = new ArrayList<>();
    Map<String, List<String>> there = new TreeMap<>();
    String cluster = oracle.cluster();
    Set<FakeEngine> counted = new HashSet<>();
    sim.engines.forEach(
        (host, engine) -> {
          if (!counted.add(engine)) {
            return;
          }
          for (Box box : engine.boxes()) {
            Ownership.Owned owned = Oracle.owned(box, cluster);
            if (owned != null && sim.inventory.containsKey(host)) {
              there.computeIfAbsent(owned.job(), j -> new ArrayList<>()).add(host);
              problem(host, box, owned, problems);
            }
          }
        });
    for (Service service : oracle.wanted.values()) {
      String status = sim.etcd.value(Simulation.BASE + "/status/services/" + service.name());
      if (status == null
          || !status.contains("\"desired\":" + oracle.jobsOf(service).size() + ",")) {
        problems.add("the status of " + service.name() + " is " + status);
      }
      for (String job : oracle.jobsOf(service)) {
        List<String> hosts = there.getOrDefault(job, List.of());
        boolean mayBeGone = service.container().restart().isDone(0, 0);
        if (hosts.size() > 1 || (hosts.isEmpty() && !mayBeGone)) {
          problems.add(job + " is on " + hosts);
        }
      }
      checkTogether(service, there, problems);
    }
    return problems;
  }

  /** Reports services that share a network but run on different hosts, unless pins require that. */
  private void checkTogether(Service lead, Map<String, List<String>> there, List<String> problems) {
    Map<String, Service> group =
        Together.groupOf(
            lead,
            oracle.wanted.values().stream()
                .filter(one -> one.membership().project().equals(lead.membership().project()))
                .toList());
    if (group.isEmpty() || !lead.name().equals(group.keySet().iterator().next())) {
      return;
    }
    String anchor = null;
    String data = null;
    Set<String> hosts = new TreeSet<>();
    for (Service service : group.values()) {
      for (String job : oracle.jobsOf(service)) {
        Pin ofJob = pinOf(job);
        Pin pin = ofJob instanceof Pin.ToHost(String _, boolean auto) && !auto ? ofJob : null;
        pin = pin == null ? pinOf(service.name()) : pin;
        if (pin instanceof Pin.ToHost(String hostname, boolean _)) {
          anchor = anchor == null ? hostname : anchor;
        } else if (ofJob instanceof Pin.ToHost(String hostname, boolean _)) {
          data = data == null ? hostname : data;
        } else {
          hosts.addAll(there.getOrDefault(job, List.of()));
        }
      }
    }
    String home = anchor == null ? data : anchor;
    if (home != null && !hosts.isEmpty()) {
      hosts.add(home);
    }
    if (hosts.size() > 1) {
      problems.add(group.keySet() + " share a network, but are on " + hosts);
    }
  }

  private @Nullable Pin pinOf(String subject) {
    String text = sim.etcd.value(Simulation.BASE + "/pins/" + subject);
    return text == null ? null : Pin.parse(text);
  }

  private void problem(String host, Box box, Ownership.Owned owned, List<String> problems) {
    String job = owned.job();
    Service service = oracle.wantedAs(job);
    boolean isStep = PreStart.isJob(job) && oracle.isWanted(job);
    if (service == null || !(isStep || oracle.jobsOf(service).contains(job))) {
      problems.add(box.name + " on " + host + " is not wanted");
      return;
    }
    Oracle.Recorded record = oracle.record(job);
    if (record == null
        || !record.host().equals(host)
        || record.incarnation() != owned.incarnation()) {
      problems.add(box.name + " on " + host + " is not the recorded one: " + record);
    }
    boolean follows = !service.container().pullPolicy().follow().isZero();
    String spec = follows ? owned.specHash().replaceFirst("@.*", "") : owned.specHash();
    if (!spec.equals(service.specHash())) {
      problems.add(box.name + " on " + host + " has an old definition");
    }
    for (String subject : List.of(job, service.name())) {
      Service.Restart asked = service.restarts().get(subject);
      if (asked != null && owned.incarnation() <= asked.upTo()) {
        problems.add(box.name + " on " + host + " was not restarted");
      }
    }
    if (follows && !box.digest.equals(sim.registry.newestGood(service.container().image()))) {
      problems.add(box.name + " on " + host + " does not have what its tag means");
    }
    String word = sim.etcd.value(Simulation.BASE + "/hosts/" + host);
    if ("drain".equals(word) && !service.container().hasLocalData()) {
      problems.add(box.name + " is on " + host + ", which is drained");
    }
    if (service.pinsItself() && sim.etcd.value(Simulation.BASE + "/pins/" + job) == null) {
      problems.add(job + " has data on " + host + ", but no pin");
    }
    boolean mayEnd = service.container().restart().isDone(box.exitCode, box.restarts);
    boolean crashes =
        service.container().command() != null && service.container().command().contains("false");
    boolean fine =
        box.state == Container.State.RUNNING
            || (box.state == Container.State.EXITED && (mayEnd || crashes))
            || (box.state == Container.State.RESTARTING && crashes);
    if ("unhealthy".equals(box.health) && service.onUnhealthy() != Service.OnUnhealthy.IGNORE) {
      problems.add(box.name + " on " + host + " is unhealthy");
    }
    if (!fine) {
      problems.add(box.name + " on " + host + " is " + box.state);
    }
    boolean started = box.executedIn == box.run || box.state != Container.State.RUNNING;
    if (Hooks.are(box.labels, Hooks.POST_START) && !started) {
      problems.add(box.name + " on " + host + " did not run its post_start hook");
    }
    String pin = sim.etcd.value(Simulation.BASE + "/pins/" + job);
    pin = pin == null ? sim.etcd.value(Simulation.BASE + "/pins/" + service.name()) : pin;
    if (pin != null
        && !service.isGlobal()
        && Pin.parse(pin) instanceof Pin.ToHost(String hostname, boolean _)
        && !hostname.equals(host)) {
      problems.add(job + " is on " + host + " but pinned to " + hostname);
    }
  }

  /** The location and state of each container, without values that differ between runs. */
  String endState() {
    StringBuilder state = new StringBuilder();
    String cluster = oracle.cluster();
    Map<String, String> lines = new TreeMap<>(Names::compareJobs);
    sim.engines.forEach(
        (host, engine) -> {
          for (Box box : engine.boxes()) {
            Ownership.Owned owned = Oracle.owned(box, cluster);
            Service service =
                owned == null ? null : oracle.wanted.get(Names.serviceOf(owned.job()));
            if (owned != null) {
              boolean fixed =
                  service != null
                      && (service.isGlobal()
                          || sim.etcd.value(Simulation.BASE + "/pins/" + owned.job()) != null);
              lines.put(
                  owned.job(), owned.specHash() + " " + box.state + (fixed ? " on " + host : ""));
            } else {
              lines.put("stranger-" + box.name, box.state + " on " + host);
            }
          }
        });
    lines.forEach((job, line) -> state.append(job).append(": ").append(line).append('\n'));
    return state.toString();
  }
}
