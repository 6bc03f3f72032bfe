package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.SteadyClock;
import io.dowding.etcd.Kv.Compare;
import io.dowding.etcd.Kv.Write;
import io.dowding.keys.Key;
import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Content;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes keys, for everyone but the agent. Every call blocks, has a deadline, and throws
 * {@link EtcdException} if there is no answer. Thread-safe.
 */
public final class EtcdKeys implements AutoCloseable {

  private static final Duration WATCH_BEGINS = Duration.ofSeconds(10);

  /** The end of the range of allocations; no other key that means something comes before it. */
  private static final String AFTER_ALLOCATIONS = Key.ALLOCATIONS.replace('/', '0');

  private final Kv kv;
  private final String base;

  /** A value, the revision at which it was written, and how it is encrypted in etcd. */
  public record Value(Content content, long revision, Sealing sealing) {
    public Value(String text, long revision) {
      this(Content.of(text.getBytes(StandardCharsets.UTF_8)), revision, Sealing.NONE);
    }

    private static Value of(Kv.Entry entry) {
      return new Value(Content.of(entry.value()), entry.modified(), entry.sealing());
    }

    byte[] bytes() {
      return content.bytes();
    }

    public String text() {
      return new String(content.bytes(), StandardCharsets.UTF_8);
    }
  }

  /** All keys at one revision, as the agent would see them. */
  public record Snapshot(long revision, List<StoreChange> keys) {}

  /**
   * One of the keys that {@link #commit} changes together, on the condition that it still has this
   * revision; 0 is for a key that is not there.
   */
  public sealed interface Step {
    String key();

    long revision();

    record Put(String key, long revision, Content value) implements Step {}

    record Delete(String key, long revision) implements Step {}

    /** It stays as it is. */
    record Check(String key, long revision) implements Step {}
  }

  public EtcdKeys(EtcdSettings settings, String base) {
    this(sealed(new Etcd(settings), settings, base), base);
  }

  /**
   * @param patience how long to wait for any answer; at most 5 s
   */
  public EtcdKeys(EtcdSettings settings, Duration patience, String base) {
    this(sealed(new Etcd(settings, patience), settings, base), base);
  }

  private static Kv sealed(Kv etcd, EtcdSettings settings, String base) {
    return new SealedKv(etcd, base, settings.encryption());
  }

  /**
   * @param kv is closed with this
   */
  public EtcdKeys(Kv kv, String base) {
    this.kv = kv;
    this.base = base;
  }

  /** Whether secrets that this writes are encrypted. */
  public boolean encrypts() {
    return kv instanceof SealedKv sealed && sealed.encrypts();
  }

  /** Services, pins, hosts, allocations, inventory and the sequence, all at one revision. */
  public Snapshot snapshot() {
    KeyLister.Listing listing = new KeyLister(base).list(kv, false);
    return new Snapshot(listing.revision(), listing.keys());
  }

  /**
   * Whether a snapshot still shows what there is: no key of it was written or deleted since, except
   * for allocations by {@link #record}. Much cheaper than another snapshot.
   *
   * @param sequence what the last of these returned, or the revision of the sequence in it
   */
  public boolean isCurrent(Snapshot snapshot, long sequence) {
    Kv.Changes others = kv.since(key(AFTER_ALLOCATIONS), key("status"), snapshot.revision());
    return others.revision() >= snapshot.revision()
        && others.count() == snapshot.keys().stream().filter(EtcdKeys::isOther).count()
        && others.entries().stream()
            .allMatch(
                entry -> entry.key().equals(key(Key.SEQUENCE)) && entry.modified() == sequence);
  }

  private static boolean isOther(StoreChange key) {
    return switch (key) {
      case StoreChange.OfAllocation _ -> false;
      case StoreChange.OfNothing(String name, var _, var _) ->
          name.compareTo(AFTER_ALLOCATIONS) >= 0;
      default -> true;
    };
  }

  public Optional<Value> get(String key) {
    return Optional.ofNullable(kv.get(key(key))).map(Value::of);
  }

  /** The cluster's UUID, or null if its key is missing or unreadable. */
  public @Nullable String cluster() {
    return get(Key.CLUSTER)
        .flatMap(value -> KeyReader.read(Key.CLUSTER, value.bytes(), value.revision()))
        .map(change -> change instanceof StoreChange.OfCluster of ? of.uuid() : null)
        .orElse(null);
  }

  /** The last status of a service. */
  public Optional<ServiceStatus> status(String service) {
    return get(Key.SERVICE_STATUS + service).flatMap(value -> Json.status(value.bytes()));
  }

  /** All statuses that the agent last wrote. */
  public Recalled statuses() {
    return new KeyLister(base).list(kv, true).recalled();
  }

  /** The agents that are candidates, the leader first, with the values of their keys. */
  public List<String> candidates() {
    return kv.range(base + "/leader/", base + "/leader0", 0).entries().stream()
        .filter(entry -> Json.isCandidate(entry.value()))
        .sorted(Comparator.comparingLong(Kv.Entry::created))
        .map(Kv.Entry::text)
        .toList();
  }

