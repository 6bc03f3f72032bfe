package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Host;
import io.dowding.model.Pin;
import io.dowding.model.Policy;
import io.dowding.plan.Allocations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The usable content of etcd. An unusable value leaves the previous one in effect. Older news of a
 * key never overrides newer news.
 */
final class Keys {

  final Definitions definitions;
  final SortedMap<String, Pin> pins = new TreeMap<>();
  final Map<String, Long> pinRevisions = new HashMap<>();
  final Allocations allocations = new Allocations();
  final Map<String, Long> allocationRevisions = new HashMap<>();
  final Set<String> releases = new TreeSet<>();
  final Deletions deletions;
  final Leadership leadership;
  private final Set<String> deletedNow = new TreeSet<>();
  private final Set<String> cameNow = new TreeSet<>();

  final Published published = new Published();
  private final SortedMap<String, String> problems = new TreeMap<>();
  private final boolean inventoryInEtcd;
  private final SortedMap<String, Host> inventory = new TreeMap<>();
  final StoreHistory history = new StoreHistory(this);
  final HostSettings hostSettings = new HostSettings();
  private final Changed news;
  private final Map<String, Long> forgotten = new HashMap<>();
  private @Nullable String cluster;
  private long clusterRevision;
  private long floor;
  private long revision;
  private long sequence;
  private boolean listed;

  Keys(boolean inventoryInEtcd, Leadership leadership, Policy policy, Changed news) {
    this.definitions = new Definitions(policy, news);
    this.news = news;
    this.inventoryInEtcd = inventoryInEtcd;
    this.leadership = leadership;
    this.deletions = new Deletions();
  }

  /** The revision of the newest news of a record; 0 if there is none. */
  long newestAllocation(String job) {
    return Math.max(allocationRevisions.getOrDefault(job, 0L), forgotten.getOrDefault(job, 0L));
  }

  /** Applies a complete list: a key that is not in it does not exist. */
  void listed(Event.StoreListed list, Consumer<String> redefined, Instant now) {
    news.everything();
    history.listed(list);
    Recalled recalled = list.recalled();
    recalled.versions().forEach(definitions::recall);
    published.listed(recalled);
    List<StoreChange> all = new ArrayList<>(list.keys());
    all.addAll(absent(list.keys(), list.revision()));
    // Contents first: a service must not use a config or secret that is gone.
    all.sort(Comparator.comparing(key -> !(key instanceof StoreChange.OfContent)));
    all.forEach(key -> apply(key, redefined));
    list.keys().forEach(key -> hostSettings.recall(key, recalled));
    revision = Math.max(revision, list.revision());
    forgotten.values().removeIf(at -> at <= list.revision());
    listed = true;
    countDeletions(now);
    recallHeldDeletions(recalled);
  }

  /** This agent wrote a key that it publishes; null if it deleted it. */
  void wrote(String key, @Nullable Object value) {
    problems.remove(key);
    published.wrote(key, value);
  }

  /** Keeps deletions held that an earlier leader held. */
  private void recallHeldDeletions(Recalled recalled) {
    Set<String> still = heldDeletions(recalled);
    still.removeAll(services());
    deletions.hold(still);
  }

  private static Set<String> heldDeletions(Recalled recalled) {
    HostStatus.Hold hold = recalled.holds().get(Holds.DELETIONS);
    return hold == null ? new TreeSet<>() : new TreeSet<>(List.of(hold.held().split(", ", -1)));
  }

  /** Services held only by this agent may have returned and gone again unseen. */
  void recountDeletions(Recalled recalled) {
    deletions.recount(heldDeletions(recalled));
  }

  /**
   * Counts services that were deleted while no agent watched as deleted just now.
   *
   * @param before services with a record, a container or a status
   * @param confirmed services whose deletion an earlier leader was acting on
   */
  void deletedUnseen(Set<String> before, Set<String> confirmed, Instant now) {
    Set<String> absent = new TreeSet<>(before);
    absent.removeAll(services());
    // New services must not hide deleted ones.
    int remaining = before.size() - absent.size();
    absent.removeAll(confirmed);
    deletions.unseen(absent, remaining, now);
  }

