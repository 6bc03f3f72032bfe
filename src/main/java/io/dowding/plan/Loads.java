package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Fleet;
import io.dowding.placement.LibraryJobs;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The load of hosts, from containers and records. Updated host by host. */
public final class Loads {

  private final Fleet fleet = new Fleet();
  private final Resources reserve;

  /**
   * @param reserve what is kept free on each host without a setting of its own
   */
  public Loads(Resources reserve) {
    this.reserve = reserve;
  }

  /** The load of all these hosts. */
  public static Loads of(
      Resources reserve,
      Collection<HostState> hosts,
      Allocations records,
      Function<String, @Nullable Service> services,
      Instant now) {
    Loads loads = new Loads(reserve);
    for (HostState host : hosts) {
      loads.put(host, records.on(host.host().hostname()), services, now);
    }
    return loads;
  }

  /**
   * Replaces the load of one host.
   *
   * @param records those of the host
   * @param services each in its effective version; a deleted one in its last version
   */
  public void put(
      HostState host,
      Collection<Allocation> records,
      Function<String, @Nullable Service> services,
      Instant now) {
    Candidate candidate =
        new Candidate(
            host.host(),
            host.word(),
            host.unusable(),
            host.engine(),
            host.volumes(),
            Objects.requireNonNullElse(host.host().reserve(), reserve));
    Map<String, String> jobs = new HashMap<>();
    host.ours().forEach(owned -> jobs.put(owned.container().id(), owned.job()));
    host.containers().forEach(container -> occupy(candidate, container, jobs.get(container.id())));
    for (Allocation record : records) {
      if (!LibraryJobs.isLoad(record, host.containers(), now)) {
        continue;
      }
      Service service = services.apply(record.service());
      candidate.add(
          record.job(), service == null ? Service.Placement.ANYWHERE : service.placement());
      if (service != null && service.specHash().equals(record.specHash())) {
        service.container().ports().forEach(port -> candidate.take(port, record.job()));
      }
    }
    fleet.add(candidate);
  }

  /** When one of these records stops counting because time passed, or null. */
  public static @Nullable Instant nextChange(Collection<Allocation> records, Instant now) {
    Instant next = null;
    for (Allocation record : records) {
      Instant end = record.isOfLibrary() ? record.since().plus(LibraryJobs.EXPECTED) : now;
      if (end.isAfter(now) && (next == null || end.isBefore(next))) {
        next = end;
      }
    }
    return next;
  }

  /** What a host offers to jobs and what they reserve of it; null if unknown. */
  public @Nullable Room room(String hostname) {
    Candidate candidate = fleet.host(hostname);
    return candidate == null ? null : new Room(candidate.capacity(), candidate.reserved());
  }

  /** The room on one host. */
  public record Room(Resources capacity, Resources reserved) {}

  /** The hosts that have a volume of this name, in order. */
  List<String> hostsWith(String volume) {
    return fleet.hostsWith(volume);
  }

  /** A fleet to place jobs on during a plan. */
  Fleet draft() {
    return fleet.draft();
  }

  private static void occupy(Candidate candidate, Container container, @Nullable String job) {
    if (job == null && container.isAlive()) {
      candidate.addUnmanaged();
    }
    String by = job == null ? container.name() : job;
    container.ports().forEach(port -> candidate.take(port, by));
  }
}
