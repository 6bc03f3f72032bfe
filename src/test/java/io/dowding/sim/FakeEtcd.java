package io.dowding.sim;

import io.dowding.etcd.EtcdException;
import io.dowding.etcd.Kv;
import io.etcd.jetcd.ByteSequence;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory etcd with revisions, transactions, leases, watches, compaction and faults. It passes
 * the same contract tests as a real one. Not thread-safe.
 */
public final class FakeEtcd {

  private static final int MOST_OPERATIONS = 128;
  private static final int MOST_BYTES = 1_500_000;

  final Members members = new Members();
  private final InstantSource clock;
  private final Set<Watch> watches = new java.util.LinkedHashSet<>();
  private TreeMap<String, Kv.Entry> keys = new TreeMap<>();
  private TreeMap<Long, Step> history = new TreeMap<>();
  private TreeMap<Long, Lease> leases = new TreeMap<>();
  private long revision = 1;
  private long compacted;
  private long nextLease = 1000;
  private boolean noSpace;
  private String refused = "";

  /** The changes of one revision, and the previous entries of those keys. */
  private record Step(List<Kv.Change> changes, Map<String, Kv.Entry> before) {}

  private static final class Lease {
    final Duration ttl;
    final Set<String> keys;
    Instant end;

    Lease(Duration ttl, Instant end, Set<String> keys) {
      this.ttl = ttl;
      this.end = end;
      this.keys = keys;
    }

    Lease copy() {
      return new Lease(ttl, end, new TreeSet<>(keys));
    }
  }

  private final class Watch implements Kv.Watcher {
    private final String from;
    private final String end;
    private final Kv.Watching watching;
    private long next;

    Watch(String from, String end, long next, Kv.Watching watching) {
      this.from = from;
      this.end = end;
      this.next = next;
      this.watching = watching;
    }

    void tell(long at, List<Kv.Change> changes) {
      if (at < next) {
        return;
      }
      next = at + 1;
      List<Kv.Change> mine =
          changes.stream().filter(change -> isIn(change.key(), from, end)).toList();
      if (!mine.isEmpty()) {
        watching.changed(at, mine);
      }
    }

    @Override
    public void requestProgress() {
      if (watches.contains(this) && hasQuorum()) {
        watching.changed(revision, List.of());
      }
    }

    @Override
    public void close() {
      watches.remove(this);
    }
  }

  /** The contents of a backup. */
  record Backup(
      TreeMap<String, Kv.Entry> keys, TreeMap<Long, Lease> leases, long revision, long nextLease) {}

  public FakeEtcd(InstantSource clock) {
    this.clock = clock;
  }

  private static boolean isIn(String key, String from, String end) {
    return key.compareTo(from) >= 0 && key.compareTo(end) < 0;
  }

  long revision() {
    return revision;
  }

  Map<String, Kv.Entry> keys() {
    return keys;
  }

  @Nullable String value(String key) {
    Kv.Entry entry = keys.get(key);
    return entry == null ? null : entry.text();
  }

  // faults

  void member(int member, Members.State state) {
    boolean before = hasQuorum();
    if (members.set(member, state)) {
      // A new leader renews every lease in full.
      leases.values().forEach(lease -> lease.end = clock.instant().plus(lease.ttl));
    }
    if (before && !hasQuorum()) {
      breakWatches("etcdserver: no leader");
    }
  }

  private boolean hasQuorum() {
    return members.hasQuorum();
  }

  /** Refuses every write of this key; empty for none. */
  void refuses(String key) {
    refused = key;
  }

  void noSpace(boolean now) {
    noSpace = now;
  }

  void breakWatches(String why) {
    List<Watch> all = new ArrayList<>(watches);
    watches.clear();
    all.forEach(watch -> watch.watching.ended(why));
  }

  void compact(long at) {
    compacted = Math.max(compacted, at);
    history = new TreeMap<>(history.tailMap(at, true));
  }

  Backup backup() {
    TreeMap<Long, Lease> copies = new TreeMap<>();
    leases.forEach((id, lease) -> copies.put(id, lease.copy()));
    return new Backup(new TreeMap<>(keys), copies, revision, nextLease);
  }