  /** Whether a service exists, or its deletion was seen. */
  boolean accountsFor(String service) {
    return has(service) || deletions.wasReported(service);
  }

  private void countDeletions(Instant now) {
    if (!deletedNow.isEmpty()) {
      // Services that appear in the same event must not hide deleted ones.
      cameNow.retainAll(services());
      deletions.deleted(deletedNow, services().size() - cameNow.size(), now);
      deletedNow.clear();
    }
    cameNow.clear();
  }

  void changed(Event.StoreChanged changed, Consumer<String> redefined, Instant now) {
    history.changed(changed);
    changed.changes().forEach(change -> apply(change, redefined));
    deletions.reported(deletedNow);
    revision = Math.max(revision, changed.revision());
    countDeletions(now);
  }

  private void apply(StoreChange change, Consumer<String> redefined) {
    String problem = change.problem();
    if (problem == null) {
      problems.remove(change.path());
    } else {
      problems.put(change.path(), problem);
    }
    switch (change) {
      case StoreChange.OfService service -> service(service, redefined);
      case StoreChange.OfContent content -> definitions.content(content, redefined);
      case StoreChange.OfPin(String subject, Parsed<Pin> value, long at) -> {
        news.job(subject);
        switch (value) {
          case null -> {
            pins.remove(subject);
            pinRevisions.remove(subject);
          }
          case Parsed.Valid<Pin>(Pin pin) -> {
            pins.put(subject, pin);
            pinRevisions.put(subject, at);
          }
          case Parsed.Invalid<Pin>(String why) -> {
            pins.put(subject, new Pin.Unreadable(why));
            pinRevisions.put(subject, at);
          }
        }
      }
      case StoreChange.OfHostWord(String hostname, Parsed<Availability> value, long _) -> {
        hostSettings.keep(hostname, value);
        news.host(hostname);
      }
      case StoreChange.OfAllocation allocation -> allocation(allocation);
      case StoreChange.OfInventory(String hostname, Parsed<Host> value, long _) -> {
        keep(inventory, hostname, value);
        news.everything();
      }
      case StoreChange.OfRelease(String hold, boolean present, long _) -> {
        news.everything();
        if (present) {
          releases.add(hold);
          if (hold.equals(Holds.DELETIONS)) {
            deletions.release();
          }
        } else {
          releases.remove(hold);
        }
      }
      case StoreChange.OfCluster(String uuid, long at, long writtenAt) -> {
        cluster = uuid;
        floor = at;
        clusterRevision = writtenAt;
        news.everything();
      }
      case StoreChange.OfLeader candidate -> leadership.seen(candidate);
      case StoreChange.OfSequence(long at) -> sequence(at);
      case StoreChange.OfNothing _ -> {}
    }
  }

  private static <T> void keep(Map<String, T> map, String key, @Nullable Parsed<T> value) {
    switch (value) {
      case null -> map.remove(key);
      case Parsed.Valid<T>(T valid) -> map.put(key, valid);
      case Parsed.Invalid<T> _ -> {}
    }
  }

  private void service(StoreChange.OfService change, Consumer<String> redefined) {
    String name = change.name();
    if (change.value() == null) {
      if (definitions.deleted(name)) {
        deletedNow.add(name);
      }
      return;
    }
    if (!has(name) && !deletedNow.contains(name)) {
      cameNow.add(name);
    }
    definitions.written(change, redefined);
    deletedNow.remove(name);
    deletions.back(name);
  }

  /** All services, usable or not. */
  Set<String> services() {
    return definitions.entries().keySet();
  }

  boolean has(String service) {
    return definitions.entries().containsKey(service);
  }

