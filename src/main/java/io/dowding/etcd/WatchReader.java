package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.keys.StoreChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a watch tells that was begun behind a list: each change once, in the order of their
 * own revisions. The revision in the header of an answer says nothing of the changes in it: some
 * releases of etcd deliver changes from before the list, when a member has caught up (<a
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
   * What has changed; no changes for a sign of life.
   *
   * @param header the store's revision when it answered
   * @throws EtcdException if only another list can tell how things are
   */
  public Event.StoreChanged read(long header, List<Kv.Change> changes) {
    long newest = seen;
    if (header < seen) {
      // A watch from a revision that is yet to come would be silent until it has.
      throw new EtcdException("etcd is behind what it told before");
    }
    List<StoreChange> read = new ArrayList<>();
    for (Kv.Change change : changes) {
      if (change.revision() <= seen || change.revision() < newest) {
        throw new EtcdException("etcd told again what is old");
      }
      newest = change.revision();
      KeyReader.of(base, change).ifPresent(read::add);
    }
    seen = newest;
    return new Event.StoreChanged(newest, read);
  }
}
