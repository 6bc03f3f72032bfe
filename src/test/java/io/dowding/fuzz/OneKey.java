package io.dowding.fuzz;

import io.dowding.etcd.Kv;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An etcd with a few keys that records what is written to it. */
final class OneKey implements Kv {

  final List<Write> written = new ArrayList<>();
  private final List<Entry> entries;

  OneKey(List<Entry> entries) {
    this.entries = entries;
  }

  @Override
  public Listing range(String from, String end, long revision) {
    return new Listing(
        20,
        entries.stream()
            .filter(entry -> entry.key().compareTo(from) >= 0 && entry.key().compareTo(end) < 0)
            .toList());
  }

  @Override
  public Committed commit(List<Compare> compares, List<Write> writes) {
    written.addAll(writes);
    return new Committed(true, 21);
  }

  @Override
  public long grant(Duration ttl) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean renew(long lease, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void revoke(long lease) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Watcher watch(String from, String end, long revision, Watching watching) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
