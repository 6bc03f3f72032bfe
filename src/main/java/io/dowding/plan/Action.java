package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec.PullPolicy;
import io.dowding.model.Pin;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** An action as a value, with its reason. Performing it involves no further decisions. */
public sealed interface Action {

  /** The reason, as a sentence for the log. */
  String reason();

  /**
   * Writes allocations, in as many transactions as needed, one after the other.
   *
   * @param sequence the revision of the key shared by all allocators; a transaction fails if
   *     another allocator wrote meanwhile, and those after it are not sent
   */
  record Allocate(List<Change> changes, long sequence) implements Action {

    @Override
    public String reason() {
      return changes.size() + " allocations to record";
    }
  }

  /** A change of one allocation. */
  sealed interface Change {
    /** The record to write; its {@code revision} is that of the record it replaces, or 0. */
    Allocation record();

    record Put(Allocation record) implements Change {}

    /** Deletes the record of a job that is gone from its host. */
    record Forget(Allocation record, String why) implements Change {}
  }

  /**
   * Pins a job to the host of its data, as the agent's own pin.
   *
   * @param expectedRevision the revision of the pin to replace; 0 if there must be none
   */
  record WritePin(String job, Pin.ToHost pin, long expectedRevision) implements Action {
    @Override
    public String reason() {
      return "its data is there";
    }
  }

  /** Writes keys whose values are independent of each other. */
  sealed interface Write extends Action permits Publish, Keep {

    /** By key below the base key: a value to write as JSON, or empty to delete the key. */
    SortedMap<String, Optional<Object>> values();

    @Override
    default String reason() {
      return values().size() + " keys changed";
    }
  }

  /** Publishes status and holds. They are for people: no decision waits for them. */
  record Publish(SortedMap<String, Optional<Object>> values) implements Write {}

  /** Keeps versions of services. Digests and rollbacks take effect once they are written. */
  record Keep(SortedMap<String, Optional<Object>> values) implements Write {}

  /**
   * Claims this etcd for a cluster.
   *
   * @param floor the age that the cluster has reached; etcd's revision is added to it
   * @param expectedRevision the revision of the key to replace; 0 if there must be none
   */
  record Claim(String uuid, long floor, long expectedRevision) implements Action {
    @Override
    public String reason() {
      return "this etcd belongs to cluster " + uuid;
    }
  }

  /** Reads all keys again, and what earlier leaders left. */
  record ListAgain() implements Action {
    @Override
    public String reason() {
      return "this agent leads from now on";
    }
  }

  /** Stores the cluster's UUID and age outside etcd too. */
  record Remember(String cluster, long age) implements Action {
    @Override
    public String reason() {
      return "etcd reached this age";
    }
  }

  /** A call to a host's engine for one job. One at a time per job. */
  sealed interface OnHost extends Action {
    String host();

    String job();

    /** The action in one word. */
    default String verb() {
      return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Makes the images of a container available on the host.
   *
   * @param mounted images that it mounts; pulled only if the host does not have them
   * @param policy for its own image
   */
  record Pull(
      String host,
      String job,
      String image,
      List<String> mounted,
      String specHash,
      PullPolicy policy,
      String reason)
      implements OnHost {}

  /**
   * Asks the registry, through a host, what the tag of an image points to now.
   *
   * @param job the service's name: no job of it waits for the answer
   * @param specHash of the containers that it would replace
   */
  record Resolve(String host, String job, String image, String specHash, String reason)
      implements OnHost {}

  /**
   * @param cluster the UUID for the container's label
   */
  record Create(
      String cluster, String host, String job, Allocation record, Service service, String reason)
      implements OnHost {}

  /**
   * @param networks to connect first
   * @param files to copy in before the first start
   */
  record Start(
      String host,
      String job,
      String container,
      SortedMap<String, List<String>> networks,
      List<ContainerFile> files,
      String reason)
      implements OnHost {}

  /**
   * Reconnects a running container to networks that it has lost.
   *
   * @param cluster the UUID to label a network with if it must be created again
   * @param networks with the container's aliases in each
   * @param options of each network, see {@link io.dowding.model.Networks#options}
   */
  record Connect(
      String cluster,
      String host,
      String job,
      String container,
      SortedMap<String, List<String>> networks,
      Map<?, ?> options,
      String reason)
      implements OnHost {}

  /**
   * Runs the commands in a label of a container.
   *
   * @param hooks the label
   * @param basis the basis of the stop, for commands before a stop; otherwise null
   * @param atMost the time limit of each command
   */
  record Exec(
      String host,
      String job,
      String container,
      String hooks,
      @Nullable Basis basis,
      Duration atMost,
      String reason)
      implements OnHost {}

  /** Inspects a container again before a decision depends on it. */
  record Look(String host, String job, String container, String reason) implements OnHost {}

  /** Sends a signal; {@code KILL} when the grace period is over. */
  record Signal(
      String host, String job, String container, String signal, Basis basis, String reason)
      implements OnHost {
    public static final String KILL = "KILL";
  }

  /** Removes a stopped container and its anonymous volumes, but no named volumes. */
  record Remove(String host, String job, String container, Basis basis, String reason)
      implements OnHost {}

  record SetRestart(String host, String job, String container, RestartPolicy policy, String reason)
      implements OnHost {}

  /**
   * The state that a destructive call depends on. The call is made only if all these keys still
   * have these revisions, checked by a linearizable read just before, and if the container has the
   * cluster's label. A revision of 0 means that the key did not exist.
   *
   * @param generation of the service's key
   * @param contents of the service's configs and secrets
   * @param condition of the container, checked just before the call
   */
  record Basis(
      String cluster,
      String service,
      long generation,
      Map<String, Long> contents,
      String job,
      long allocationRevision,
      Condition condition) {

    /** The state a container must still be in. */
    public enum Condition {
      ANY,
      UNHEALTHY,
      /** The container has stopped, so its pre_stop commands are not needed. */
      NOT_RUNNING
    }

    /** Adds a condition on the container. */
    public Basis onlyIf(Condition still) {
      return new Basis(cluster, service, generation, contents, job, allocationRevision, still);
    }
  }
}
