package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.ContainerSpec;
import io.dowding.model.ContainerSpec.PullPolicy.When;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;

/** How a container comes to be: its image, what its tag means, and what it uses of others. */
final class Making {

  static final String RECORDING = "what its tag means is being recorded";

  private final Pass pass;
  private final Situation situation;

  Making(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /**
   * One step towards the container of a record.
   *
   * @param currentSpec else none is made
   */
  JobView create(Allocation record, Service service, boolean currentSpec) {
    JobMemory memory = situation.memory(record.job());
    if (memory.completed() == record.incarnation()) {
      return JobView.of(
          record, null, State.COMPLETED, "ended as it may; its container was removed");
    }
    if (!currentSpec) {
      return JobView.of(record, null, State.STARTING, "");
    }
    if (!pass.mayTry(memory)) {
      return pass.backoff(record, null, memory);
    }
    if (fetchesFirst(record, service.container(), memory)) {
      pass.call(pull(record.host(), record.job(), service, "its host may not have the image"));
    } else if (isBeingRecorded(service)) {
      return JobView.of(record, null, State.STARTING, RECORDING);
    } else {
      String waits = new Preparing(pass).missing(service, record.host());
      if (waits != null) {
        return JobView.of(record, null, State.STARTING, waits);
      }
      Borrowing.Resolved whole = new Borrowing(pass).resolved(service, record.host());
      if (whole.service() == null) {
        return JobView.of(record, null, State.STARTING, whole.problem());
      }
      pass.call(
          new Action.Create(
              situation.cluster(),
              record.host(),
              record.job(),
              record,
              whole.service(),
              record.reason()));
    }
    String progress = situation.progress().get(record.job());
    if (progress != null) {
      return JobView.of(record, null, State.STARTING, progress);
    }
    return memory.failures() > 0
        ? JobView.of(record, null, State.STARTING, "tries again after: " + memory.lastError())
        : JobView.of(record, null, State.STARTING, "");
  }

  private static boolean fetchesFirst(Allocation record, ContainerSpec spec, JobMemory memory) {
    String image = JobMemory.image(record.specHash(), spec.image());
    When when = spec.pullPolicy().when();
    boolean asks =
        !spec.isImmutable() && (spec.seeksDigest() || when == When.ALWAYS || when == When.EVERY);
    return asks ? !memory.hasImage(record.host(), image) : memory.lacksImage(record.host(), image);
  }

  /** Nothing is made of a tag while it is being written down what it means. */
  boolean isBeingRecorded(Service service) {
    return service.container().seeksDigest() && situation.meanings().contains(service.name());
  }

  static Action.Pull pull(String host, String job, Service service, String reason) {
    return new Action.Pull(
        host,
        job,
        service.container().image(),
        service.specHash(),
        service.container().pullPolicy(),
        reason);
  }
}
