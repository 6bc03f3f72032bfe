package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.keys.Key;
import io.dowding.model.Container;
import io.dowding.model.Names;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import io.dowding.plan.JobMemory;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Applies the outcome of a call to what is known of its job and host. */
final class CallResults {

  private final World world;

  CallResults(World world) {
    this.world = world;
  }

  void ended(Event.CallEnded ended, Instant now) {
    Action.OnHost action = ended.action();
    world.underWay.ended(action);
    JobMemory before = world.memories.of(action.job());
    JobMemory memory = isUnanswered(ended) ? before : before.answered();
    switch (ended.outcome()) {
      case Outcome.Done(String id, Container container, Instant asOf) -> {
        if (!id.isEmpty()) {
          world.saw(action.host(), id, container, asOf, now);
        }
        done(action, memory, container, now);
      }
      case Outcome.Changed(String id, Container container, Instant asOf) -> {
        world.saw(action.host(), id, container, asOf, now);
        world.underWay.rest(action.job(), now.plus(Lessons.SHORTLY));
      }
      case Outcome.Pulled(String digest) -> {
        world.memories.put(action.job(), Lessons.done(memory, action, null, now));
        String service = Names.serviceOf(action.job());
        if (action instanceof Action.Pull pull
            && !digest.isEmpty()
            && world.keys.keeps(Key.VERSIONS + service)) {
          meant(service, pull.specHash(), digest);
        }
      }
      case Outcome.Resolved(String digest) -> resolved(action, digest, now);
      case Outcome.Failed failed -> failed(action, memory, failed, isUnanswered(ended), now);
    }
  }

  /** A tag without a known digest means this one, unless containers of it use another one. */
  private void meant(String service, String specHash, String digest) {
    String inUse = world.digestInUse(service, specHash);
    world.keys.definitions.meant(service, specHash, inUse.isEmpty() ? digest : inUse);
  }

  private void done(
      Action.OnHost action, JobMemory memory, @Nullable Container container, Instant now) {
    String hostname = action.host();
    world.memories.put(action.job(), Lessons.done(memory, action, container, now));
    HostWorld host = world.hosts.get(hostname);
    if (action instanceof Action.Create create && host != null) {
      host.made(create.service().container());
      world.changed.host(hostname);
    }
    if (action instanceof Action.Start) {
      world.memories.changeTroubledOn(hostname, other -> other.roomOn(hostname));
    }
  }

  private void failed(
      Action.OnHost action,
      JobMemory memory,
      Outcome.Failed failed,
      boolean isUnanswered,
      Instant now) {
    HostWorld host = world.hosts.get(action.host());
    if (failed.fault() == Fault.LOST && host != null) {
      host.doubt(failed.at());
      world.changed.host(action.host());
    }
    JobMemory learned = Lessons.failed(memory, action, failed, now);
    world.memories.put(action.job(), learned);
    if (isUnanswered && !(failed.fault() == Fault.LOST && makes(action))) {
      world.underWay.rest(
          action.job(),
          now.plus(learned.rest()),
          action.host() + ": " + failed.error() + "; retrying soon");
    } else if (failed.fault() == Fault.STALE && !(action instanceof Action.SetRestart)) {
      // The watch will report what changed; until then there is nothing new to decide on.
      world.underWay.rest(action.job(), now.plus(Lessons.SHORTLY));
    }
  }

  /** The next look is an interval after this one. */
  private void resolved(Action.OnHost action, String digest, Instant now) {
    Service service = world.keys.definitions.services().get(action.job());
    if (service == null) {
      world.memories.remove(action.job());
    } else if (action instanceof Action.Resolve looked) {
      Duration every = service.container().pullPolicy().follow();
      world.memories.put(looked.job(), JobMemory.NONE.later(now.plus(every)));
      if (world.keys.keeps(Key.VERSIONS + looked.job())) {
        world.keys.definitions.found(looked.job(), looked.specHash(), digest);
        meant(looked.job(), looked.specHash(), digest);
      }
    }
  }

  private static boolean isUnanswered(Event.CallEnded ended) {
    return ended.outcome() instanceof Outcome.Failed failed
        && (failed.fault() == Fault.UNASKED
            || failed.fault() == Fault.LOST
            || Lessons.isRefusedEnd(ended.action(), failed.fault()));
  }

  /** Whether a call has its own back-off, which ends when the container is seen. */
  private static boolean makes(Action.OnHost action) {
    return action instanceof Action.Create
        || action instanceof Action.Start
        || action instanceof Action.Pull;
  }
}
