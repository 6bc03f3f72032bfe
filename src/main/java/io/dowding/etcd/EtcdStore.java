package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store;
import io.dowding.model.Allocation;
import io.dowding.plan.Action;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** etcd, as the loop sees it. */
public final class EtcdStore implements Store {

  private static final Logger log = LoggerFactory.getLogger("dowding.etcd");

  /** etcd takes 128 operations and 1.5 MiB at once. */
  private static final int MOST_OPERATIONS = 100;

  private static final int MOST_BYTES = 1024 * 1024;

  private final Etcd etcd;
  private final String base;
  private final KeyWatch watch;

  /**
   * @param base the base key, without a slash at its end
   * @param cluster this cluster's UUID
   */
  public EtcdStore(EtcdSettings settings, String base, String cluster) {

    this.etcd = new Etcd(settings);
    this.base = base;
    this.watch = new KeyWatch(settings, base, cluster);
  }

  @Override
  public void follow(Sink sink) {
    watch.start(sink);
  }

  @Override
  public Event.Allocated allocate(Action.Allocate action) {
    List<Cmp> compares = new ArrayList<>();
    List<Op> writes = new ArrayList<>();
    compares.add(at("sequence", action.sequence()));
    for (Action.Change change : action.changes()) {
      Allocation record = change.record();
      String key = "allocations/" + record.job();
      compares.add(at(key, record.revision()));
      writes.add(
          switch (change) {
            case Action.Change.Put _ -> put(key, Json.text(record));
            case Action.Change.Forget _ -> delete(key);
          });
    }
    writes.add(put("sequence", Integer.toString(action.changes().size())));
    try {
      TxnResponse response = commit(compares, writes);
      return new Event.Allocated(
          action, response.isSucceeded() ? response.getHeader().getRevision() : 0);
    } catch (EtcdException unanswered) {
      log.warn("allocate: {}", unanswered.getMessage());
      return new Event.Allocated(action, -1);
    }
  }

  @Override
  public Event.PinWritten writePin(Action.WritePin action) {
    String key = "pins/" + action.job();
    try {
      boolean done =
          commit(
                  List.of(at(key, action.expectedRevision())),
                  List.of(put(key, action.pin().text())))
              .isSucceeded();
      return new Event.PinWritten(action, done);
    } catch (EtcdException unanswered) {
      log.warn("pin: {}", unanswered.getMessage());
      return new Event.PinWritten(action, false);
    }
  }

  @Override
  public Event.Published publish(Action.Publish action) {
    List<Op> batch = new ArrayList<>();
    int bytes = 0;
    try {
      for (var change : action.values().entrySet()) {
        String value = change.getValue().map(Json::write).orElse("");
        if (batch.size() >= MOST_OPERATIONS || bytes + value.length() > MOST_BYTES) {
          commit(List.of(), batch);
          batch.clear();
          bytes = 0;
        }
        bytes += value.length();
        batch.add(
            change.getValue().isPresent() ? put(change.getKey(), value) : delete(change.getKey()));
      }
      commit(List.of(), batch);
      return new Event.Published(action, true);
    } catch (EtcdException unanswered) {
      log.warn("publish: {}", unanswered.getMessage());
      return new Event.Published(action, false);
    }
  }

  @Override
  public boolean stillHolds(Action.Basis basis) {
    try {
      return commit(
              List.of(
                  at("services/" + basis.service(), basis.generation()),
                  at("allocations/" + basis.job(), basis.allocationRevision())),
              List.of())
          .isSucceeded();
    } catch (EtcdException unanswered) {
      log.warn("check before a stop: {}", unanswered.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    watch.close();
    etcd.close();
  }

  private TxnResponse commit(List<Cmp> compares, List<Op> writes) {
    return Etcd.await(
        etcd.kv().txn().If(compares.toArray(Cmp[]::new)).Then(writes.toArray(Op[]::new)).commit());
  }

  /** Whether the key is still as it was at this revision; 0 is for a key that is not there. */
  private Cmp at(String key, long revision) {
    return new Cmp(key(key), Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
  }

  private Op put(String key, String value) {
    return Op.put(key(key), Etcd.bytes(value), PutOption.DEFAULT);
  }

  private Op delete(String key) {
    return Op.delete(key(key), DeleteOption.DEFAULT);
  }

  private ByteSequence key(String key) {
    return Etcd.bytes(base + "/" + key);
  }
}
