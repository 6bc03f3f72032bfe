package io.dowding.etcd;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As much of etcd as is used here. Every call blocks, has a deadline, and throws {@link
 * EtcdException} where there was no answer: what was asked may then have been done. Nothing is
 * repeated. Implementations are thread-safe.
 */
public interface Kv extends AutoCloseable {

  /** A key as it stands; revisions are those at which it was made and last written. */
  final class Entry {
    private final String key;
    private final byte[] value;
    private final long created;
    private final long modified;

    public Entry(String key, byte[] value, long created, long modified) {
      this.key = key;
      this.value = value;
      this.created = created;
      this.modified = modified;
    }

    public String key() {
      return key;
    }

    byte[] value() {
      return value;
    }

    public String text() {
      return new String(value, java.nio.charset.StandardCharsets.UTF_8);
    }

    public long created() {
      return created;
    }

    public long modified() {
      return modified;
    }
  }

  /** Keys, all at one revision: the store's own where none was asked for. */
  record Listing(long revision, List<Entry> entries) {}

  /** A condition of a transaction; revision 0 stands for a key that is not there. */
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
     * @param lease the key goes with it; 0 for none
     */
    record Put(String key, String value, long lease) implements Write {}

    record Delete(String key) implements Write {}
  }

  /** How a transaction ended, and the store's revision then. */
  record Committed(boolean succeeded, long revision) {}

  /** A key that was written, or deleted: then its value is null. */
  record Change(String key, @Nullable Entry entry, long revision) {}

  /** What a watch tells; never blocks. */
  interface Watching {
    /**
     * Changes in their order, or none as a sign of life.
     *
     * @param revision the store's, which may be beyond changes that are still to be told
     */
    void changed(long revision, List<Change> changes);

    /** It is over. */
    void ended(String why);
  }

  /** A watch, until it is closed. */
  interface Watcher extends AutoCloseable {
    /** Asks for a sign of life. */
    void requestProgress();

    @Override
    void close();
  }

  /**
   * All keys from one to before another, linearizable, in their order.
   *
   * @param revision to be read at, or 0 for now
   */
  Listing range(String from, String end, long revision);

  /** All writes if all conditions hold, else none; with no writes it only asks. */
  Committed commit(List<Compare> compares, List<Write> writes);

  /** A new lease, which lasts for this time from its last renewal. */
  long grant(Duration ttl);

  /**
   * @return false if there is no such lease any more
   * @throws EtcdException also if there was no answer within the deadline
   */
  boolean renew(long lease, Duration deadline);

  /** Ends a lease, and its keys with it; one that is over already is no error. */
  void revoke(long lease);

  /** Changes of all keys from one to before another, beginning with this revision. */
  Watcher watch(String from, String end, long revision, Watching watching);

  @Override
  void close();

  /** The key by itself, or null. */
  default @Nullable Entry get(String key) {
    List<Entry> found = range(key, key + '\0', 0).entries();
    return found.isEmpty() ? null : found.getFirst();
  }
}
