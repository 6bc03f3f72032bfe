package io.dowding.model;

import java.time.Instant;

/**
 * The recorded choice of a host for a job. It is written before its container is created, and
 * deleted after the container's removal was seen; in between it says which container is the right
 * one: the one on {@code host} with this incarnation.
 *
 * <p>A record of the library's, for an id that belongs to no service, has no service and no spec
 * hash; the agent leaves it alone.
 *
 * @param incarnation the etcd revision known when this was decided; grows from one record of a job
 *     to the next
 * @param replaces the incarnation that serves until this one is good, where the new one is started
 *     first; 0 for none
 * @param generation the {@code mod_revision} of the service's key that was acted on
 * @param reason why this host, for people
 * @param revision the record's own {@code mod_revision}; 0 while not written yet
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

  /** One that waits for none before it. */
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

  /** Written through the library, for an id that belongs to no service. */
  public boolean isOfLibrary() {
    return service.isEmpty();
  }

  public Allocation atRevision(long written) {
    return new Allocation(
        job, host, service, specHash, generation, incarnation, replaces, since, reason, written);
  }
}
