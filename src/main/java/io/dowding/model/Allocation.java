package io.dowding.model;

import java.time.Instant;

/**
 * The host chosen for a job. The record is written before its container is created, and deleted
 * after the container's removal was seen. In between it identifies the right container: the one on
 * {@code host} with this incarnation.
 *
 * <p>A record that the library wrote for an id without a service has no service and no spec hash;
 * the agent ignores it.
 *
 * @param incarnation the cluster's age when this was decided; grows from one record of a job to the
 *     next
 * @param replaces with start-first, the incarnation that serves until this one is good; 0 for none
 * @param generation the {@code mod_revision} of the service's key that was acted on
 * @param reason why this host was chosen, for people
 * @param revision the record's own {@code mod_revision}; 0 before it is written
 */
public record Allocation(
    String job,
    String host,
    String service,
    String specHash,
    long generation,
    long incarnation,
    long replaces,
    Instant since,
    String reason,
    long revision) {

  /** Creates a record that replaces no serving container. */
  public Allocation(
      String job,
      String host,
      String service,
      String specHash,
      long generation,
      long incarnation,
      Instant since,
      String reason,
      long revision) {
    this(job, host, service, specHash, generation, incarnation, 0, since, reason, revision);
  }

  /** Whether the library wrote this for an id without a service. */
  public boolean isOfLibrary() {
    return service.isEmpty();
  }

  public Allocation atRevision(long written) {
    return new Allocation(
        job, host, service, specHash, generation, incarnation, replaces, since, reason, written);
  }
}
