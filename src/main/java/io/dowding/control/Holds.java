package io.dowding.control;

import io.dowding.control.HostStatus.Hold;
import io.dowding.plan.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One engine is one host. The same engine under two hostnames would make every container look
 * doubled, and another engine under a known hostname would make every job look lost: such hosts are
 * held, and nothing is done on them.
 */
final class Holds {

  private final World world;
  private final SortedMap<String, Hold> holds = new TreeMap<>();
  private final SortedMap<String, Optional<Object>> acknowledged = new TreeMap<>();

  private Holds(World world) {
    this.world = world;
  }

  /** What is held now, by the hold's name; marks the hosts. */
  static Holds find(World world) {
    Holds found = new Holds(world);
    world.hosts.values().forEach(host -> host.hold = "");
    found.changedEngines();
    found.sharedEngines();
    return found;
  }

  SortedMap<String, Hold> all() {
    return holds;
  }

  /** The keys by which somebody acknowledged a hold: to be deleted, now that it was heeded. */
  SortedMap<String, Optional<Object>> acknowledged() {
    return acknowledged;
  }

  private void changedEngines() {
    world.hosts.forEach(
        (name, host) -> {
          String now = host.engine.id();
          if (now.isEmpty() || host.knownEngine.isEmpty() || now.equals(host.knownEngine)) {
            return;
          }
          String hold = "engine-" + name;
          if (world.keys.releases.contains(hold)) {
            host.knownEngine = now;
            acknowledged.put("release/" + hold, Optional.empty());
            return;
          }
          hold(
              hold,
              host,
              "its Docker Engine is another one than before ("
                  + now
                  + ", was "
                  + host.knownEngine
                  + ")",
              "if that is right, put any value to release/" + hold);
        });
  }

  private void sharedEngines() {
    Map<String, List<HostWorld>> byEngine = new HashMap<>();
    for (HostWorld host : world.hosts.values()) {
      if (!host.engine.id().isEmpty()) {
        byEngine.computeIfAbsent(host.engine.id(), e -> new ArrayList<>()).add(host);
      }
    }
    for (List<HostWorld> same : byEngine.values()) {
      if (same.size() > 1) {
        List<String> names = same.stream().map(host -> host.host.hostname()).toList();
        for (HostWorld host : same) {
          hold(
              "same-engine-" + host.host.hostname(),
              host,
              String.join(" and ", names) + " are one and the same Docker Engine",
              "take all but one of them out of the inventory");
        }
      }
    }
  }

  private void hold(String name, HostWorld host, String why, String release) {
    host.hold = why + "; " + release;
    holds.put(name, new Hold(host.host.hostname(), why, release));
  }

  /** Deletes what was acknowledged, on top of what is to be published. */
  static Action.Publish publish(
      SortedMap<String, Optional<Object>> changes, SortedMap<String, Optional<Object>> heeded) {
    SortedMap<String, Optional<Object>> all = new TreeMap<>(changes);
    all.putAll(heeded);
    return new Action.Publish(all);
  }
}
