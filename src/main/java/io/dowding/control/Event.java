package io.dowding.control;

import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Container;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An observation, or the end of an action. It says where to look; decisions follow from the world.
 */
public sealed interface Event {

  /**
   * All keys of etcd at one revision.
   *
   * @param recalled what earlier agents left
   */
  record StoreListed(long revision, List<StoreChange> keys, Recalled recalled) implements Event {}

  record StoreChanged(long revision, List<StoreChange> changes) implements Event {}

  /** etcd is unavailable: nothing changes until it is back. */
  record StoreLost(String why) implements Event {}

  /** The inventory, from the configuration or its file. */
  record InventoryRead(SortedMap<String, Host> hosts) implements Event {}

  /**
   * All containers of a host.
   *
   * @param asOf when reading began; later news of a container wins
   * @param volumes the names of all its volumes
   */
  record HostListed(
      String host, EngineInfo engine, Instant asOf, List<Container> containers, Set<String> volumes)
      implements Event {}

  /** One container as it is now, or null if it is gone. */
  record ContainerSeen(String host, String id, @Nullable Container container, Instant asOf)
      implements Event {}

  record HostAnswered(String host) implements Event {}

  record HostLost(String host, String why) implements Event {}

  /**
   * A host answers, but something there needs a person.
   *
   * @param warning what, and what to do; empty if nothing does any more
   */
  record HostWarned(String host, String warning) implements Event {}

  /**
   * The progress of a long call to a host.
   *
   * @param text for people
   */
  record Progress(String job, String text) implements Event {}

  /** A call to a host ended. */
  record CallEnded(Action.OnHost action, Outcome outcome) implements Event {}

  /**
   * Writing allocations ended.
   *
   * @param written the revisions of the changes that were written, in their order; the changes
   *     after these were not, or in case of −1 perhaps
   * @param revision of the last transaction; 0 if it was refused because something else changed
   *     first, −1 if there was no answer
   */
  record Allocated(Action.Allocate action, List<Long> written, long revision) implements Event {

    /** In one transaction, or in none. */
    public Allocated(Action.Allocate action, long revision) {
      this(
          action,
          revision > 0 ? Collections.nCopies(action.changes().size(), revision) : List.of(),
          revision);
    }
  }

  record PinWritten(Action.WritePin action, boolean done) implements Event {}

  /**
   * A write of independent values ended.
   *
   * @param done whether all of it was written; false also if that is unknown
   * @param refused values that etcd did not accept, with the reason, by key; only these were not
   *     written
   */
  record Written(Action.Write action, boolean done, Map<String, String> refused) implements Event {
    public Written(Action.Write action, boolean done) {
      this(action, done, Map.of());
    }
  }

  /**
   * The {@code cluster} key was written; or not, because another agent wrote it or there was no
   * answer.
   */
  record Claimed(Action.Claim action, boolean done) implements Event {}

  /**
   * This agent is a candidate, and its lease was renewed.
   *
   * @param key of its candidacy, below {@code leader/}
   * @param created the revision at which that key was created
   * @param until when the lease may expire, less a margin, counted from before the renewal
   */
  record Standing(String key, long created, Instant until) implements Event {}

  /** This agent is no longer a candidate. */
  record NotStanding(String why) implements Event {}

  /** Nothing happened, but time passed. */
  record Tick() implements Event {}

  /** How a call ended, with the container as seen right after it. */
  sealed interface Outcome {
    /**
     * The call was made.
     *
     * @param id of the container, or empty if the call had none
     * @param container as it is after the call; null if it is gone, or if the call had none
     */
    record Done(String id, @Nullable Container container, Instant asOf) implements Outcome {}

    /**
     * The call was not made, because the container had changed since the decision.
     *
     * @param id of the container
     * @param container as it is, or null if it is gone
     */
    record Changed(String id, @Nullable Container container, Instant asOf) implements Outcome {}

    /**
     * The image is present.
     *
     * @param digest what its tag resolves to there, or empty if the engine does not know
     */
    record Pulled(String digest) implements Outcome {}

    /**
     * The registry answered.
     *
     * @param digest what the tag points to
     */
    record Resolved(String digest) implements Outcome {}

    /**
     * The call was not made, or its result is unknown.
     *
     * @param at when the failure was known; a list that began later shows the result
     */
    record Failed(Fault fault, String error, Instant at) implements Outcome {}
  }
}
