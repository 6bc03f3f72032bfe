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
 * The fields that shape a container. These fields, and no others, make the spec hash, except for
 * the pull policy, which leaves no trace in the container. Null means the image's default; an empty
 * command or entrypoint is really empty.
 *
 * @param stopGracePeriod from the stop signal to the kill
 * @param containerName a name chosen by the user, or null for {@code <job>.<incarnation>}
 * @param engine other fields of the Docker Engine's create call, by their path in its body, such as
 *     {@code HostConfig.CapAdd}: texts, numbers, booleans, lists and maps
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

  /**
   * The most ports that a definition or an image may expose: as many as Linux has for dynamic use.
   * An engine describes each of them for every container in every list.
   */
  public static final int MOST_EXPOSED = 16_384;

  /** In {@code engine}: services whose volumes it uses, each with or without {@code :ro}. */
  public static final String VOLUMES_FROM = "HostConfig.VolumesFrom";

  public static final String NETWORK_MODE = "HostConfig.NetworkMode";
  public static final String IPC_MODE = "HostConfig.IpcMode";
  public static final String PID_MODE = "HostConfig.PidMode";

  /** The prefix of a service whose namespace is shared. */
  public static final String OF_SERVICE = "service:";

  private static final Duration DOCKERS_INTERVAL = Duration.ofSeconds(30);
  private static final int DOCKERS_RETRIES = 3;

  /**
   * A container's resource limits; 0 means unlimited.
   *
   * @param nanoCpus billionths of a CPU
   * @param memoryBytes bytes
   * @param pids processes
   */
  public record Limits(long nanoCpus, long memoryBytes, long pids) {
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  /**
   * When an image is pulled.
   *
   * @param age with {@code EVERY}, the largest age of a host's image; otherwise zero
   * @param pins whether all jobs use the digest that the tag resolved to when first pulled
   * @param follow how often to check whether the tag points to another digest; zero for never
   */
  public record PullPolicy(When when, Duration age, boolean pins, Duration follow) {

    /** A policy that follows no tag. */
    public PullPolicy(When when, Duration age, boolean pins) {
      this(when, age, pins, Duration.ZERO);
    }

    /** The same, but looks this often. */
    public PullPolicy following(Duration interval) {
      return new PullPolicy(when, age, pins, interval);
    }

    /** Pulls if the host does not have the image; the default. */
    public static final PullPolicy MISSING = new PullPolicy(When.MISSING, Duration.ZERO, true);

    /** When to pull an image before a container is created. */
    public enum When {
      ALWAYS,
      MISSING,
      NEVER,
      EVERY
    }
  }

  /** A container with only an image. */
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

  /** A copy with these ports. */
  public ContainerSpec withPorts(List<Port> given) {
    return with(image, given, engine, files);
  }

  /** A copy with these files. */
  public ContainerSpec withFiles(List<ContainerFile> given) {
    return with(image, ports, engine, given);
  }

  /** A copy with this image. */
  public ContainerSpec withImage(String given) {
    return with(given, ports, engine, files);
  }

  /** The namespaces shared with containers of other services: service by engine field. */
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

  /** A copy that shares namespaces with these containers, by engine field. */
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

  /** A copy with the volumes of these containers. */
  public ContainerSpec withVolumesFrom(List<String> containers) {
    SortedMap<String, Object> given = new TreeMap<>(engine);
    given.put(VOLUMES_FROM, containers);
    return withEngine(given);
  }

  /** The same with these fields of the engine's. */
  public ContainerSpec withEngine(SortedMap<String, Object> given) {
    return with(image, ports, given, files);
  }

  /** Services whose volumes it uses, each with or without {@code :ro}. */
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

  /** Whether its image is named by digest, and so never changes. */
  public boolean isImmutable() {
    return image.contains("@");
  }

  /** The image as written: its name and tag, without a digest that was found for it. */
  public String tag() {
    int at = image.indexOf('@');
    return at < 0 ? image : image.substring(0, at);
  }

  /** The beginning of the digest that its image is named by, for people; or empty. */
  public String shortDigest() {
    return shortDigest(image.substring(Math.min(tag().length() + 1, image.length())));
  }

  /** The beginning of a digest: {@code sha256:4bcff63911fc}. */
  public static String shortDigest(String digest) {
    return digest.replaceFirst("(:.{12}).*", "$1");
  }

  /** Whether the digest of its tag must be found and recorded. */
  public boolean seeksDigest() {
    return pullPolicy.pins() && pullPolicy.when() != PullPolicy.When.NEVER && !isImmutable();
  }

  /** The shortest time in which its health check can find it unhealthy; zero without one. */
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

  /** Whether it writes data that stays on the host when the container is removed. */
  public boolean hasLocalData() {
    return !mounts.isEmpty() && mounts.stream().anyMatch(Mount::isLocalData);
  }

  /** The images among its mounts. */
  public List<String> mountedImages() {
    return mounts.isEmpty()
        ? List.of()
        : mounts.stream()
            .filter(mount -> mount.type() == Mount.Type.IMAGE)
            .map(Mount::source)
            .distinct()
            .toList();
  }

  /** The volumes, by name, whose data stays on the host where it was written. */
  public Set<String> namedVolumes() {
    return mounts.isEmpty()
        ? Set.of()
        : mounts.stream()
            .filter(mount -> mount.type() == Mount.Type.VOLUME && mount.isLocalData())
            .filter(mount -> !mount.hasDriver())
            .map(Mount::source)
            .collect(Collectors.toCollection(TreeSet::new));
  }
}
