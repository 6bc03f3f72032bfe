package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.Reach;
import io.dowding.plan.HostState;
import io.dowding.plan.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The state of one host. Owned by the loop's thread. */
final class HostWorld {

  /** A container as last seen, and whether it is ours. */
  private static final class Seen {
    private final Container container;
    private final Instant asOf;
    private String of = "";
    private @Nullable Owned owned;
    private @Nullable Owned renamed;

    /**
     * @param before the container as seen before; an unchanged container keeps its object
     */
    Seen(Container container, Instant asOf, @Nullable Seen before) {
      boolean isSame = before != null && before.container.equals(container);
      this.container = isSame && before != null ? before.container : container;
      this.asOf = asOf;
      if (isSame && before != null) {
        this.of = before.of;
        this.owned = before.owned;
        this.renamed = before.renamed;
      }
    }

    private void judge(String cluster) {
      if (!of.equals(cluster)) {
        of = cluster;
        owned = Ownership.of(container, cluster);
        renamed = Ownership.renamed(container, cluster);
      }
    }

    Instant asOf() {
      return asOf;
    }
  }

  final Host host;
  private final Instant triedSince;
  private final Map<String, Seen> containers = new TreeMap<>();
  private final Map<String, Instant> gone = new HashMap<>();

  /** Containers seen since the last call of {@link #takeLookedAt}. */
  private final Set<String> lookedAt = new HashSet<>();

  private Set<String> volumes = Set.of();
  private Instant lastContact;
  private @Nullable List<Owned> ours;
  private String oursOf = "";
  private boolean connected;
  private boolean listed;
  private @Nullable Instant lookedBefore;
  private Reach reach = Reach.UNKNOWN;
  private @Nullable Instant reachSince;
  EngineInfo engine = EngineInfo.UNKNOWN;

  /** The engine id that this hostname is known by; empty if not known yet. */
  String knownEngine = "";

  /**
   * Since when this hostname has had that engine; {@link Instant#MIN} if an earlier agent knew it.
   */
  Instant engineSince = Instant.MAX;

  String error = "";

  /** What needs a person although it answers, or empty. */
  String warning = "";

  /** Why this host is held although it answers, or empty. */
  String hold = "";

  /** The host that had this engine's id first, or null. */
  @Nullable HostWorld twinOf;

  /** It had several of our containers, and all were missing when it came back. */
  boolean emptied;

  /** Recorded containers that an earlier leader saw here, by job. */
  private final Map<String, Long> recalledContainers = new HashMap<>();

  HostWorld(Host host, Instant now) {
    this.host = host;
    this.triedSince = now;
    this.lastContact = now;
  }

  /**
   * Takes over what an earlier agent knew. A host that was unreachable then still is; but it does
   * not count as down before this agent has tried to reach it for a while.
   */
  void recall(HostStatus status, @Nullable Instant contact, @Nullable Instant since) {
    knownEngine = status.engine() == null ? "" : status.engine();
    engineSince = knownEngine.isEmpty() ? Instant.MAX : Instant.MIN;
    if (!listed && contact != null && contact.isBefore(lastContact)) {
      lastContact = contact;
    }
    if (status.state().equals(reach.word())) {
      reachSince = since;
    }
  }

  void hadContainer(String job, long incarnation) {
    recalledContainers.put(job, incarnation);
  }

  boolean hasSeen(String job, long incarnation, String cluster) {
    Long before = recalledContainers.get(job);
    return (before != null && before == incarnation)
        || ours(cluster).stream()
            .anyMatch(owned -> owned.job().equals(job) && owned.incarnation() == incarnation);
  }

  /** Clears the holds before they are found again. */
  void release() {
    hold = "";
    twinOf = null;
  }

  void answered(Instant now) {
    lastContact = now;
    error = "";
  }

  void lost(String why) {
    connected = false;
    listed = false;
    error = why;
    warning = "";
  }

  /** A call was not answered: what is known may be wrong until a list that began after this. */
  void doubt(Instant at) {
    lookedBefore = at;
  }

  /**
   * A list of all containers.
   *
   * @param expected names of the recorded containers last seen here. If there were several and all
   *     are missing after a reconnect, the engine probably uses another disk; it is unlikely that
   *     someone removed them all
   */
  void listed(
      EngineInfo found, Instant asOf, List<Container> all, Instant now, Set<String> expected) {
    boolean reconnected = !connected;
    answered(now);
    compare(all, expected, reconnected);
    connected = true;
    engine = found;
    if (knownEngine.isEmpty()) {
      knownEngine = found.id();
      engineSince = now;
    }
    ours = null;
    Map<String, Seen> before = new HashMap<>(containers);
    containers.values().removeIf(seen -> !seen.asOf().isAfter(asOf));
    for (Container container : all) {
      Seen seen = before.get(container.id());
      Instant wentAt = gone.get(container.id());
      boolean newer = seen == null || !seen.asOf().isAfter(asOf);
      if (newer && (wentAt == null || !wentAt.isAfter(asOf))) {
        containers.put(container.id(), new Seen(container, asOf, seen));
        lookedAt.add(container.id());
      }
    }
    gone.values().removeIf(wentAt -> !wentAt.isAfter(asOf));
    if (lookedBefore == null || !asOf.isBefore(lookedBefore)) {
      lookedBefore = null;
      listed = true;
    }
  }

  /** Compares the first list with what an earlier leader saw, if that becomes known only now. */
  void compareRecalled(Set<String> expected) {
    if (everListed()) {
      compare(containers(), expected, true);
    }
  }

