package io.dowding.control;

import io.dowding.keys.HostStatus.Hold;
import io.dowding.keys.Key;
import io.dowding.keys.StoreChange;
import io.dowding.model.Availability;
import io.dowding.model.Ownership;
import io.dowding.plan.Action;
import io.dowding.plan.Situation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds what looks accidental: it is not acted on until a person releases it with a key under
 * {@code release/}, or its cause is gone.
 */
final class Holds {

  static final String DELETIONS = "deletions";
  static final String REVISION = "revision";
  private static final String NEWER = REVISION + "-";
  static final String EMPTY = "empty-";
  private static final String ENGINE = "engine-";

  private final World world;
  private final Facts facts;
  private final Instant now;
  private final SortedMap<String, Hold> holds = new TreeMap<>();
  private boolean frozen;
  private Action.@Nullable Claim claim;

  private Holds(World world, Facts facts, Instant now) {
    this.world = world;
    this.facts = facts;
    this.now = now;
  }

  /** Finds the holds, by name, and marks held hosts in the world. */
  static Holds find(World world, Facts facts, Instant now) {
    Holds found = new Holds(world, facts, now);
    world.hosts.values().forEach(HostWorld::release);
    found.changedEngines();
    found.sharedEngines();
    found.cluster();
    found.revision();
    found.emptiedHosts();
    found.deletions();
    found.inventory();
    found.releasedOrphans();
    return found;
  }

  /** Whether nothing is held, about to be held, or being released. */
  boolean isQuiet() {
    return holds.isEmpty()
        && !frozen
        && claim == null
        && !world.earlier.areOrphansReleased()
        && world.keys.releases.isEmpty()
        && world.keys.deletions.isQuiet();
  }

  SortedMap<String, Hold> all() {
    return holds;
  }

  /** Whether all actions are held. */
  boolean isFrozen() {
    return frozen;
  }

  /** The {@code cluster} key to write, or null. */
  Action.@Nullable Claim claim() {
    return claim;
  }

  /** Release keys to delete: they were applied, or name no existing hold. */
  SortedMap<String, Optional<Object>> heeded() {
    SortedMap<String, Optional<Object>> keys = new TreeMap<>();
    for (String hold : world.keys.releases) {
      // The release must stay until the cluster key is written.
      if (claim == null || !(hold.equals("cluster") || hold.startsWith(REVISION))) {
        keys.put(Key.RELEASE + hold, Optional.empty());
      }
    }
    return keys;
  }

  private boolean isReleased(String hold) {
    return world.keys.releases.contains(hold);
  }

  private void hold(String name, String held, String why) {
    holds.put(name, new Hold(held, why, "dowding release " + name));
  }

  /** The revision grows from there, so that the age is not lower than before. */
  private Action.Claim claim(String uuid, long age) {
    long floor = Math.min(age, StoreChange.OfCluster.MOST_FLOOR);
    return new Action.Claim(uuid, floor, world.keys.clusterRevision());
  }

  /** A new cluster must not replace an old one: the old containers would become unmanaged. */
  private void cluster() {
    Identity identity = world.identity;
    String inEtcd = world.keys.cluster();
    String onHosts = identity.isKnown() ? null : identity.onHosts(world.hosts.values());
    String known = identity.isKnown() ? identity.uuid() : onHosts;
    if (inEtcd != null && inEtcd.equals(identity.uuid())) {
      return;
    }
    frozen = true;
    if (inEtcd != null) {
      holds.put(
          "cluster",
          new Hold(
              "everything",
              "etcd belongs to cluster "
                  + inEtcd
                  + ", but this agent has worked for cluster "
                  + identity.uuid(),
              "stop this agent, or connect it to the etcd of its cluster"));
    } else if (known == null) {
      begin();
    } else if (isReleased("cluster")) {
      long floor = Math.max(identity.highest(), Identity.confirmedAge(known, distinctHosts()));
      claim = claim(known, floor);
    } else {
      hold(
          "cluster",
          "everything",
          (world.keys.clusterRevision() == 0
                  ? "etcd has no cluster key, but "
                  : "etcd's cluster key cannot be read, but ")
              + (identity.isKnown() ? "this machine has worked for" : "the hosts run containers of")
              + " cluster "
              + known
              + ". Was etcd wiped, or the key changed? Restore it, or release this to continue with that cluster");
    }
  }

