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

/**
 * Something to do, as a value, with its reason. Whoever performs it adds no decision of his own.
 */
public sealed interface Action {

  /** Why, as a sentence for the log. */
  String reason();

  /**
   * Changes of allocations, in one transaction.
   *
   * @param sequence the revision of the key that all allocators share; the transaction holds only
   *     while nobody else allocated
   */
  record Allocate(List<Change> changes, long sequence) implements Action {

    /**
     * With a put each and the sequence's, well below the 128 operations that etcd takes at once.
     */
    public static final int MOST = 100;

    @Override
    public String reason() {
      return changes.size() + " allocations to record";
    }
  }

  /** One change of an allocation. */
  sealed interface Change {
    /** The record; its {@code revision} is that of the record to be replaced, 0 for none. */
    Allocation record();

    record Put(Allocation record) implements Change {}

    /** The job is over, and nothing of it is left on its host. */
    record Forget(Allocation record, String why) implements Change {}
  }

  /**
   * The agent's own pin of a job beside its data.
   *
   * @param expectedRevision the revision of the pin to be replaced; 0 where there must be none
   */
  record WritePin(String job, Pin.ToHost pin, long expectedRevision) implements Action {
    @Override
    public String reason() {
      return "its data is there";
    }
  }

  /**
   * What others are to read: status, holds and the versions kept.
   *
   * @param values by key below the base key: a value to be written as JSON, or nothing to delete it
   */
  record Publish(SortedMap<String, Optional<Object>> values) implements Action {
    @Override
    public String reason() {
      return values.size() + " keys changed";
    }
  }

  /**
   * Says which cluster this etcd is of.
   *
   * @param floor the age that the cluster has reached: what etcd counts from now on comes on top
   * @param expectedRevision of the key to be replaced; 0 where there must be none
   */
  record Claim(String uuid, long floor, long expectedRevision) implements Action {
    @Override
    public String reason() {
      return "this etcd is cluster " + uuid + "'s";
    }
  }

  /** Read all keys again, and with them what earlier leaders left. */
  record ListAgain() implements Action {
    @Override
    public String reason() {
      return "this agent leads from now on";
    }
  }

  /** What must not live in etcd alone: which cluster this is, and how old. */
  record Remember(String cluster, long age) implements Action {
    @Override
    public String reason() {
      return "etcd was seen at this age";
    }
  }

  /** A call to one host's engine for one job; one at a time per job. */
  sealed interface OnHost extends Action {
    String host();

    String job();

    /** One word for it. */
    default String verb() {
      return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
  }

  /** Have the image on the host, as its pull policy says. */
  record Pull(
      String host, String job, String image, String specHash, PullPolicy policy, String reason)
      implements OnHost {}

  /**
   * @param cluster the UUID that it is labelled with
   */
  record Create(
      String cluster, String host, String job, Allocation record, Service service, String reason)
      implements OnHost {}

  /**
   * @param networks to be connected before
   * @param files to be copied in before the first start
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
   * Connects a container that runs to networks that it has lost.
   *
   * @param cluster the UUID that a network is labelled with which has to be made again
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
   * Runs the commands that stand in a label of a container.
   *
   * @param hooks the label
   * @param basis for those before a stop, which rest on what the stop rests on; else null
   * @param atMost how long each is waited for
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

  /** Looks at a container once more, before something rests on what is known of it. */
  record Look(String host, String job, String container, String reason) implements OnHost {}

  /** A signal; {@code KILL} ends the patience. */
  record Signal(
      String host, String job, String container, String signal, Basis basis, String reason)
      implements OnHost {
    public static final String KILL = "KILL";
  }

  /** Removes a container that has stopped, and its anonymous volumes; never a named one. */
  record Remove(String host, String job, String container, Basis basis, String reason)
      implements OnHost {}

  record SetRestart(String host, String job, String container, RestartPolicy policy, String reason)
      implements OnHost {}

  /**
   * What a destructive call rests on: it is made only if all keys are still at these revisions, by
   * a linearizable read just before, and if the container carries the cluster's label. A revision
   * of 0 means that the key was absent.
   *
   * @param generation of the service's key
   * @param contents of the configs and secrets that the service has
   * @param condition of the container, when it is looked at just before
   */
  record Basis(
      String cluster,
      String service,
      long generation,
      Map<String, Long> contents,
      String job,
      long allocationRevision,
      Condition condition) {

    /** What a container must still be for a call to make sense. */
    public enum Condition {
      ANY,
      UNHEALTHY,
      /** Else its commands before a stop come first. */
      NOT_RUNNING
    }

    /** The same, and that the container is still like this. */
    public Basis onlyIf(Condition still) {
      return new Basis(cluster, service, generation, contents, job, allocationRevision, still);
    }
  }
}
