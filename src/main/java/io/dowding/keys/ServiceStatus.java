package io.dowding.keys;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code status/services/<service>}. Times are absolute, to the second; in JSON they are ISO 8601.
 *
 * @param generation the revision of the service's key
 * @param observedGeneration the revision acted on; an earlier one while the key cannot be used
 * @param image the digest that its tag resolved to when first pulled, used by all its jobs; or null
 */
public record ServiceStatus(
    String state,
    int desired,
    int running,
    long generation,
    long observedGeneration,
    @Nullable String image,
    @Nullable String message,
    @Nullable UpdateStatus update,
    SortedMap<String, JobStatus> jobs) {

  /** A shorter status, for when etcd refuses the full one. */
  public ServiceStatus withoutJobs(String why) {
    return new ServiceStatus(
        state,
        desired,
        running,
        generation,
        observedGeneration,
        image,
        "jobs are left out because etcd refuses the full status: " + why,
        null,
        new TreeMap<>());
  }

  /**
   * The progress of a change of the definition, and what is kept of it.
   *
   * @param state {@code updating}, {@code paused}, {@code rolling back} or {@code rolled back}
   * @param good the generation of the last definition whose jobs were all good, or null
   * @param failed the generation that was rolled back, or null
   * @param failedDigest the digest that was rolled back, if only the tag had moved; or null
   * @param why what failed, per job
   * @param notes what is done differently from the definition, and why
   * @param jobs how far it is, while it is under way; or null
   */
  public record UpdateStatus(
      @Nullable String state,
      @Nullable Long good,
      @Nullable Long failed,
      @Nullable String failedDigest,
      @Nullable String why,
      @Nullable List<String> notes,
      @Nullable Progress jobs) {}

  /**
   * Numbers of jobs during an update.
   *
   * @param old still to be replaced
   * @param replaced by the new definition, good or not
   */
  public record Progress(int old, int replaced, int good, int failed) {}

  /**
   * One job.
   *
   * @param why this host was chosen
   * @param incarnation of the recorded container, once it was seen on its host
   * @param restarts failures in a row, which the back-off grows with
   * @param addresses of the published ports: {@code 10.0.0.1:8080->80/tcp}, see {@link Addresses}
   * @param since when its container started, by its host's clock
   * @param nextTry when the next try is
   * @param lastExit the last exit that was counted
   * @param completed the incarnation that ended successfully and stays ended
   * @param postStarted the run of its container whose post_start commands were run
   */
  public record JobStatus(
      @Nullable String host,
      @Nullable String why,
      @Nullable String container,
      @Nullable Long incarnation,
      String state,
      @Nullable String health,
      @Nullable Integer restarts,
      @Nullable List<String> addresses,
      @Nullable Instant since,
      @Nullable String reason,
      @Nullable Instant nextTry,
      @Nullable String lastError,
      @Nullable String lastExit,
      @Nullable Long completed,
      @Nullable String postStarted) {}
}
