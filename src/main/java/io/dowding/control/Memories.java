package io.dowding.control;

import io.dowding.model.Names;
import io.dowding.plan.JobMemory;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What is remembered of each job. Marks the jobs whose memory changed. */
final class Memories {

  private final Changed changed;
  private final Map<String, JobMemory> all = new HashMap<>();
  private final Map<String, Set<String>> jobs = new HashMap<>();

  /** Jobs delayed by a failure that may be over once their host answers. */
  private final Set<String> troubled = new HashSet<>();

  Memories(Changed changed) {
    this.changed = changed;
  }

  Map<String, JobMemory> all() {
    return Collections.unmodifiableMap(all);
  }

  boolean has(String job) {
    return all.containsKey(job);
  }

  JobMemory of(String job) {
    return all.getOrDefault(job, JobMemory.NONE);
  }

  void put(String job, JobMemory memory) {
    if (all.put(job, memory) == memory) {
      return;
    }
    changed.job(job);
    jobs.computeIfAbsent(Names.serviceOf(job), s -> new HashSet<>()).add(job);
    if (memory.troubleOn() == null) {
      troubled.remove(job);
    } else {
      troubled.add(job);
    }
  }

  void remove(String job) {
    if (all.remove(job) != null) {
      changed.job(job);
      troubled.remove(job);
      String service = Names.serviceOf(job);
      Set<String> some = jobs.get(service);
      if (some != null && some.remove(job) && some.isEmpty()) {
        jobs.remove(service);
      }
    }
  }

  /** Changes the memory of all jobs of a service. */
  void change(String service, UnaryOperator<JobMemory> learned) {
    for (String job : List.copyOf(jobs.getOrDefault(service, Set.of()))) {
      put(job, learned.apply(of(job)));
    }
  }

  /** Changes the memory of the jobs that a failure on this host delays. */
  void changeTroubledOn(String host, UnaryOperator<JobMemory> learned) {
    for (String job : List.copyOf(troubled)) {
      if (host.equals(of(job).troubleOn())) {
        put(job, learned.apply(of(job)));
      }
    }
  }

  void clear() {
    all.clear();
    jobs.clear();
    troubled.clear();
    changed.everything();
  }
}
