package io.dowding.control;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Running;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** What is observed of jobs: their failures, and when they have proven good. */
final class Observations {

  private final World world;

  /** Jobs whose failures are forgotten at some time unless they fail again. */
  private final Timers stable = new Timers();

  Observations(World world) {
    this.world = world;
  }

  void clear() {
    stable.clear();
  }

  /** Jobs that have to be looked at because of the time, each once. */
  List<String> due(Instant now) {
    return stable.due(now);
  }

  /** Counts what is seen of the recorded containers; seeing the same state again counts nothing. */
  void remember(Collection<String> services, Facts present, Instant now, Bugs bugs) {
    for (String service : services) {
      for (Allocation record : world.keys.allocations.of(service)) {
        Running.Located located = present.running().current(record);
        if (located != null) {
          bugs.caught(() -> remember(located, now));
        }
      }
    }
  }

  private void remember(Running.Located located, Instant now) {
    Owned owned = located.owned();
    String job = owned.job();
    Container container = owned.container();
    Service service = world.definition(job);
    RestartPolicy restart = service == null ? RestartPolicy.DEFAULT : service.container().restart();
    JobMemory next = world.memories.of(job).saw(job, owned.incarnation(), container, restart, now);
    Instant since = next.runningSince();
    Instant end = since == null ? null : since.plus(restart.window());
    if (end != null && next.failures() > 0 && !now.isBefore(end)) {
      next = next.stable();
    }
    stable.set(job, next.failures() > 0 ? end : null);
    if (service != null && hasProven(next, service, located)) {
      next = next.proven(owned.incarnation());
    }
    world.memories.put(job, next);
  }

  private boolean hasProven(JobMemory memory, Service service, Running.Located located) {
    Instant well = memory.wellSince();
    return well != null
        && located.host().usable()
        && !located
            .host()
            .seenAt()
            .apply(located.owned().container().id())
            .isBefore(well.plus(world.settings.monitor(service)));
  }
}
