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
 * One host and what stands on it: jobs, running or just allocated, and containers that are not
 * ours. Mutable, and of one thread: a planning pass fills it and then places jobs on it.
 */
public final class Candidate {

  /** Loads are counted in millionths, so that what is added and removed leaves nothing behind. */
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
   * @param by the job, or the container that is not ours
   */
  public record Taken(Port port, String by) {}

  /** One of which only its word is known. */
  public Candidate(Host host, Availability word, @Nullable String unusable) {
    this(host, word, unusable, EngineInfo.UNKNOWN, Set.of(), Resources.NONE);
  }

  /**
   * @param unusable why nothing can be started there now (unreachable, held), or null
   * @param engine what it says of itself
   * @param volumes the names of the volumes that are there
   * @param reserve what is kept free of it
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

  /** As it is now; what is placed there is not placed here. */
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

  /** The same of a job of a service, which may reserve something. */
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
   * @return whether it was here
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

  /** Counts a container that is not ours. */
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

  /** The names of the volumes that are there. */
  Set<String> volumes() {
    return volumes;
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
    return load / EXACT;
  }

  /** What jobs can reserve of it. What the engine does not tell is 0, and has no bounds. */
  public Resources capacity() {
    return capacity;
  }

  /** What the jobs here reserve, running or just allocated. */
  public Resources reserved() {
    return reserved;
  }

  /** What the others reserve. */
  Resources reservedBesides(String job) {
    Resources own = reservations.get(job);
    return own == null ? reserved : reserved.minus(own);
  }

  /** How much of it is reserved, to compare hosts: CPUs and memory in millionths, added up. */
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
    return Collections.unmodifiableSet(weights.keySet());
  }

  boolean has(String job) {
    return weights.containsKey(job);
  }

  public List<Taken> taken() {
    return taken;
  }
}
