package io.dowding.control;

import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Container;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Something that was seen, or that ended. It says where to look; what follows is read off the
 * world.
 */
public sealed interface Event {

  /**
   * All that etcd holds, at one revision.
   *
   * @param recalled what agents left
   */
  record StoreListed(long revision, List<StoreChange> keys, Recalled recalled) implements Event {}

  record StoreChanged(long revision, List<StoreChange> changes) implements Event {}

  /** etcd cannot be relied upon: everything stays as it is until it is back. */
  record StoreLost(String why) implements Event {}

  /** The inventory from the configuration or its file. */
  record InventoryRead(SortedMap<String, Host> hosts) implements Event {}

  /**
   * All containers of a host.
   *
   * @param asOf when the reading began: later news of a container is not overruled
   * @param volumes the names of all its volumes
   */
  record HostListed(
      String host, EngineInfo engine, Instant asOf, List<Container> containers, Set<String> volumes)
      implements Event {}

  /** One container, or, where that is null, that it is gone. */
  record ContainerSeen(String host, String id, @Nullable Container container, Instant asOf)
      implements Event {}

  record HostAnswered(String host) implements Event {}

  record HostLost(String host, String why) implements Event {}

  /**
   * How far a call to a host is that takes its time.
   *
   * @param text for people
   */
  record Progress(String job, String text) implements Event {}

  /** A call to a host ended. */
  record CallEnded(Action.OnHost action, Outcome outcome) implements Event {}

  /**
   * A transaction of allocations ended.
   *
   * @param revision of the transaction; 0 where it was refused because something else changed
   *     first, or −1 where there was no answer
   */
  record Allocated(Action.Allocate action, long revision) implements Event {}

  record PinWritten(Action.WritePin action, boolean done) implements Event {}

  /**
   * What was to be published was, or it is not known how much of it.
   *
   * @param refused why, by key, for values that etcd did not take: they alone were not written
   */
  record Published(Action.Publish action, boolean done, Map<String, String> refused)
      implements Event {
    public Published(Action.Publish action, boolean done) {
      this(action, done, Map.of());
    }
  }

  /**
   * The {@code cluster} key was written, or not: somebody else wrote it, or there was no answer.
   */
  record Claimed(Action.Claim action, boolean done) implements Event {}

  /**
   * This agent is a candidate, by a lease that was renewed.
   *
   * @param key of its candidacy, below {@code leader/}
   * @param created the revision at which that key was made
   * @param until when its lease may be over, with a margin, counted from before it was renewed
   */
  record Standing(String key, long created, Instant until) implements Event {}

  /** It is no candidate any more. */
  record NotStanding(String why) implements Event {}

  /** Nothing happened; time went by. */
  record Tick() implements Event {}

  /** How a call ended, with what was seen of the container right after it. */
  sealed interface Outcome {
    /**
     * It was done.
     *
     * @param id of the container that the call was about, or empty
     * @param container as it is after the call; null if it is gone, or if the call was about none
     */
    record Done(String id, @Nullable Container container, Instant asOf) implements Outcome {}

    /**
     * It was not done, for the container is no longer what the call rested on.
     *
     * @param id of the container
     * @param container as it is, or null if it is gone
     */
    record Changed(String id, @Nullable Container container, Instant asOf) implements Outcome {}

    /**
     * The image is there.
     *
     * @param digest what its tag means there, or empty where an engine does not know
     */
    record Pulled(String digest) implements Outcome {}

    /**
     * It was not done, or nobody knows.
     *
     * @param at when it was known to have failed: a list that began later shows what came of it
     */
    record Failed(Fault fault, String error, Instant at) implements Outcome {}
  }
}
