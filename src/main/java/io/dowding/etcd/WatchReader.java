package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.keys.StoreChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the events of a watch that was started after a list: each change once, in the order of
 * revisions. The revision in a response header says nothing about its changes: some etcd releases
 * deliver changes from before the list once a member has caught up (<a
 * href="https://github.com/etcd-io/etcd/issues/20221">etcd 20221</a>). Not thread-safe.
 */
public final class WatchReader {

  private final String base;
  private long seen;

  /**
   * @param listed the revision of the list
   */
  public WatchReader(String base, long listed) {
    this.base = base;
    this.seen = listed;
  }

  /**
   * Returns the changes; none for a sign of life.
   *
   * @param header the store's revision when it answered
   * @throws EtcdException if a new list is needed
   */
  public Event.StoreChanged read(long header, List<Kv.Change> changes) {
    long newest = seen;
    if (header < seen) {
      // A watch from a future revision would stay silent until that revision is reached.
      throw new EtcdException("etcd is behind what it reported before");
    }
    List<StoreChange> read = new ArrayList<>();
    for (Kv.Change change : changes) {
      if (change.revision() <= seen || change.revision() < newest) {
        throw new EtcdException("etcd reported an old change again");
      }
      newest = change.revision();
      KeyReader.of(base, change).ifPresent(read::add);
    }
    seen = newest;
    return new Event.StoreChanged(newest, read);
  }
}
