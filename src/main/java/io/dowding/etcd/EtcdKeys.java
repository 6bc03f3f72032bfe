package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Event.Recalled;
import io.dowding.control.ServiceStatus;
import io.dowding.control.StoreChange;
import io.dowding.model.Allocation;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The keys, read and written one at a time, for those who are not the agent. Every call blocks, has
 * a deadline, and throws {@link EtcdException} where there was no answer. Thread-safe.
 */
public final class EtcdKeys implements AutoCloseable {

  private static final Duration WATCH_BEGINS = Duration.ofSeconds(10);

  private final Etcd etcd;
  private final String base;

  /** A value, and the revision at which it was written. */
  public record Value(String text, long revision) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** All keys at one revision, as the agent would see them. */
  public record Snapshot(long revision, List<StoreChange> keys) {}

  public EtcdKeys(EtcdSettings settings, String base) {
    this.etcd = new Etcd(settings);
    this.base = base;
  }

  /** Services, pins, hosts, allocations, inventory and the sequence, all at one revision. */
  public Snapshot snapshot() {
    KeyLister.Listing listing = new KeyLister(base).list(etcd, false);
    return new Snapshot(listing.revision(), listing.keys());
  }

  public Optional<Value> get(String key) {
    var found = Etcd.await(etcd.kv().get(key(key))).getKvs();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Value(
                found.getFirst().getValue().toString(StandardCharsets.UTF_8),
                found.getFirst().getModRevision()));
  }

  /** What the agent last said of a service. */
  public Optional<ServiceStatus> status(String service) {
    return get("status/services/" + service)
        .flatMap(value -> Json.read(value.bytes(), ServiceStatus.class))
        .filter(status -> status.jobs() != null);
  }

  /** Everything that the agent last said. */
  public Recalled statuses() {
    return new KeyLister(base).list(etcd, true).recalled();
  }

  public void put(String key, String value) {
    Etcd.await(etcd.kv().put(key(key), Etcd.bytes(value)));
  }

  /** Whether there was one. */
  public boolean delete(String key) {
    return Etcd.await(etcd.kv().delete(key(key))).getDeleted() > 0;
  }

  /**
   * Records an allocation, if nobody has allocated anything since {@code sequence}, and the record
   * is still at its revision.
   *
   * @return the revision of the record, or 0 where somebody was faster
   */
  public long record(Allocation record, long sequence) {
    ByteSequence key = key("allocations/" + record.job());
    var response =
        Etcd.await(
            etcd.kv()
                .txn()
                .If(at(key("sequence"), sequence), at(key, record.revision()))
                .Then(
                    Op.put(key, Etcd.bytes(Json.text(record)), PutOption.DEFAULT),
                    Op.put(key("sequence"), Etcd.bytes("1"), PutOption.DEFAULT))
                .commit());
    return response.isSucceeded() ? response.getHeader().getRevision() : 0;
  }

  /** Deletes a record if it is still at this revision; whether it was. */
  public boolean forget(String job, long revision) {
    ByteSequence key = key("allocations/" + job);
    return Etcd.await(
            etcd.kv()
                .txn()
                .If(at(key, revision))
                .Then(
                    Op.delete(key, DeleteOption.DEFAULT),
                    Op.put(key("sequence"), Etcd.bytes("1"), PutOption.DEFAULT))
                .Else(Op.get(key, GetOption.DEFAULT))
                .commit())
        .isSucceeded();
  }

  /**
   * Calls back on every change from when this returns until it is closed; on a thread of its own.
   *
   * @throws EtcdException if etcd does not answer
   */
  public static AutoCloseable watch(
      EtcdSettings settings, String base, Consumer<StoreChange> changed)
      throws InterruptedException {
    KeyWatch watch = new KeyWatch(settings, base, null);
    CountDownLatch listed = new CountDownLatch(1);
    watch.start(
        event -> {
          switch (event) {
            case Event.StoreListed _ -> listed.countDown();
            case Event.StoreChanged changes -> changes.changes().forEach(changed);
            default -> {}
          }
        });
    if (!listed.await(WATCH_BEGINS.toMillis(), TimeUnit.MILLISECONDS)) {
      watch.close();
      throw new EtcdException("etcd did not answer within " + WATCH_BEGINS.toSeconds() + " s");
    }
    return watch;
  }

  private static Cmp at(ByteSequence key, long revision) {
    return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
  }

  private ByteSequence key(String key) {
    return Etcd.bytes(base + "/" + key);
  }

  @Override
  public void close() {
    etcd.close();
  }
}
