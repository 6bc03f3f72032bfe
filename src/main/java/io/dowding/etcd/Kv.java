package io.dowding.etcd;

import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of etcd that is used here. Every call blocks, has a deadline, and throws {@link
 * EtcdException} if there is no answer; the request may then have been carried out. Nothing is
 * retried. Thread-safe.
 */
public interface Kv extends AutoCloseable {

  /** A key and its value, with the revisions at which it was created and last written. */
  final class Entry {
    private final String key;
    private final byte[] value;
    private final long created;
    private final long modified;
    private final Sealing sealing;

    public Entry(String key, byte[] value, long created, long modified) {
      this(key, value, created, modified, Sealing.NONE);
    }

    private Entry(String key, byte[] value, long created, long modified, Sealing sealing) {
      this.key = key;
      this.value = value;
      this.created = created;
      this.modified = modified;
      this.sealing = sealing;
    }

    /** The same, with its decrypted value. */
    Entry opened(byte[] plain, Sealing how) {
      return new Entry(key, plain, created, modified, how);
    }

    /** How the value is encrypted in etcd. */
    Sealing sealing() {
      return sealing;
    }

    public String key() {
      return key;
    }

    byte[] value() {
      return value;
    }

    public String text() {
      return new String(value, StandardCharsets.UTF_8);
    }

    public long created() {
      return created;
    }

    public long modified() {
      return modified;
    }
  }

  /** Keys at one revision: the requested one, or the store's current one. */
  record Listing(long revision, List<Entry> entries) {}

  /**
   * Keys that were written after a revision, and the store's current one.
   *
   * @param count how many keys there are in all
   */
  record Changes(long revision, List<Entry> entries, long count) {}

  /** A condition of a transaction; revision 0 stands for a key that does not exist. */
  sealed interface Compare {
    String key();

    long revision();

    record Modified(String key, long revision) implements Compare {}

    record Created(String key, long revision) implements Compare {}
  }

  /** A write of a transaction. */
  sealed interface Write {
    String key();

    /**
     * @param lease the key is deleted with it; 0 for none
     */
    record Put(String key, ByteSequence value, long lease) implements Write {
      public Put(String key, String text, long lease) {
        this(key, ByteSequence.from(text, StandardCharsets.UTF_8), lease);
      }
    }

    record Delete(String key) implements Write {}
  }

  /** The result of a transaction, and the store's revision then. */
  record Committed(boolean succeeded, long revision) {}

  /** A key that was written, or deleted if the entry is null. */
  record Change(String key, @Nullable Entry entry, long revision) {}

  /** Receives what a watch reports; never blocks. */
  interface Watching {
    /**
     * Changes in order; an empty list is a sign of life.
     *
     * @param revision the store's, which may be ahead of changes still to come
     */
    void changed(long revision, List<Change> changes);

    /** The watch has ended. */
    void ended(String why);
  }

  /** A watch; runs until closed. */
  interface Watcher extends AutoCloseable {
    /** Asks for a sign of life. */
    void requestProgress();

    @Override
    void close();
  }

  /**
   * All keys in {@code [from, end)}, sorted, by a linearizable read.
   *
   * @param revision to read at, or 0 for now
   */
  Listing range(String from, String end, long revision);

  /** The keys in {@code [from, end)} that were written after a revision, by a linearizable read. */
  default Changes since(String from, String end, long revision) {
    Listing all = range(from, end, 0);
    List<Entry> newer =
        all.entries().stream().filter(entry -> entry.modified() > revision).toList();
    return new Changes(all.revision(), newer, all.entries().size());
  }

  /** Performs all writes if all conditions hold, otherwise none. Without writes, only checks. */
  Committed commit(List<Compare> compares, List<Write> writes);

  /** Creates a lease that lasts this long after its last renewal. */
  long grant(Duration ttl);

  /**
   * @return false if the lease no longer exists
   * @throws EtcdException also if there was no answer within the deadline
   */
  boolean renew(long lease, Duration deadline);

  /** Ends a lease and deletes its keys. One that has expired is no error. */
  void revoke(long lease);

  /** Watches all keys in {@code [from, end)}, starting at this revision. */
  Watcher watch(String from, String end, long revision, Watching watching);

  @Override
  void close();

  /** A single key, or null. */
  default @Nullable Entry get(String key) {
    List<Entry> found = range(key, key + '\0', 0).entries();
    return found.isEmpty() ? null : found.getFirst();
  }
}
