package io.dowding.etcd;

import io.dowding.etcd.Kv.Compare;
import io.dowding.etcd.Kv.Write;
import io.dowding.model.Content;
import io.etcd.jetcd.ByteSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys that are changed together: in one transaction where etcd takes them all at once, else in as
 * few as possible, in the order of the list.
 */
final class Batch {

  /** etcd's limits, unless it is configured otherwise; a request has some bytes of its own. */
  private static final int MOST_OPERATIONS = 128;

  private static final int MOST_BYTES = 1536 * 1024 - 32 * 1024;

  /** The key twice, its revision, and the lengths of these. */
  private static final int OVERHEAD = 64;

  private final Kv kv;

  Batch(Kv kv) {
    this.kv = kv;
  }

  /**
   * @return false if one of the keys has another revision; the transactions before that one are
   *     done
   */
  boolean commit(List<EtcdKeys.Step> steps) {
    // Filled from the end: the writes share their transaction with as many checks as fit.
    List<List<EtcdKeys.Step>> batches = new ArrayList<>();
    int to = steps.size();
    long bytes = 0;
    for (int at = steps.size() - 1; at >= 0; at--) {
      long more = bytes(steps.get(at));
      if (to - at > MOST_OPERATIONS || (bytes > 0 && bytes + more > MOST_BYTES)) {
        batches.addFirst(steps.subList(at + 1, to));
        to = at + 1;
        bytes = 0;
      }
      bytes += more;
    }
    batches.addFirst(steps.subList(0, to));
    return batches.stream().allMatch(this::all);
  }

  private static long bytes(EtcdKeys.Step step) {
    long value = step instanceof EtcdKeys.Step.Put put ? put.value().size() : 0;
    return value + 2L * step.key().length() + OVERHEAD;
  }

  private boolean all(List<EtcdKeys.Step> batch) {
    if (batch.isEmpty()) {
      return true;
    }
    List<Write> writes = batch.stream().map(Batch::write).flatMap(Optional::stream).toList();
    List<Compare> compares = new ArrayList<>();
    batch.forEach(step -> compares.add(new Compare.Modified(step.key(), step.revision())));
    try {
      return kv.commit(compares, writes).succeeded();
    } catch (EtcdException refusal) {
      if (batch.size() == 1 || !isTooMuch(refusal)) {
        throw refusal;
      }
      // This etcd has lower limits than the default.
      int half = batch.size() / 2;
      return all(batch.subList(0, half)) && all(batch.subList(half, batch.size()));
    }
  }

  private static boolean isTooMuch(EtcdException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return refusal.isRefusal()
        && (message.contains("too large") || message.contains("too many operations"));
  }

  private static Optional<Write> write(EtcdKeys.Step step) {
    return switch (step) {
      case EtcdKeys.Step.Put(String key, long _, Content value) ->
          Optional.of(new Write.Put(key, ByteSequence.from(value.bytes()), 0));
      case EtcdKeys.Step.Delete(String key, long _) -> Optional.of(new Write.Delete(key));
      case EtcdKeys.Step.Check _ -> Optional.empty();
    };
  }
}