  /** Begins a new cluster once every host has reported that it runs nothing of an old one. */
  private void begin() {
    List<String> silent =
        world.hosts.values().stream()
            .filter(host -> !host.everListed())
            .map(host -> host.host.hostname())
            .filter(name -> world.keys.hostSettings.of(name) != Availability.GONE)
            .toList();
    if (world.hosts.isEmpty()) {
      hold("cluster", "everything", "this is a new cluster and its inventory has no hosts yet");
    } else if (silent.isEmpty() || isReleased("cluster")) {
      claim = claim(world.identity.fresh(), 0);
    } else {
      hold(
          "cluster",
          "everything",
          "etcd has no cluster key, and hosts do not answer ("
              + String.join(", ", silent)
              + ") that may run containers of an earlier cluster. Start them, remove them from the"
              + " inventory, or release this to begin a new cluster");
    }
  }

  /**
   * If the revision falls, etcd was restored from a backup: missing keys may be lost, not deleted.
   */
  private void revision() {
    Identity identity = world.identity;
    String uuid = world.keys.cluster();
    if (frozen || uuid == null) {
      return;
    }
    identity.sawAge(Identity.confirmedAge(uuid, distinctHosts()), world.keys);
    if (identity.isDoubted()) {
      frozen = true;
      return;
    }
    if (!identity.isRegressed()) {
      world.hosts.forEach((name, host) -> newerThanEtcd(uuid, name, host));
      return;
    }
    frozen = true;
    if (isReleased(REVISION)) {
      claim = claim(uuid, identity.highest());
    } else {
      hold(
          REVISION,
          "everything",
          "etcd went back in time: it had reached age "
              + identity.highest()
              + " before. Was it restored from a backup? After the release, containers that no key"
              + " asks for are left alone");
    }
  }

  /**
   * Anyone can create a container with our labels, so the containers of a single host can only hold
   * that host.
   */
  private void newerThanEtcd(String uuid, String name, HostWorld host) {
    long age = world.keys.age();
    List<Ownership.Owned> newer =
        host.ours(uuid).stream().filter(owned -> owned.incarnation() > age).toList();
    if (newer.isEmpty() || !host.hold.isEmpty()) {
      return;
    }
    long newest = Identity.newest(uuid, host);
    if (isReleased(NEWER + name) && newest > age) {
      claim = claim(uuid, newest);
      return;
    }
    hold(
        NEWER + name,
        host,
        newer.getFirst().container().name()
            + " is newer than anything etcd has recorded (age "
            + age
            + "). If it was started by hand, remove it. If etcd was restored from a backup, release"
            + " this");
  }

  private void changedEngines() {
    world.hosts.forEach(
        (name, host) -> {
          String engine = host.engine.id();
          if (engine.isEmpty() || host.knownEngine.isEmpty() || engine.equals(host.knownEngine)) {
            return;
          }
          if (isReleased(ENGINE + name)) {
            host.knownEngine = engine;
            host.engineSince = now;
            return;
          }
          hold(
              ENGINE + name,
              host,
              "its Docker Engine id has changed (" + engine + ", was " + host.knownEngine + ")");
        });
  }

  /** If several hostnames report the same engine id, the first one keeps working. */
  private void sharedEngines() {
    Map<String, List<HostWorld>> byEngine = new HashMap<>();
    for (HostWorld host : world.hosts.values()) {
      if (!host.engine.id().isEmpty()) {
        byEngine.computeIfAbsent(host.engine.id(), e -> new ArrayList<>()).add(host);
      }
    }
    byEngine.forEach(
        (engine, same) -> {
          HostWorld first =
              Collections.min(
                  same,
                  Comparator.comparing((HostWorld host) -> !engine.equals(host.knownEngine))
                      .thenComparing(host -> host.engineSince)
                      .thenComparing(host -> host.host.hostname()));
          same.stream().filter(host -> host != first).forEach(host -> shares(host, first));
        });
  }

