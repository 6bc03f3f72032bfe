package io.dowding;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.ServiceStatus;
import io.dowding.model.Names;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service: desired and actual state.
 *
 * @param definition as written: JSON, unless the key was written by hand and is not valid
 * @param state the agent's state of it ({@code running}, {@code pending} …), or {@code unknown} if
 *     no agent has looked at it yet
 * @param message why it is not as desired, or empty
 * @param generation etcd's revision of the definition; grows with every change
 * @param observedGeneration the generation that the agent acts on, or 0 if it has not looked yet
 */
public record ServiceInfo(
    String id,
    String definition,
    String state,
    int desired,
    int running,
    String message,
    long generation,
    long observedGeneration,
    List<Job> jobs) {

  private static final Set<String> DONE = Set.of("running", "completed", "stopped");

  /**
   * Whether its jobs are as the definition of this generation asks: they run, have completed, or
   * are stopped.
   */
  public boolean isUpToDate() {
    return observedGeneration == generation && DONE.contains(state);
  }

  static ServiceInfo of(String id, EtcdKeys.Value value, @Nullable ServiceStatus status) {
    if (status == null) {
      String unseen = "no agent has seen it yet";
      return new ServiceInfo(
          id, value.text(), "unknown", 0, 0, unseen, value.revision(), 0, List.of());
    }
    List<Job> jobs =
        status.jobs().entrySet().stream()
            .map(job -> Job.of(job.getKey(), job.getValue()))
            .sorted((a, b) -> Names.compareJobs(a.id(), b.id()))
            .toList();
    return new ServiceInfo(
        id,
        value.text(),
        status.state(),
        status.desired(),
        status.running(),
        Objects.requireNonNullElse(status.message(), ""),
        value.revision(),
        status.observedGeneration(),
        jobs);
  }

  /** Its state and why, for a message. */
  String words() {
    String why =
        jobs.stream()
            .filter(job -> !job.reason().isEmpty())
            .map(job -> job.id() + ": " + job.reason())
            .findFirst()
            .orElse("");
    String stale = observedGeneration == generation ? "" : "; no agent has seen its last change";
    return state
        + " with "
        + running
        + " of "
        + desired
        + (message.isEmpty() ? "" : "; " + message)
        + (why.isEmpty() || why.equals(message) ? "" : "; " + why)
        + stale;
  }

  /**
   * One of its jobs.
   *
   * @param hostname where it is or will be, or empty
   * @param reason why it does not run as desired, or empty
   */
  public record Job(String id, String hostname, String state, String reason) {

    private static Job of(String id, ServiceStatus.JobStatus job) {
      return new Job(
          id,
          Objects.requireNonNullElse(job.host(), ""),
          job.state(),
          Objects.requireNonNullElse(job.reason(), ""));
    }
  }
}
