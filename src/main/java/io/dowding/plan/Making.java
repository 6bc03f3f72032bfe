package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.ContainerSpec;
import io.dowding.model.ContainerSpec.PullPolicy.When;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;
import org.jspecify.annotations.Nullable;

/** Creates containers: pulls the image, resolves its tag, and finds the containers it uses. */
final class Making {

  private static final String RECORDING = "recording the digest of its tag";

  private final Pass pass;
  private final Situation situation;

  Making(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /**
   * Takes the next step towards the container of a record.
   *
   * @param currentSpec whether the record is of the current definition; if not, nothing is created
   */
  JobView create(Allocation record, Service service, boolean currentSpec) {
    JobMemory memory = situation.memory(record.job());
    if (memory.completed() == record.incarnation()) {
      return JobView.of(record, null, State.COMPLETED, "completed; its container was removed");
    }
    if (!currentSpec) {
      return JobView.of(record, null, State.STARTING, "");
    }
    if (!pass.mayTry(memory)) {
      return JobView.backoff(record, null, memory);
    }
    if (fetchesFirst(record, service.container(), memory)) {
      pass.call(pull(record.host(), record.job(), service, "the host may not have the image"));
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
        ? JobView.of(record, null, State.STARTING, "retrying after: " + memory.lastError())
        : JobView.of(record, null, State.STARTING, "");
  }

  private static boolean fetchesFirst(Allocation record, ContainerSpec spec, JobMemory memory) {
    String image = JobMemory.image(record.specHash(), spec.image());
    When when = spec.pullPolicy().when();
    boolean asks =
        !spec.isImmutable() && (spec.seeksDigest() || when == When.ALWAYS || when == When.EVERY);
    return asks ? !memory.hasImage(record.host(), image) : memory.lacksImage(record.host(), image);
  }

  /** Whether the digest of the tag is being written. Until then nothing is created from the tag. */
  private boolean isBeingRecorded(Service service) {
    return service.container().seeksDigest() && situation.meanings().contains(service.name());
  }

  /**
   * Why the container that serves may not be stopped for this definition yet, or null: its image
   * must be on the host first. Pulls it.
   */
  @Nullable String fetched(String job, Service service, String host, String why) {
    JobMemory memory = situation.memory(job);
    if (isBeingRecorded(service)) {
      return RECORDING;
    }
    if (memory.hasImage(host, JobMemory.image(service.specHash(), service.container().image()))) {
      return null;
    }
    if (pass.mayTry(memory)) {
      pass.call(pull(host, job, service, why));
    }
    String last = situation.progress().getOrDefault(job, memory.lastError());
    return "pulling the new image before replacing it" + (last.isEmpty() ? "" : ": " + last);
  }

  private static Action.Pull pull(String host, String job, Service service, String reason) {
    return new Action.Pull(
        host,
        job,
        service.container().image(),
        service.container().mountedImages(),
        service.specHash(),
        service.container().pullPolicy(),
        reason);
  }
}
