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
 * All that a decision may depend on, at one moment; nomad's idea of a state that carries its own
 * now. The maps are views of a world that stands still while a plan is made.
 *
 * @param cluster this cluster's UUID
 * @param age the cluster's: the newest etcd revision known, on top of what earlier ones reached
 * @param lost whether a job may be wanted by a key that etcd has lost
 * @param stopsFrom before this moment nothing is stopped or removed: a call of the leader before
 *     this one may still be under way
 * @param held services that were deleted, which nobody confirmed yet: what they run is left alone
 * @param sequence the revision of the key that all allocators share
 * @param services each as it is to run: the last valid definition where the key is broken
 * @param projects the same services, by their Compose project
 * @param serviceRevisions the {@code mod_revision} of each service's key, usable or not
 * @param contentRevisions the {@code mod_revision} of each config and secret
 * @param untouchable services with a key that cannot be used and no valid definition known: what
 *     they run is left alone
 * @param gone hosts that the operator declared dead, in the inventory or not
 * @param pinRevisions the {@code mod_revision} of each pin
 * @param allocationRevisions the {@code mod_revision} of each record, readable or not
 * @param running our containers on these hosts, by job
 * @param loads what stands on these hosts
 * @param mostAreLost whether it is more likely this node that is cut off
 * @param busy whether a job has a call under way
 * @param callsUnderWay by host
 * @param progress of calls under way that take their time, by job, for people
 * @param meanings services of which it is known what their tag means, and not written yet
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

  public JobMemory memory(String job) {
    return memories.getOrDefault(job, JobMemory.NONE);
  }

  /** What a destructive call for this job rests on. */
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
