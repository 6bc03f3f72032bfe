package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Fleet;
import io.dowding.placement.LibraryJobs;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands on hosts, by what is seen there and what is recorded. */
public final class Fleets {

  private Fleets() {}

  /** Of all hosts. */
  public static Fleet of(
      Collection<HostState> hosts,
      Allocations records,
      Map<String, Service> services,
      Instant now) {
    Fleet fleet = new Fleet();
    for (HostState host : hosts) {
      fleet.add(candidate(host, records.on(host.host().hostname()), services, now));
    }
    return fleet;
  }

  /**
   * One host.
   *
   * @param records those of the host
   */
  public static Candidate candidate(
      HostState host, Collection<Allocation> records, Map<String, Service> services, Instant now) {
    Candidate candidate =
        new Candidate(host.host(), host.word(), host.unusable(), host.engine(), host.volumes());
    Map<String, String> jobs = new HashMap<>();
    host.ours().forEach(owned -> jobs.put(owned.container().id(), owned.job()));
    host.containers().forEach(container -> occupy(candidate, container, jobs.get(container.id())));
    for (Allocation record : records) {
      if (!LibraryJobs.isLoad(record, host.containers(), now)) {
        continue;
      }
      Service service = services.get(record.service());
      candidate.add(record.job(), service == null ? 1 : service.placement().weight());
      if (service != null && service.specHash().equals(record.specHash())) {
        service.container().ports().forEach(port -> candidate.take(port, record.job()));
      }
    }
    return candidate;
  }

  private static void occupy(Candidate candidate, Container container, @Nullable String job) {
    if (job == null && container.isAlive()) {
      candidate.addUnmanaged();
    }
    String by = job == null ? container.name() : job;
    container.ports().forEach(port -> candidate.take(port, by));
  }
}
