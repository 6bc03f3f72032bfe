package io.dowding.etcd;

import java.time.Duration;
import java.util.List;

/** Delegates every call; the base of wrappers. */
public abstract class PassingKv implements Kv {

  private final Kv kv;

  protected PassingKv(Kv kv) {
    this.kv = kv;
  }

  @Override
  public Listing range(String from, String end, long revision) {
    return kv.range(from, end, revision);
  }

  @Override
  public Changes since(String from, String end, long revision) {
    return kv.since(from, end, revision);
  }

  @Override
  public Committed commit(List<Compare> compares, List<Write> writes) {
    return kv.commit(compares, writes);
  }

  @Override
  public long grant(Duration ttl) {
    return kv.grant(ttl);
  }

  @Override
  public boolean renew(long lease, Duration deadline) {
    return kv.renew(lease, deadline);
  }

  @Override
  public void revoke(long lease) {
    kv.revoke(lease);
  }

  @Override
  public Watcher watch(String from, String end, long revision, Watching watching) {
    return kv.watch(from, end, revision, watching);
  }

  @Override
  public void close() {
    kv.close();
  }
}