  private void compare(List<Container> all, Set<String> expected, boolean reconnected) {
    boolean anyLeft =
        all.stream().anyMatch(container -> expected.contains(incarnationOf(container)));
    if (anyLeft || expected.isEmpty()) {
      emptied = emptied && !anyLeft;
    } else if (reconnected && expected.size() >= Settings.EMPTIED_AT_LEAST) {
      emptied = true;
    }
    if (!emptied) {
      recalledContainers.clear();
    }
  }

  private static String incarnationOf(Container container) {
    return container.labels().get(Ownership.JOB)
        + "."
        + container.labels().get(Ownership.INCARNATION);
  }

  void saw(String id, @Nullable Container container, Instant asOf, Instant now) {
    answered(now);
    ours = null;
    Seen seen = containers.get(id);
    if (seen != null && seen.asOf().isAfter(asOf)) {
      return;
    }
    Instant wentAt = gone.get(id);
    if (container == null) {
      containers.remove(id);
      gone.put(id, asOf);
    } else if (wentAt == null || asOf.isAfter(wentAt)) {
      // Docker never reuses an id, so the earlier answer was wrong: an engine may deny a container.
      gone.remove(id);
      containers.put(id, new Seen(container, asOf, seen));
      lookedAt.add(id);
    }
  }

  /** While this process stood still, the host's silence means nothing. */
  void forgive(Duration pause) {
    lastContact = lastContact.plus(pause);
  }

  Reach reach(Instant now, Settings settings) {
    Duration silence = Duration.between(lastContact, now);
    boolean tried = Duration.between(triedSince, now).compareTo(settings.unknownAfter()) >= 0;
    Reach present;
    if (silence.compareTo(settings.grace()) >= 0 && tried) {
      present = Reach.DOWN;
    } else if (silence.compareTo(settings.unknownAfter()) >= 0 || !everListed()) {
      present = Reach.UNKNOWN;
    } else {
      present = Reach.UP;
    }
    if (present != reach || reachSince == null) {
      reach = present;
      reachSince = now;
    }
    return present;
  }

  /** When its reach may change if the host stays silent, or null. */
  @Nullable Instant nextChange(Instant now, Settings settings) {
    return Stream.of(
            lastContact.plus(settings.unknownAfter()),
            lastContact.plus(settings.grace()),
            triedSince.plus(settings.unknownAfter()))
        .filter(now::isBefore)
        .min(Instant::compareTo)
        .orElse(null);
  }

  boolean isConnected() {
    return connected;
  }

  boolean everListed() {
    return !engine.equals(EngineInfo.UNKNOWN);
  }

  boolean tried(Instant now, Duration patience) {
    return everListed() || Duration.between(triedSince, now).compareTo(patience) >= 0;
  }

  /** Whether another answer would change nothing. */
  boolean isWell() {
    return reach == Reach.UP && error.isEmpty();
  }

  /** Its reach as last computed. */
  Reach lastReach() {
    return reach;
  }

  @Nullable Instant reachSince() {
    return reachSince;
  }

  Instant lastContact() {
    return lastContact;
  }

  List<Container> containers() {
    return containers.values().stream().map(seen -> seen.container).toList();
  }

  /** Our containers. Cached until something changes here. */
  List<Owned> ours(String cluster) {
    List<Owned> known = ours;
    if (known == null || !cluster.equals(oursOf)) {
      known = new ArrayList<>();
      for (Seen seen : containers.values()) {
        seen.judge(cluster);
        if (seen.owned != null) {
          known.add(seen.owned);
        }
      }
      ours = known;
      oursOf = cluster;
    }
    return known;
  }

  /** Sets the volume names; {@link #made} adds those of containers created since. */
  void listedVolumes(Set<String> names) {
    volumes = Set.copyOf(names);
  }

  void made(ContainerSpec spec) {
    Set<String> more = spec.namedVolumes();
    if (!volumes.containsAll(more)) {
      Set<String> all = new HashSet<>(volumes);
      all.addAll(more);
      volumes = Set.copyOf(all);
    }
  }

  private List<Owned> renamed(String cluster) {
    List<Owned> renamed = new ArrayList<>();
    for (Seen seen : containers.values()) {
      seen.judge(cluster);
      if (seen.renamed != null) {
        renamed.add(seen.renamed);
      }
    }
    return renamed;
  }

  /** If two hostnames share an engine, both show the same containers; they count once. */
  private List<Owned> oursAlone(String cluster) {
    HostWorld first = twinOf;
    List<Owned> all = ours(cluster);
    return first == null
        ? all
        : all.stream().filter(owned -> !first.has(owned.container().id())).toList();
  }

  Set<String> takeLookedAt() {
    Set<String> since = Set.copyOf(lookedAt);
    lookedAt.clear();
    return since;
  }

  boolean has(String id) {
    return containers.containsKey(id);
  }

  HostState state(Availability word, String cluster, Instant now, Settings settings) {
    Reach present = reach(now, settings);
    return new HostState(
        host,
        word,
        present,
        lastContact,
        unusable(present),
        containers(),
        oursAlone(cluster),
        renamed(cluster),
        engine,
        volumes,
        this::seenAt);
  }

  /** When the last inspection or list that showed it began. */
  Instant seenAt(String id) {
    Seen seen = containers.get(id);
    return seen == null ? Instant.MIN : seen.asOf();
  }

  /** Whether the host is reachable, not held, and its list is current. */
  boolean isUsable(Instant now, Settings settings) {
    return unusable(reach(now, settings)) == null;
  }

  private @Nullable String unusable(Reach present) {
    if (!hold.isEmpty()) {
      return "held: " + hold;
    }
    if (present != Reach.UP || !connected) {
      String since = "unreachable since " + Times.text(lastContact);
      return error.isEmpty() ? since : since + " (" + error + ")";
    }
    return listed && lookedBefore == null ? null : "its containers are being listed again";
  }
}