  /** Restarts with the data of a backup, so the revision falls. */
  void restore(Backup backup) {
    keys = new TreeMap<>(backup.keys());
    leases = new TreeMap<>();
    backup
        .leases()
        .forEach(
            (id, lease) -> {
              Lease copy = lease.copy();
              copy.end = clock.instant().plus(copy.ttl);
              leases.put(id, copy);
            });
    revision = backup.revision();
    nextLease = Math.max(nextLease, backup.nextLease());
    history = new TreeMap<>();
    compacted = 0;
    breakWatches("restarted");
  }

  /** Restarts without data. */
  void wipe() {
    restore(new Backup(new TreeMap<>(), new TreeMap<>(), 1, nextLease));
  }

  /** Ends expired leases. */
  void expire() {
    if (!hasQuorum()) {
      return;
    }
    Instant now = clock.instant();
    for (long id : new ArrayList<>(leases.keySet())) {
      Lease lease = leases.get(id);
      if (lease != null && !now.isBefore(lease.end)) {
        drop(id);
      }
    }
  }

  boolean isAlive(long lease) {
    expire();
    return leases.containsKey(lease);
  }

  @Nullable Instant nextExpiry() {
    return leases.values().stream().map(l -> l.end).min(Instant::compareTo).orElse(null);
  }

  private void drop(long id) {
    Lease lease = leases.remove(id);
    if (lease == null || lease.keys.isEmpty()) {
      return;
    }
    List<Kv.Write> deletes = new ArrayList<>();
    lease.keys.forEach(key -> deletes.add(new Kv.Write.Delete(key)));
    write(deletes);
  }

  // the API

  private void mustAnswer() {
    if (!hasQuorum()) {
      throw new EtcdException("etcd: no leader");
    }
    expire();
  }

  Kv.Listing range(String from, String end, long at) {
    mustAnswer();
    if (at > revision) {
      throw new EtcdException("etcd: required revision is a future revision");
    }
    if (at > 0 && at < compacted) {
      throw new EtcdException("etcd: required revision has been compacted");
    }
    NavigableMap<String, Kv.Entry> then = at == 0 || at == revision ? keys : asOf(at);
    List<Kv.Entry> found =
        from.compareTo(end) >= 0
            ? List.of()
            : List.copyOf(then.subMap(from, true, end, false).values());
    return new Kv.Listing(at == 0 ? revision : at, found);
  }

  private NavigableMap<String, Kv.Entry> asOf(long at) {
    TreeMap<String, Kv.Entry> then = new TreeMap<>(keys);
    for (Step step : history.tailMap(at, false).descendingMap().values()) {
      for (Kv.Change change : step.changes()) {
        Kv.Entry before = step.before().get(change.key());
        if (before == null) {
          then.remove(change.key());
        } else {
          then.put(change.key(), before);
        }
      }
    }
    return then;
  }

  Kv.Committed commit(List<Kv.Compare> compares, List<Kv.Write> writes) {
    mustAnswer();
    Set<String> once = new HashSet<>();
    long bytes = 0;
    for (Kv.Write write : writes) {
      if (write instanceof Kv.Write.Put(String key, ByteSequence value, long lease)) {
        bytes += value.size();
        if (!once.add(key)) {
          throw EtcdException.refusal("etcd: duplicate key given in txn request");
        }
        if (lease != 0 && !leases.containsKey(lease)) {
          throw new EtcdException("etcd: requested lease not found");
        }
      }
    }
    if (compares.size() > MOST_OPERATIONS || writes.size() > MOST_OPERATIONS) {
      throw EtcdException.refusal("etcd: too many operations in txn request");
    }
    if (bytes > MOST_BYTES || once.contains(refused)) {
      throw EtcdException.refusal("etcd: request is too large");
    }
    if (noSpace && writes.stream().anyMatch(Kv.Write.Put.class::isInstance)) {
      throw new EtcdException("etcd: mvcc: database space exceeded");
    }
    if (!compares.stream().allMatch(this::holds)) {
      return new Kv.Committed(false, revision);
    }
    write(writes);
    return new Kv.Committed(true, revision);
  }

