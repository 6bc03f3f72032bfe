package io.dowding.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What shapes a container: these fields, and no others, make the spec hash (but for the pull
 * policy, which leaves no trace in the container). Null is "as the image says"; an empty command or
 * entrypoint is an empty one.
 *
 * @param stopGracePeriod from the stop signal to the kill
 * @param containerName a name of the user's own, or null for {@code <job>.<incarnation>}
 * @param engine what else the Docker Engine is told, as its API has it: by the path in the body of
 *     its create call, such as {@code HostConfig.CapAdd}, texts, numbers, booleans, lists and maps
 * @param files configs and secrets, copied in before the first start
 */
public record ContainerSpec(
    String image,
    @Nullable List<String> command,
    @Nullable List<String> entrypoint,
    Map<String, String> environment,
    Map<String, String> labels,
    List<Port> ports,
    List<Mount> mounts,
    RestartPolicy restart,
    Duration stopGracePeriod,
    @Nullable String stopSignal,
    @Nullable String user,
    @Nullable String workingDir,
    @Nullable String hostname,
    @Nullable String networkMode,
    Limits limits,
    PullPolicy pullPolicy,
    @Nullable String containerName,
    SortedMap<String, Object> engine,
    List<ContainerFile> files) {

  /** Compose's default. */
  public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(10);

  /** In {@code engine}: services, with {@code :ro} or without, whose volumes it uses. */
  public static final String VOLUMES_FROM = "HostConfig.VolumesFrom";

  public static final String NETWORK_MODE = "HostConfig.NetworkMode";
  public static final String IPC_MODE = "HostConfig.IpcMode";
  public static final String PID_MODE = "HostConfig.PidMode";

  /** Before the name of a service whose namespace is shared. */
  public static final String OF_SERVICE = "service:";

  private static final Duration DOCKERS_INTERVAL = Duration.ofSeconds(30);
  private static final int DOCKERS_RETRIES = 3;

  /**
   * What a container may use at the most; 0 is without limit.
   *
   * @param nanoCpus thousand-millionths of a CPU
   * @param memoryBytes bytes
   * @param pids processes
   */
  public record Limits(long nanoCpus, long memoryBytes, long pids) {
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  /**
   * How an image gets to its hosts.
   *
   * @param age {@code EVERY}: how long ago a host may have got it at the most; else zero
   * @param pins whether all jobs get the very image that the tag meant when it was first pulled
   */
  public record PullPolicy(When when, Duration age, boolean pins) {

    /** Where a host does not have it; the default. */
    public static final PullPolicy MISSING = new PullPolicy(When.MISSING, Duration.ZERO, true);

    /** When an image is pulled, before a container is made. */
    public enum When {
      ALWAYS,
      MISSING,
      NEVER,
      EVERY
    }
  }

  /** A container of which nothing is said but its image. */
  public static ContainerSpec ofImage(String image) {
    return new ContainerSpec(
        image,
        null,
        null,
        Map.of(),
        Map.of(),
        List.of(),
        List.of(),
        RestartPolicy.DEFAULT,
        DEFAULT_STOP_GRACE,
        null,
        null,
        null,
        null,
        null,
        Limits.NONE,
        PullPolicy.MISSING,
        null,
        new TreeMap<>(),
        List.of());
  }

  /** The same with these ports. */
  public ContainerSpec withPorts(List<Port> given) {
    return with(image, given, engine, files);
  }

  /** The same with these files. */
  public ContainerSpec withFiles(List<ContainerFile> given) {
    return with(image, ports, engine, given);
  }

  /** The same of another image. */
  public ContainerSpec withImage(String given) {
    return with(given, ports, engine, files);
  }

  /**
   * The namespaces that it shares with a container of another service: the engine's field, and the
   * service.
   */
  public SortedMap<String, String> namespaces() {
    SortedMap<String, String> services = new TreeMap<>();
    shared(NETWORK_MODE, networkMode, services);
    for (String field : List.of(IPC_MODE, PID_MODE)) {
      shared(field, engine.get(field), services);
    }
    return services;
  }

  private static void shared(
      String field, @Nullable Object mode, SortedMap<String, String> services) {
    if (mode instanceof String text && text.startsWith(OF_SERVICE)) {
      services.put(field, text.substring(OF_SERVICE.length()));
    }
  }

  /** The same in the namespaces of these containers, by the engine's fields. */
  public ContainerSpec withNamespaces(Map<String, String> containers) {
    SortedMap<String, Object> given = new TreeMap<>(engine);
    containers.forEach((field, id) -> given.put(field, "container:" + id));
    Object network = given.remove(NETWORK_MODE);
    return new ContainerSpec(
        image,
        command,
        entrypoint,
        environment,
        labels,
        ports,
        mounts,
        restart,
        stopGracePeriod,
        stopSignal,
        user,
        workingDir,
        hostname,
        network == null ? networkMode : network.toString(),
        limits,
        pullPolicy,
        containerName,
        given,
        files);
  }

  /** The same with the volumes of these containers. */
  public ContainerSpec withVolumesFrom(List<String> containers) {
    SortedMap<String, Object> given = new TreeMap<>(engine);
    given.put(VOLUMES_FROM, containers);
    return withEngine(given);
  }

  /** The same with these fields of the engine's. */
  public ContainerSpec withEngine(SortedMap<String, Object> given) {
    return with(image, ports, given, files);
  }

  /** Services, with {@code :ro} or without, whose volumes it uses. */
  public List<String> volumesFrom() {
    return engine.get(VOLUMES_FROM) instanceof List<?> all
        ? all.stream().map(String::valueOf).toList()
        : List.of();
  }

  private ContainerSpec with(
      String givenImage,
      List<Port> givenPorts,
      SortedMap<String, Object> givenEngine,
      List<ContainerFile> givenFiles) {
    return new ContainerSpec(
        givenImage,
        command,
        entrypoint,
        environment,
        labels,
        givenPorts,
        mounts,
        restart,
        stopGracePeriod,
        stopSignal,
        user,
        workingDir,
        hostname,
        networkMode,
        limits,
        pullPolicy,
        containerName,
        givenEngine,
        givenFiles);
  }

  /** Whether its image is named by a digest, so that it is the same everywhere and for ever. */
  public boolean isImmutable() {
    return image.contains("@");
  }

  /** Whether what its tag means is to be found out, and recorded. */
  public boolean seeksDigest() {
    return pullPolicy.pins() && pullPolicy.when() != PullPolicy.When.NEVER && !isImmutable();
  }

  /** How long its health check takes at the least to find it unhealthy; zero without one. */
  public Duration healthWindow() {
    if (!(engine.get("Healthcheck") instanceof Map<?, ?> check)
        || List.of("NONE").equals(check.get("Test"))) {
      return Duration.ZERO;
    }
    long interval = nanos(check.get("Interval"), DOCKERS_INTERVAL.toNanos());
    long retries = check.get("Retries") instanceof Number n ? n.longValue() : DOCKERS_RETRIES;
    return Duration.ofNanos(nanos(check.get("StartPeriod"), 0))
        .plus(Duration.ofNanos(interval).multipliedBy(Math.max(1, retries)));
  }

  private static long nanos(@Nullable Object value, long fallback) {
    return value instanceof Number n && n.longValue() > 0 ? n.longValue() : fallback;
  }

  /** Whether something is written that stays on the host when the container goes. */
  public boolean hasLocalData() {
    return mounts.stream().anyMatch(Mount::isLocalData);
  }

  /** The volumes, by name, whose data stays on the host where it was written. */
  public Set<String> namedVolumes() {
    return mounts.stream()
        .filter(mount -> mount.type() == Mount.Type.VOLUME && mount.isLocalData())
        .filter(mount -> !mount.hasDriver())
        .map(Mount::source)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
