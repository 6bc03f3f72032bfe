package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.etcd.Kv.Compare;
import io.dowding.etcd.Kv.Write;
import io.dowding.keys.Key;
import io.dowding.model.Allocation;
import io.dowding.plan.Action;
import io.etcd.jetcd.ByteSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leader's writes, each conditional on its candidacy. Thread-safe. */
public final class Transactions {

  private static final Logger log = LoggerFactory.getLogger("dowding.etcd");

  /** etcd's limits are 128 operations and 1.5 MiB per transaction. */
  private static final int MOST_OPERATIONS = 100;

  private static final int MOST_BYTES = 1024 * 1024;

  private final Kv kv;
  private final String base;
  private final Supplier<@Nullable Compare> fence;
  private final int mostRecords;

  /**
   * @param fence a condition that holds while this agent is a candidate; null while it is not
   */
  public Transactions(Kv kv, String base, Supplier<@Nullable Compare> fence) {
    this(kv, base, fence, MOST_OPERATIONS);
  }

  /**
   * @param mostRecords in one transaction
   */
  public Transactions(Kv kv, String base, Supplier<@Nullable Compare> fence, int mostRecords) {
    this.mostRecords = mostRecords;
    this.kv = kv;
    this.base = base;
    this.fence = fence;
  }

  /** Each transaction follows on the one before: none is sent after one that failed. */
  public Event.Allocated allocate(Action.Allocate action) {
    List<Action.Change> changes = action.changes();
    List<Long> written = new ArrayList<>();
    long sequence = action.sequence();
    try {
      // One candidacy for all: a later one would be of a later term.
      Compare candidacy = candidacy();
      while (written.size() < changes.size()) {
        int from = written.size();
        int to = Math.min(from + mostRecords, changes.size());
        Kv.Committed answer = allocate(changes.subList(from, to), sequence, candidacy);
        if (!answer.succeeded()) {
          return new Event.Allocated(action, written, 0);
        }
        sequence = answer.revision();
        written.addAll(Collections.nCopies(to - from, sequence));
      }
      return new Event.Allocated(action, written, sequence);
    } catch (EtcdException unanswered) {
      log.warn("allocate: {}", unanswered.getMessage());
      return new Event.Allocated(action, written, -1);
    }
  }

  private Kv.Committed allocate(List<Action.Change> changes, long sequence, Compare candidacy) {
    List<Compare> compares = new ArrayList<>();
    List<Write> writes = new ArrayList<>();
    compares.add(at(Key.SEQUENCE, sequence));
    for (Action.Change change : changes) {
      Allocation record = change.record();
      String key = Key.ALLOCATIONS + record.job();
      compares.add(at(key, record.revision()));
      writes.add(
          switch (change) {
            case Action.Change.Put _ -> put(key, Json.text(record));
            case Action.Change.Forget _ -> delete(key);
          });
    }
    writes.add(put(Key.SEQUENCE, Integer.toString(changes.size())));
    compares.add(candidacy);
    return kv.commit(compares, writes);
  }

  public Event.PinWritten writePin(Action.WritePin action) {
    String key = Key.PINS + action.job();
    try {
      boolean done =
          commit(
                  List.of(at(key, action.expectedRevision())),
                  List.of(put(key, action.pin().text())))
              .succeeded();
      return new Event.PinWritten(action, done);
    } catch (EtcdException unanswered) {
      log.warn("pin: {}", unanswered.getMessage());
      return new Event.PinWritten(action, false);
    }
  }