  private void allocation(StoreChange.OfAllocation change) {
    String job = change.job();
    if (change.revision() < newestAllocation(job)) {
      return;
    }
    switch (change.value()) {
      case null -> forgotten(job, change.revision());
      case Parsed.Valid<Allocation>(Allocation record) -> recorded(record);
      case Parsed.Invalid<Allocation> _ -> {
        allocationRevisions.put(job, change.revision());
        Allocation known = allocations.get(job);
        if (known != null) {
          allocations.put(known.atRevision(change.revision()));
        }
        news.job(job);
      }
    }
  }

  void recorded(Allocation record) {
    replaced(record.job(), record.host());
    allocations.put(record);
    allocationRevisions.put(record.job(), record.revision());
    revision = Math.max(revision, record.revision());
  }

  void forgotten(String job, long at) {
    replaced(job, null);
    allocations.remove(job);
    allocationRevisions.remove(job);
    forgotten.put(job, at);
    revision = Math.max(revision, at);
  }

  private void replaced(String job, @Nullable String host) {
    Allocation before = allocations.get(job);
    news.job(job);
    if (before != null) {
      news.load(before.host());
    }
    if (host != null) {
      news.load(host);
    }
  }

  void sequence(long at) {
    sequence = Math.max(sequence, at);
  }

  private Set<StoreChange> absent(List<StoreChange> there, long at) {
    Set<String> present = new HashSet<>();
    there.forEach(key -> present.add(key.path()));
    Set<StoreChange> absent = new HashSet<>();
    services().forEach(n -> absent.add(new StoreChange.OfService(n, null, "", at)));
    definitions
        .contentRevisions()
        .keySet()
        .forEach(n -> absent.add(new StoreChange.OfContent(n, null, at)));
    pinRevisions.keySet().forEach(n -> absent.add(new StoreChange.OfPin(n, null, at)));
    hostSettings.hostnames().forEach(n -> absent.add(new StoreChange.OfHostWord(n, null, at)));
    allocationRevisions
        .keySet()
        .forEach(n -> absent.add(new StoreChange.OfAllocation(n, null, at)));
    inventory.keySet().forEach(n -> absent.add(new StoreChange.OfInventory(n, null, at)));
    releases.forEach(n -> absent.add(new StoreChange.OfRelease(n, false, at)));
    leadership.keys().forEach(n -> absent.add(new StoreChange.OfLeader(n, false, at)));
    absent.add(new StoreChange.OfCluster(null, 0, 0));
    problems.keySet().forEach(key -> absent.add(new StoreChange.OfNothing(key, null, at)));
    absent.removeIf(change -> present.contains(change.path()));
    return absent;
  }

  /** Why this key cannot be used, or null. */
  @Nullable String problem(String key) {
    return problems.get(key);
  }

  /**
   * Whether versions may be replaced by others: not if they cannot be decrypted now, because with
   * the right key they can be later.
   *
   * @param key such as {@code versions/web}
   */
  boolean keeps(String key) {
    return !problems.containsKey(key);
  }

  /** All keys that cannot be used, and all values that etcd refuses. */
  SortedMap<String, String> problems() {
    SortedMap<String, String> all = new TreeMap<>(problems);
    all.putAll(published.refusals.problems());
    return all;
  }

  boolean isListed() {
    return listed;
  }

  /** The UUID now in etcd; null if its key is missing or unreadable. */
  @Nullable String cluster() {
    return cluster;
  }

  /** The revision of the cluster key, or 0 if it is missing. */
  long clusterRevision() {
    return clusterRevision;
  }

  /** Applies this agent's own write before the watch reports it. */
  void claimed(String uuid, long newFloor) {
    cluster = uuid;
    floor = newFloor;
    news.everything();
  }

  long revision() {
    return revision;
  }

  long floor() {
    return floor;
  }

  /** The age of the cluster. Never falls, even if etcd's revision does. */
  long age() {
    return floor + revision;
  }

  long sequence() {
    return sequence;
  }

  /** The current inventory, or null if there is none yet. */
  @Nullable SortedMap<String, Host> inventory(@Nullable SortedMap<String, Host> given) {
    return inventoryInEtcd ? inventory : given;
  }
}
