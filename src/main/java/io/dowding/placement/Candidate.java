package io.dowding.placement;

import io.dowding.model.Availability;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Port;
import io.dowding.model.PreStart;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One host and its load: jobs, running or just allocated, and unmanaged containers. Mutable, for
 * one thread: a planning pass fills it and then places jobs on it.
 */
public final class Candidate {

  /** Loads are counted in millionths, so that adding and removing leaves no rounding error. */
  private static final double EXACT = 1e6;

  private final Host host;
  private final Availability word;
  private final @Nullable String unusable;
  private final EngineInfo engine;
  private final Set<String> volumes;
  private final Resources reserve;
  private final Resources capacity;
  private final Map<String, Long> weights = new HashMap<>();
  private final Map<String, Resources> reservations = new HashMap<>();
  private final Map<String, Integer> jobsOfService = new HashMap<>();
  private final List<Taken> taken = new ArrayList<>();
  private Resources reserved = Resources.NONE;
  private long load;
  private long fullness;

  /**
   * A port in use.
   *
   * @param by the job, or the unmanaged container
   */
  public record Taken(Port port, String by) {}

  /** A host of which only the operator's setting is known. */
  public Candidate(Host host, Availability word, @Nullable String unusable) {
    this(host, word, unusable, EngineInfo.UNKNOWN, Set.of(), Resources.NONE);
  }

  /**
   * @param unusable why nothing can be started there now (unreachable, held), or null
   * @param engine what the engine reports about itself
   * @param volumes the names of the host's volumes
   * @param reserve what is kept free on it
   */
  public Candidate(
      Host host,
      Availability word,
      @Nullable String unusable,
      EngineInfo engine,
      Set<String> volumes,
      Resources reserve) {
    this.reserve = reserve;
    this.capacity = engine.capacity().keeping(reserve);
    this.host = host;
    this.word = word;
    this.unusable = unusable;
    this.engine = engine;
    this.volumes = volumes;
  }

  /** A copy; placing jobs on it does not change this one. */
  Candidate copy() {
    Candidate copy = new Candidate(host, word, unusable, engine, volumes, reserve);
    copy.reservations.putAll(reservations);
    copy.reserved = reserved;
    copy.fullness = fullness;
    copy.weights.putAll(weights);
    copy.jobsOfService.putAll(jobsOfService);
    copy.taken.addAll(taken);
    copy.load = load;
    return copy;
  }

  /**
   * Counts a job here, once; steps of {@code pre_start} are not counted.
   *
   * @return whether it was added
   */
  public boolean add(String job, double weight) {
    long exact = Math.round(weight * EXACT);
    if (PreStart.isJob(job) || weights.putIfAbsent(job, exact) != null) {
      return false;
    }
    load += exact;
    jobsOfService.merge(Names.serviceOf(job), 1, Integer::sum);
    return true;
  }

  /** The same for a job of a service, which may reserve resources. */
  public boolean add(String job, Service.Placement placement) {
    if (!add(job, placement.weight())) {
      return false;
    }
    Resources own = placement.reservation();
    if (!own.isNone()) {
      reservations.put(job, own);
      reserved = reserved.plus(own);
      fullness = fullness();
    }
    return true;
  }

  /**
   * @return whether it was counted
   */
  public boolean remove(String job) {
    Long weight = weights.remove(job);
    if (weight == null) {
      return false;
    }
    load -= weight;
    Resources own = reservations.remove(job);
    if (own != null) {
      reserved = reserved.minus(own);
      fullness = fullness();
    }
    jobsOfService.merge(Names.serviceOf(job), -1, Integer::sum);
    return true;
  }

  /** Counts an unmanaged container. */
  public void addUnmanaged() {
    load += (long) EXACT;
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

  /** The names of the host's volumes. */
  Set<String> volumes() {
    return volumes;
  }

  /** Whether the host has all of these volumes. */
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
    return load / EXACT;
  }

  /** What jobs can reserve. A zero means that the engine does not report it, and is not limited. */
  public Resources capacity() {
    return capacity;
  }

  /** What the jobs here reserve, running or just allocated. */
  public Resources reserved() {
    return reserved;
  }

  /** What the other jobs reserve. */
  Resources reservedBesides(String job) {
    Resources own = reservations.get(job);
    return own == null ? reserved : reserved.minus(own);
  }

  /** How much is reserved, to compare hosts: CPUs and memory in millionths, added up. */
  long exactFullness() {
    return fullness;
  }

  private long fullness() {
    return share(reserved.nanoCpus(), capacity.nanoCpus())
        + share(reserved.memoryBytes(), capacity.memoryBytes());
  }

  private static long share(long part, long whole) {
    return whole <= 0 ? 0 : Math.round(part * EXACT / whole);
  }

  long exactLoad() {
    return load;
  }

  /** How many other jobs of this job's service are here. */
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
    return Collections.unmodifiableSet(weights.keySet());
  }

  boolean has(String job) {
    return weights.containsKey(job);
  }

  public List<Taken> taken() {
    return taken;
  }
}
