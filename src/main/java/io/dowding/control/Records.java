package io.dowding.control;

import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.plan.Action;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Follows allocations as they are written, by this agent and by others. */
final class Records {

  /** Another allocator may win a few times; the watch reports that soon. */
  private static final int REFUSALS_BEFORE_LISTING = 5;

  private final World world;

  /** Refused in a row: what is known of etcd may be outdated. */
  private int refused;

  Records(World world) {
    this.world = world;
  }

  /** Changes of keys, applied by {@code apply}, may contain new records. */
  void changed(Event.StoreChanged changed, Runnable apply) {
    Map<String, Long> before = new HashMap<>();
    for (StoreChange change : changed.changes()) {
      if (change instanceof StoreChange.OfAllocation of) {
        before.put(of.job(), incarnation(of.job()));
      }
    }
    apply.run();
    before.forEach(this::renewed);
  }

  /** Returns whether to list all keys, because other allocators were faster several times. */
  boolean allocated(Event.Allocated allocated) {
    List<Long> written = allocated.written();
    for (int n = 0; n < written.size(); n++) {
      written(allocated.action().changes().get(n), written.get(n));
    }
    if (!written.isEmpty()) {
      refused = 0;
      world.keys.sequence(written.getLast());
    }
    if (allocated.revision() == 0) {
      refused++;
      return refused % REFUSALS_BEFORE_LISTING == 0;
    }
    return false;
  }

  private void written(Action.Change change, long revision) {
    String job = change.record().job();
    if (revision < world.keys.newestAllocation(job)) {
      // The watch was faster, and someone has changed the key since.
      return;
    }
    switch (change) {
      case Action.Change.Put(Allocation record) -> {
        long before = incarnation(job);
        world.keys.recorded(record.atRevision(revision));
        renewed(job, before);
      }
      case Action.Change.Forget _ -> {
        world.keys.forgotten(job, revision);
        world.memories.remove(job);
        if (!world.keys.has(Names.serviceOf(job))) {
          world.memories.remove(Names.serviceOf(job));
        }
      }
    }
  }

  private long incarnation(String job) {
    Allocation record = world.keys.allocations.get(job);
    return record == null ? 0 : record.incarnation();
  }

  /** Failures of an earlier container do not count for a new one. */
  private void renewed(String job, long before) {
    Memories memories = world.memories;
    if (world.keys.allocations.has(job) && incarnation(job) != before && memories.has(job)) {
      memories.put(job, memories.of(job).afresh());
    }
  }
}
