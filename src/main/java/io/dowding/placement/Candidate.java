package io.dowding.placement;

import io.dowding.model.Availability;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Port;
import io.dowding.model.PreStart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One host and what stands on it: jobs, running or just allocated, and containers that are not
 * ours. Mutable, and of one thread: a planning pass fills it and then places jobs on it.
 */
public final class Candidate {

  private final Host host;
  private final Availability word;
  private final @Nullable String unusable;
  private final EngineInfo engine;
  private final Set<String> volumes;
  private final Map<String, Double> weights = new TreeMap<>();
  private final Map<String, Integer> jobsOfService = new HashMap<>();
  private final List<Taken> taken = new ArrayList<>();
  private double load;

  /**
   * A port in use.
   *
   * @param by the job, or the container that is not ours
   */
  public record Taken(Port port, String by) {}

  /** One of which only its word is known. */
  public Candidate(Host host, Availability word, @Nullable String unusable) {
    this(host, word, unusable, EngineInfo.UNKNOWN, Set.of());
  }

  /**
   * @param unusable why nothing can be started there now (unreachable, held), or null
   * @param engine what it says of itself
   * @param volumes the names of the volumes that are there
   */
  public Candidate(
      Host host,
      Availability word,
      @Nullable String unusable,
      EngineInfo engine,
      Set<String> volumes) {
    this.host = host;
    this.word = word;
    this.unusable = unusable;
    this.engine = engine;
    this.volumes = volumes;
  }

  /** As it is now; what is placed there is not placed here. */
  Candidate copy() {
    Candidate copy = new Candidate(host, word, unusable, engine, volumes);
    copy.weights.putAll(weights);
    copy.jobsOfService.putAll(jobsOfService);
    copy.taken.addAll(taken);
    copy.load = load;
    return copy;
  }

  /**
   * Counts a job here; a job that is here already is not counted twice, and what runs before a
   * service is none of its jobs.
   */
  public void add(String job, double weight) {
    if (!PreStart.isJob(job) && weights.putIfAbsent(job, weight) == null) {
      load += weight;
      jobsOfService.merge(Names.serviceOf(job), 1, Integer::sum);
    }
  }

  public void remove(String job) {
    Double weight = weights.remove(job);
    if (weight != null) {
      load -= weight;
      jobsOfService.merge(Names.serviceOf(job), -1, Integer::sum);
    }
  }

  /** Counts a container that is not ours. */
  public void addUnmanaged() {
    load += 1;
  }

  public void take(Port port, String by) {
    taken.add(new Taken(port, by));
  }

  public Host host() {
    return host;
  }

  EngineInfo engine() {
    return engine;
  }

  /** Whether every one of these volumes is there. */
  boolean hasVolumes(Collection<String> names) {
    return volumes.containsAll(names);
  }

  public Availability word() {
    return word;
  }

  public @Nullable String unusable() {
    return unusable;
  }

  /** Weights of jobs and of unmanaged containers, running or just allocated. */
  public double load() {
    return load;
  }

  /** How many jobs of the service that {@code job} belongs to are here, itself not counted. */
  public int siblings(String job) {
    return siblings(job, Names.serviceOf(job));
  }

  /**
   * @param service the job's
   */
  int siblings(String job, String service) {
    int all = jobsOfService.getOrDefault(service, 0);
    return all > 0 && weights.containsKey(job) ? all - 1 : all;
  }

  /** The jobs here, running or just allocated. */
  public Set<String> jobs() {
    return Set.copyOf(weights.keySet());
  }

  public List<Taken> taken() {
    return taken;
  }
}
