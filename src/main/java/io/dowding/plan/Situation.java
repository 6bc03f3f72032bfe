package io.dowding.plan;

import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a decision may depend on, at one moment. The idea of a state that carries its own
 * now is nomad's. The maps are views of a world that does not change while a plan is made.
 *
 * @param cluster this cluster's UUID
 * @param age the cluster's age: the newest etcd revision known, plus what earlier etcds reached
 * @param lost whether a job may be wanted by a key that etcd has lost
 * @param stopsFrom nothing is stopped or removed before this time, because a call of the previous
 *     leader may still be under way
 * @param held deleted services that no person has confirmed yet; their containers are left alone
 * @param sequence the revision of the key shared by all allocators
 * @param services each in its effective version: the last valid one if the key is broken
 * @param projects the same services, by their Compose project
 * @param serviceRevisions the {@code mod_revision} of each service's key, usable or not
 * @param contentRevisions the {@code mod_revision} of each config and secret
 * @param untouchable services whose key cannot be used and that have no valid version; their
 *     containers are left alone
 * @param gone hosts that the operator set to gone, in the inventory or not
 * @param pinRevisions the {@code mod_revision} of each pin
 * @param allocationRevisions the {@code mod_revision} of each record, readable or not
 * @param running our containers on these hosts, by job
 * @param loads the load of these hosts
 * @param mostAreLost whether so many hosts are lost that probably this node is cut off
 * @param busy whether a job has a call under way
 * @param callsUnderWay by host
 * @param progress of long calls under way, by job, for people
 * @param meanings services whose tag was resolved to a digest that is not written yet
 * @param allocating whether a transaction of allocations is under way
 */
public record Situation(
    Instant now,
    Settings settings,
    String cluster,
    long age,
    Predicate<String> lost,
    Instant stopsFrom,
    long sequence,
    SortedMap<String, Service> services,
    Projects projects,
    Map<String, Long> serviceRevisions,
    Map<String, Long> contentRevisions,
    Set<String> untouchable,
    Set<String> held,
    Set<String> gone,
    SortedMap<String, Pin> pins,
    Map<String, Long> pinRevisions,
    Allocations allocations,
    Map<String, Long> allocationRevisions,
    SortedMap<String, HostState> hosts,
    Running running,
    Loads loads,
    boolean mostAreLost,
    Map<String, JobMemory> memories,
    Predicate<String> busy,
    Map<String, Integer> callsUnderWay,
    Map<String, String> progress,
    Set<String> meanings,
    boolean allocating) {

  /** The same, but with these services, hosts and hosts that are gone. */
  public Situation with(
      SortedMap<String, Service> otherServices,
      SortedMap<String, HostState> otherHosts,
      Set<String> otherGone) {
    return new Situation(
        now,
        settings,
        cluster,
        age,
        lost,
        stopsFrom,
        sequence,
        otherServices,
        Projects.of(otherServices.values()),
        serviceRevisions,
        contentRevisions,
        untouchable,
        held,
        otherGone,
        pins,
        pinRevisions,
        allocations,
        allocationRevisions,
        otherHosts,
        Running.on(otherHosts.values()),
        Loads.of(
            settings.reserve(),
            otherHosts.values(),
            allocations,
            name -> otherServices.get(name),
            now),
        mostAreLost,
        memories,
        busy,
        callsUnderWay,
        progress,
        meanings,
        allocating);
  }

  public JobMemory memory(String job) {
    return memories.getOrDefault(job, JobMemory.NONE);
  }

  /** What a destructive call for this job depends on. */
  public Action.Basis basis(String job) {
    String name = Names.serviceOf(job);
    Map<String, Long> contents = new TreeMap<>();
    Service service = services.get(name);
    if (service != null) {
      service
          .contentKeys()
          .forEach(key -> contents.put(key, contentRevisions.getOrDefault(key, 0L)));
    }
    return new Action.Basis(
        cluster,
        name,
        serviceRevisions.getOrDefault(name, 0L),
        contents,
        job,
        recordRevision(job),
        Action.Basis.Condition.ANY);
  }

  public long recordRevision(String job) {
    return allocationRevisions.getOrDefault(job, 0L);
  }

  public @Nullable HostState host(String hostname) {
    return hosts.get(hostname);
  }
}