  /**
   * Values are independent: one that etcd refuses, or that cannot be written as JSON, is reported,
   * and the others are written.
   */
  public Event.Written write(Action.Write action) {
    Map<String, String> refused = new TreeMap<>();
    List<Write> batch = new ArrayList<>();
    long bytes = 0;
    try {
      for (var change : action.values().entrySet()) {
        Write write = write(change.getKey(), change.getValue(), refused);
        if (write == null) {
          continue;
        }
        long more = bytes(write);
        if (batch.size() >= MOST_OPERATIONS || bytes + more > MOST_BYTES) {
          if (!commitEach(batch, refused)) {
            return new Event.Written(action, false);
          }
          batch.clear();
          bytes = 0;
        }
        bytes += more;
        batch.add(write);
      }
      boolean done = commitEach(batch, refused);
      refused.forEach((key, why) -> log.warn("publish: {} is refused: {}", key, why));
      return done ? new Event.Written(action, true, refused) : new Event.Written(action, false);
    } catch (EtcdException unanswered) {
      // An agent that stops is interrupted.
      if (!Thread.currentThread().isInterrupted()) {
        log.warn("publish: {}", unanswered.getMessage());
      }
      return new Event.Written(action, false);
    }
  }

  private @Nullable Write write(String key, Optional<Object> value, Map<String, String> refused) {
    if (value.isEmpty()) {
      return delete(key);
    }
    try {
      return put(key, Json.write(value.get()));
    } catch (RuntimeException | StackOverflowError unwritable) {
      refused.put(key, "it cannot be written as JSON: " + unwritable);
      return null;
    }
  }

  private static long bytes(Write write) {
    return write instanceof Write.Put(String key, ByteSequence value, long _)
        ? key.length() + (long) value.size()
        : write.key().length();
  }

  /**
   * Writes all values except those that are also refused on their own.
   *
   * @return false if nothing more may be written
   */
  private boolean commitEach(List<Write> batch, Map<String, String> refused) {
    try {
      return commit(List.of(), batch).succeeded();
    } catch (EtcdException refusal) {
      if (!refusal.isRefusal()) {
        throw refusal;
      }
      if (batch.size() == 1) {
        String key = batch.getFirst().key().substring(base.length() + 1);
        refused.put(key, String.valueOf(refusal.getMessage()));
        return true;
      }
      int half = batch.size() / 2;
      return commitEach(batch.subList(0, half), refused)
          && commitEach(batch.subList(half, batch.size()), refused);
    }
  }

  public Event.Claimed claim(Action.Claim action) {
    try {
      boolean done =
          commit(
                  List.of(at(Key.CLUSTER, action.expectedRevision())),
                  List.of(put(Key.CLUSTER, Json.cluster(action.uuid(), action.floor()))))
              .succeeded();
      return new Event.Claimed(action, done);
    } catch (EtcdException unanswered) {
      log.warn("claim: {}", unanswered.getMessage());
      return new Event.Claimed(action, false);
    }
  }

  public boolean stillHolds(Action.Basis basis) {
    List<Compare> all = new ArrayList<>();
    basis.contents().forEach((key, revision) -> all.add(at(key, revision)));
    all.add(at(Key.SERVICES + basis.service(), basis.generation()));
    all.add(at(Key.ALLOCATIONS + basis.job(), basis.allocationRevision()));
    try {
      // A key that has its revision later also had it earlier, so all held at the first check.
      for (int from = 0; from < all.size(); from += MOST_OPERATIONS) {
        int to = Math.min(from + MOST_OPERATIONS, all.size());
        if (!commit(all.subList(from, to), List.of()).succeeded()) {
          return false;
        }
      }
      return true;
    } catch (EtcdException unanswered) {
      log.warn("check before a stop: {}", unanswered.getMessage());
      return false;
    }
  }

  private Kv.Committed commit(List<Compare> compares, List<Write> writes) {
    List<Compare> all = new ArrayList<>(compares);
    all.add(candidacy());
    return kv.commit(all, writes);
  }

  private Compare candidacy() {
    Compare candidacy = fence.get();
    if (candidacy == null) {
      throw new EtcdException("this agent is no longer a candidate");
    }
    return candidacy;
  }

  /** Whether the key was last written at this revision; 0 if it must not exist. */
  private Compare at(String key, long revision) {
    return new Compare.Modified(base + "/" + key, revision);
  }

  private Write put(String key, String value) {
    return new Write.Put(base + "/" + key, value, 0);
  }

  private Write delete(String key) {
    return new Write.Delete(base + "/" + key);
  }
}