  /** All keys with this prefix, with their values. */
  public SortedMap<String, String> all(String prefix) {
    SortedMap<String, String> values = new TreeMap<>();
    values(prefix).forEach((key, value) -> values.put(key, value.text()));
    return values;
  }

  /** Every key with this prefix, with its value and revision. */
  public SortedMap<String, Value> values(String prefix) {
    SortedMap<String, Value> values = new TreeMap<>();
    String from = key(prefix);
    for (Kv.Entry entry : kv.range(from, from + '\uffff', 0).entries()) {
      values.put(entry.key().substring(base.length() + 1), Value.of(entry));
    }
    return values;
  }

  /**
   * Changes keys together: in one transaction if etcd takes them all at once, else in as few as
   * possible, in this order.
   *
   * @return false if one of the keys has another revision. Then nothing is done; or, of several
   *     transactions, only the first ones are
   */
  public boolean commit(List<Step> steps) {
    return writing(() -> new Batch(kv).commit(steps.stream().map(this::below).toList()));
  }

  private Step below(Step step) {
    return switch (step) {
      case Step.Put(String key, long revision, Content value) ->
          new Step.Put(key(key), revision, value);
      case Step.Delete(String key, long revision) -> new Step.Delete(key(key), revision);
      case Step.Check(String key, long revision) -> new Step.Check(key(key), revision);
    };
  }

  public void put(String key, String value) {
    writing(() -> kv.commit(List.of(), List.of(new Write.Put(key(key), value, 0))));
  }

  /** Deletes a key. Returns whether it existed. */
  public boolean delete(String key) {
    boolean there = kv.get(key(key)) != null;
    writing(() -> kv.commit(List.of(), List.of(new Write.Delete(key(key)))));
    return there;
  }

  private static <T> T writing(Supplier<T> write) {
    try {
      return write.get();
    } catch (EtcdException failed) {
      throw failed.isRefusal() ? failed : new EtcdException.AnswerLost(failed);
    }
  }

  /**
   * Records allocations in one transaction, if no other allocator has written since {@code
   * sequence} and all records still have their revisions.
   *
   * @param records of different jobs
   * @return the revision at which they are recorded, or 0 if another allocator was faster
   */
  public long record(Collection<Allocation> records, long sequence) {
    List<Compare> compares = new ArrayList<>();
    List<Write> writes = new ArrayList<>();
    compares.add(new Compare.Modified(key(Key.SEQUENCE), sequence));
    for (Allocation record : records) {
      String key = key(Key.ALLOCATIONS + record.job());
      compares.add(new Compare.Modified(key, record.revision()));
      writes.add(new Write.Put(key, Json.text(record), 0));
    }
    writes.add(new Write.Put(key(Key.SEQUENCE), Integer.toString(records.size()), 0));
    Kv.Committed answer = kv.commit(compares, writes);
    return answer.succeeded() ? answer.revision() : 0;
  }

  /** Deletes a record if it still has this revision. Returns whether it had. */
  public boolean forget(String job, long revision) {
    String key = key(Key.ALLOCATIONS + job);
    return kv.commit(
            List.of(new Compare.Modified(key, revision)),
            List.of(new Write.Delete(key), new Write.Put(key(Key.SEQUENCE), "1", 0)))
        .succeeded();
  }

  /**
   * Calls back on every change, from the time this method returns until it is stopped, on its own
   * thread. If the watch is lost, changes of services, pins and records meanwhile are reported once
   * etcd answers again; several of one key as one.
   *
   * @return stops it
   * @throws EtcdException if etcd does not answer
   */
  public static Runnable watch(EtcdSettings settings, String base, Consumer<StoreChange> changed)
      throws InterruptedException {
    Function<Runnable, Kv> clients = Etcd.clients(settings);
    KeyWatchThread watch =
        new KeyWatchThread(
            () -> sealed(clients.apply(() -> {}), settings, base), base, new SteadyClock());
    CountDownLatch listed = new CountDownLatch(1);
    WatchedKeys known = new WatchedKeys();
    watch.start(
        event -> {
          switch (event) {
            case Event.StoreListed list -> {
              known.listed(list.keys(), list.revision()).forEach(changed);
              listed.countDown();
            }
            case Event.StoreChanged changes ->
                changes
                    .changes()
                    .forEach(
                        change -> {
                          known.changed(change);
                          changed.accept(change);
                        });
            default -> {}
          }
        },
        turn -> turn);
    if (!listed.await(WATCH_BEGINS.toMillis(), TimeUnit.MILLISECONDS)) {
      watch.close();
      throw new EtcdException("etcd did not answer within " + WATCH_BEGINS.toSeconds() + " s");
    }
    return watch::close;
  }

  private String key(String key) {
    return base + "/" + key;
  }

  @Override
  public void close() {
    kv.close();
  }
}