  private boolean holds(Kv.Compare compare) {
    Kv.Entry entry = keys.get(compare.key());
    long is =
        switch (compare) {
          case Kv.Compare.Modified _ -> entry == null ? 0 : entry.modified();
          case Kv.Compare.Created _ -> entry == null ? 0 : entry.created();
        };
    return is == compare.revision();
  }

  private void write(List<Kv.Write> writes) {
    long at = revision + 1;
    List<Kv.Change> changes = new ArrayList<>();
    Map<String, Kv.Entry> before = new HashMap<>();
    for (Kv.Write write : writes) {
      Kv.Entry old = keys.get(write.key());
      if (!before.containsKey(write.key()) && old != null) {
        before.put(write.key(), old);
      }
      switch (write) {
        case Kv.Write.Put(String key, ByteSequence value, long lease) -> {
          long created = old == null ? at : old.created();
          Kv.Entry entry = new Kv.Entry(key, value.getBytes(), created, at);
          keys.put(key, entry);
          leases.values().forEach(l -> l.keys.remove(key));
          Lease bound = leases.get(lease);
          if (bound != null) {
            bound.keys.add(key);
          }
          changes.add(new Kv.Change(key, entry, at));
        }
        case Kv.Write.Delete(String key) -> {
          if (keys.remove(key) != null) {
            leases.values().forEach(l -> l.keys.remove(key));
            changes.add(new Kv.Change(key, null, at));
          }
        }
      }
    }
    if (!changes.isEmpty()) {
      revision = at;
      history.put(at, new Step(changes, before));
      List.copyOf(watches).forEach(watch -> watch.tell(at, changes));
    }
  }

  long grant(Duration ttl) {
    mustAnswer();
    long id = nextLease++;
    leases.put(id, new Lease(ttl, clock.instant().plus(ttl), new TreeSet<>()));
    return id;
  }

  boolean renew(long id) {
    mustAnswer();
    Lease lease = leases.get(id);
    if (lease != null) {
      lease.end = clock.instant().plus(lease.ttl);
    }
    return lease != null;
  }

  void revoke(long id) {
    mustAnswer();
    drop(id);
  }

  Kv.Watcher watch(String from, String end, long at, Kv.Watching watching) {
    Watch watch = new Watch(from, end, at, watching);
    if (!hasQuorum()) {
      watching.ended("etcdserver: no leader");
      return watch;
    }
    if (at < compacted) {
      watching.ended("etcd: required revision has been compacted");
      return watch;
    }
    watches.add(watch);
    watching.changed(revision, List.of());
    new TreeMap<>(history.tailMap(at, true))
        .forEach((revisionThen, step) -> watch.tell(revisionThen, step.changes()));
    watch.next = Math.max(watch.next, at);
    return watch;
  }

  /** The known changes before this revision. */
  List<Kv.Change> changesBefore(String from, String end, long before) {
    return history.headMap(before).values().stream()
        .flatMap(step -> step.changes().stream())
        .filter(change -> isIn(change.key(), from, end))
        .toList();
  }

  /** A client whose calls do not fail. */
  public Kv client() {
    return new Kv() {
      @Override
      public Listing range(String from, String end, long at) {
        return FakeEtcd.this.range(from, end, at);
      }

      @Override
      public Committed commit(List<Compare> compares, List<Write> writes) {
        return FakeEtcd.this.commit(compares, writes);
      }

      @Override
      public long grant(Duration ttl) {
        return FakeEtcd.this.grant(ttl);
      }

      @Override
      public boolean renew(long lease, Duration deadline) {
        return FakeEtcd.this.renew(lease);
      }

      @Override
      public void revoke(long lease) {
        FakeEtcd.this.revoke(lease);
      }

      @Override
      public Watcher watch(String from, String end, long at, Watching watching) {
        return FakeEtcd.this.watch(from, end, at, watching);
      }

      @Override
      public void close() {
        // There is nothing to close.
      }
    };
  }
}