  private void shares(HostWorld host, HostWorld first) {
    String name = host.host.hostname();
    host.twinOf = first;
    if (host.engine.id().equals(host.knownEngine)) {
      // Once its id differs it is an ordinary host.
      host.knownEngine = "";
      host.engineSince = Instant.MAX;
    }
    String why =
        name
            + " reports the same Docker Engine id as "
            + first.host.hostname()
            + ". If both names reach one machine, remove one of them from the inventory. If "
            + name
            + " was cloned, remove /etc/docker/key.json there (newer engines:"
            + " /var/lib/docker/engine-id) and restart Docker";
    host.hold = why;
    holds.put("same-engine-" + name, new Hold(name, why, "do that; the hold then ends by itself"));
  }

  /** A host that repeats another's engine id confirms nothing. */
  private List<HostWorld> distinctHosts() {
    return world.hosts.values().stream().filter(host -> host.twinOf == null).toList();
  }

  private void emptiedHosts() {
    world.hosts.forEach(
        (name, host) -> {
          if (host.emptied && isReleased(EMPTY + name)) {
            host.emptied = false;
          } else if (host.emptied) {
            hold(
                EMPTY + name,
                host,
                "all its containers are missing: does its Docker Engine use another disk?");
          }
        });
  }

  private void hold(String name, HostWorld host, String why) {
    hold(name, host.host.hostname(), why);
    host.hold = why + "; if this is correct, run: dowding release " + name;
  }

  private void deletions() {
    Deletions deletions = world.keys.deletions;
    if (isReleased(DELETIONS)) {
      deletions.release();
    }
    if (world.earlier.takeRemainsToLookAt()) {
      Set<String> before = withRemains();
      before.addAll(world.earlier.services());
      world.keys.deletedUnseen(before, world.earlier.confirmedDeletions(), now);
    }
    if (world.hosts.values().stream().allMatch(HostWorld::isWell)) {
      // No person confirmed these deletions: if a container of theirs turns up later, keep it.
      Set<String> forgotten = deletions.retain(this::hasRemains, now);
      world.earlier.services().removeAll(forgotten);
      forgotten.forEach(world.changed::service);
    }
    if (!deletions.held().isEmpty()) {
      hold(
          DELETIONS,
          String.join(", ", deletions.held()),
          deletions.held().size()
              + " services were deleted within "
              + Deletions.WINDOW.toSeconds()
              + " s; to undo this, put their keys back");
    }
  }

  /** Services that still have a record or a container. */
  private Set<String> withRemains() {
    Set<String> services = new TreeSet<>(world.keys.allocations.services());
    services.remove("");
    services.addAll(facts.running().services());
    return services;
  }

  private boolean hasRemains(String service) {
    return world.keys.allocations.services().contains(service)
        || facts.running().services().contains(service);
  }

  private void inventory() {
    if (world.hosts.missing().isEmpty()) {
      return;
    }
    if (isReleased("inventory")) {
      world.acceptInventory(now);
    } else {
      hold(
          "inventory",
          String.join(", ", world.hosts.missing()),
          "these hosts left the inventory at once; they are kept until this is released");
    }
  }

  /** Containers that no key asks for, possibly because the key was lost. */
  void orphans(Set<String> orphans) {
    if (!orphans.isEmpty()) {
      hold(
          "orphans",
          String.join(", ", orphans),
          "no key asks for these containers, and this agent did not see their services go: they were"
              + " deleted while a host was away and marked gone, or etcd lost keys. If you deleted"
              + " them, release this to remove the containers; if not, put the services back");
    }
  }

  private void releasedOrphans() {
    boolean released = world.earlier.areOrphansReleased() || isReleased("orphans");
    boolean still = released && facts.anyOwned(world.earlier::mayBeLost);
    if (still != world.earlier.areOrphansReleased()) {
      world.earlier.setOrphansReleased(still);
      world.changed.everything();
    }
  }

  /** Needs a plan. Ends by itself. */
  void mostHosts(Situation situation) {
    if (situation.mostAreLost()) {
      holds.put(
          "hosts",
          new Hold(
              "all jobs, where they are",
              "most hosts became unreachable at once: this node is probably cut off",
              "wait until they answer; for a host that is dead for good: dowding gone HOST"));
    }
  }
}
