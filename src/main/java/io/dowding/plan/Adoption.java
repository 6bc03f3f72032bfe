package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Running.Located;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Containers of ours whose record is missing, or older than they are. */
final class Adoption {

  private final Pass pass;
  private final Situation situation;

  Adoption(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /**
   * The job has a container newer than its record, and the recorded container is missing: the
   * record comes from a backup of etcd, and the container was created after it.
   */
  boolean isOutlived(Allocation record) {
    return pass.running.highestIncarnation(record.job(), Long.MAX_VALUE) > record.incarnation()
        && pass.running.current(record) == null;
  }

  /** Another container has the name we generated; a new incarnation gets another name. */
  boolean needsNewName(Allocation record) {
    JobMemory memory = situation.memory(record.job());
    return memory.isNameTaken(record.incarnation()) && pass.mayTry(memory);
  }

  /**
   * Records the newest of these containers, for example because someone deleted the record. One
   * that is newer than anything etcd knows is left alone: etcd went back in time.
   *
   * @param containers of this job
   * @return null if there is none
   */
  @Nullable JobView adopt(String job, Service service, List<Located> containers) {
    Located found =
        containers.stream()
            .max(Comparator.comparingLong(located -> located.owned().incarnation()))
            .orElse(null);
    if (found == null) {
      return null;
    }
    String host = found.host().host().hostname();
    long incarnation = found.owned().incarnation();
    boolean isKnown = incarnation <= situation.age();
    pass.readsAge();
    if (isKnown) {
      pass.put(
          new Allocation(
              job,
              host,
              service.name(),
              found.owned().specHash(),
              service.generation(),
              incarnation,
              pass.now(),
              "adopted: found without a record",
              situation.recordRevision(job)));
    }
    String why =
        isKnown
            ? "is being adopted"
            : "its container is newer than anything etcd knows: was etcd restored from a backup?"
                + " It is left alone";
    return new JobView(
        job, host, found.owned().container(), State.REPLACING, why, null, true, false);
  }
}
