package io.dowding;

import io.dowding.model.Allocation;
import io.dowding.model.Host;
import io.dowding.placement.LibraryJobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hosts for several ids, each chosen as if those before it were recorded already. */
final class Draft {

  private final View view;
  private final boolean hasStrategy;
  private final Map<Wanted, Placed> placed = new LinkedHashMap<>();
  private final Map<Wanted, Throwable> failed = new LinkedHashMap<>();
  private final List<Allocation> records = new ArrayList<>();

  /** By hostname: those whose answer must be newer than the question. */
  private final Map<String, Host> toAsk = new TreeMap<>();

  private long since;

  /**
   * @param strategy the user's, or null
   */
  Draft(
      View view, List<Wanted> together, @Nullable Function<List<DockerHost>, DockerHost> strategy) {
    this.view = view;
    this.hasStrategy = strategy != null;
    this.since = together.getFirst().since();
    Placing placing = new Placing(view, strategy);
    together.forEach(wanted -> place(wanted, placing));
  }

  private void place(Wanted wanted, Placing placing) {
    since = wanted.since() - since > 0 ? wanted.since() : since;
    try {
      Placed at = placing.place(wanted.id(), wanted.parent());
      placed.put(wanted, at);
      askFor(wanted, at);
      if (!view.isOfService(wanted.id())) {
        Allocation record = record(at);
        records.add(record);
        view.add(record);
      }
    } catch (RuntimeException | Error why) {
      // A user's strategy may throw an error, which must not reach another thread.
      failed.put(wanted, why);
      if (why instanceof SchedulerException.NoHostFits) {
        toAsk.putAll(view.inventory);
      }
    }
  }

  /**
   * Where it matters which jobs run on the chosen host, not only how many, an old answer is not
   * enough. If none fits by old answers, all hosts are asked.
   */
  private void askFor(Wanted wanted, Placed at) {
    String parent = wanted.parent();
    boolean isSought = parent != null && view.chain().allocationOf(parent) == null;
    boolean excludes = parent == null && !LibraryJobs.groupOf(wanted.id()).isEmpty();
    if (isSought || (excludes && hasStrategy)) {
      toAsk.putAll(view.inventory);
    } else if (excludes && view.inventory.containsKey(at.hostname())) {
      toAsk.put(at.hostname(), view.inventory.get(at.hostname()));
    }
  }

  private Allocation record(Placed at) {
    Allocation before = view.allocations.get(at.id());
    long incarnation = Math.max(view.revision(), before == null ? 0 : before.incarnation() + 1);
    return new Allocation(
        at.id(),
        at.hostname(),
        "",
        "",
        0,
        incarnation,
        Instant.now(),
        at.reason(),
        view.recordRevision(at.id()));
  }

  /** The hosts that must have been asked since {@link #since} for this to be used. */
  Collection<Host> toAsk() {
    return toAsk.values();
  }

  /** The time of the last question, as of {@link System#nanoTime}. */
  long since() {
    return since;
  }

  /** What it was made of, with its records. */
  View view() {
    return view;
  }

  List<Allocation> records() {
    return records;
  }

  /** It is recorded. */
  void end() {
    placed.forEach(Wanted::ended);
    failed.forEach(Wanted::ended);
  }
}
