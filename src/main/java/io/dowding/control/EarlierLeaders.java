package io.dowding.control;

import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.plan.JobMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What earlier leaders left in etcd; read once in each term. */
final class EarlierLeaders {

  private final World world;
  private boolean recalled;
  private final Set<String> confirmedDeletions = new HashSet<>();
  private final Set<String> services = new HashSet<>();

  private boolean remainsToLookAt;
  private boolean orphansReleased;

  EarlierLeaders(World world) {
    this.world = world;
  }

  /** It will be read again. */
  void forget() {
    recalled = false;
  }

  boolean areRecalled() {
    return recalled;
  }

  /** A new list may show remains of deleted services. */
  void lookAtRemains() {
    remainsToLookAt = true;
  }

  boolean hasRemainsToLookAt() {
    return remainsToLookAt;
  }

  /** The same; they are looked at now. */
  boolean takeRemainsToLookAt() {
    boolean had = remainsToLookAt;
    remainsToLookAt = false;
    return had;
  }

  /** Whether unwanted containers from before etcd lost its keys may be removed. */
  boolean areOrphansReleased() {
    return orphansReleased;
  }

  void setOrphansReleased(boolean released) {
    orphansReleased = released;
  }

  /** Services whose deletion the previous leader was acting on. */
  Set<String> confirmedDeletions() {
    return confirmedDeletions;
  }

  /** Services that the previous leader knew. */
  Set<String> services() {
    return services;
  }

  void recall(Recalled left, Instant now) {
    if (recalled) {
      return;
    }
    recalled = true;
    lookAtRemains();
    world.keys.recountDeletions(left);
    confirmedDeletions.clear();
    services.clear();
    services.addAll(left.services().keySet());
    left.services()
        .forEach(
            (name, status) -> {
              if (status.state().equals(Statuses.REMOVING)) {
                confirmedDeletions.add(name);
              }
            });
    left.services().values().forEach(status -> recall(status.jobs(), now));
    if (left.holds().containsKey(Holds.REVISION)) {
      world.identity.recallRegression();
    }
    world.hosts.recall(left);
    world.hosts.values().forEach(host -> host.compareRecalled(expected(host)));
  }

  /**
   * Jobs whose recorded container was seen on this host and not seen to go. Not steps of {@code
   * pre_start}: they have ended, and their data went with their jobs.
   */
  Set<String> expected(HostWorld host) {
    Set<String> jobs = new HashSet<>();
    for (Allocation record : world.keys.allocations.on(host.host.hostname())) {
      if (world.keys.has(record.service())
          && !PreStart.isJob(record.job())
          && host.hasSeen(record.job(), record.incarnation(), world.identity.uuid())) {
        jobs.add(record.job() + "." + record.incarnation());
      }
    }
    return jobs;
  }

  private void recall(Map<String, ServiceStatus.JobStatus> jobs, Instant now) {
    jobs.forEach(
        (job, status) -> {
          if (!world.memories.has(job)) {
            world.memories.put(job, recalled(job, status, now));
          }
        });
  }

  private JobMemory recalled(String job, ServiceStatus.JobStatus status, Instant now) {
    return JobMemory.recalled(
        status.restarts() == null ? 0 : status.restarts(),
        status.nextTry(),
        status.lastError() == null ? "" : status.lastError(),
        status.lastExit() == null ? "" : status.lastExit(),
        status.completed() == null || !mayComplete(job) ? 0 : status.completed(),
        status.postStarted() == null ? "" : status.postStarted(),
        now.plus(longestPause(job)));
  }

  private boolean mayComplete(String job) {
    Service service = world.definition(job);
    return service == null || service.container().restart().isDone(0, Integer.MAX_VALUE);
  }

  private Duration longestPause(String job) {
    Service service = world.definition(job);
    Duration asked = service == null ? Duration.ZERO : service.container().restart().delay();
    Duration most = JobMemory.LONGEST_PAUSE;
    return asked.compareTo(most) > 0 ? asked : most;
  }

  /**
   * Whether it is from before etcd lost its keys, or its service is missing and no deletion was
   * seen: etcd may have lost keys unnoticed.
   */
  boolean mayBeLost(Owned owned) {
    String service = Names.serviceOf(owned.job());
    return owned.incarnation() <= world.keys.floor()
        || !(world.keys.accountsFor(service) || services.contains(service));
  }
}
