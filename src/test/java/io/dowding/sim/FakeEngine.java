package io.dowding.sim;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.docker.EngineApi;
import io.dowding.docker.Execs;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Content;
import io.dowding.model.EngineInfo;
import io.dowding.model.Mount;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.model.Port;
import io.dowding.model.RestartPolicy;
import io.dowding.model.TextContent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory Docker Engine that passes the same contract tests as a real one. A container's
 * command decides how its process behaves: {@code serve} exits on SIGTERM, {@code sleep} ignores
 * it, {@code true} and {@code false} exit immediately, or after the seconds that follow, {@code
 * sick} runs but fails its health check, and {@code reads} fails if one of its files contains
 * {@code bad}. Not thread-safe.
 */
final class FakeEngine implements EngineApi {

  private static final int[] RESTART_DELAYS = {100, 400, 700, 1100, 1900, 3500, 6400};
  private static final Duration RUN_OF_A_SHORT_ONE = Duration.ofMillis(50);
  private static final Duration FIRST_CHECK = Duration.ofMillis(1500);

  private static final Content BAD = TextContent.of("bad");

  private record Network(long number, Map<String, String> labels) {}

  private final VirtualTime time;
  private final FakeRegistry registry;
  private final List<Listener> listeners = new ArrayList<>();
  private final NavigableMap<String, String> images = new TreeMap<>();
  private final Set<String> volumes = new TreeSet<>();
  private final Map<String, Network> networks = new TreeMap<>();
  private long networksMade;
  private Map<String, Box> boxes = new LinkedHashMap<>();
  private Map<String, Box> otherDisk = new LinkedHashMap<>();
  private String id;
  private int made;
  private long changes;
  private int nextPort = 32768;
  private boolean up = true;
  private boolean diskFull;
  private boolean registryBroken;
  private final String madeAs;
  private Behavior behavior = Behavior.HONEST;

  /**
   * How the engine answers reads.
   *
   * @param malformed the error that its answers cause, or empty
   * @param late the extra delay of each answer in milliseconds
   * @param others the engine whose containers it reports, or null for its own
   */
  record Behavior(String malformed, long late, @Nullable FakeEngine others) {
    static final Behavior HONEST = new Behavior("", 0, null);
    static final Behavior MALFORMED =
        new Behavior("the engine lists a container without an id", 0, null);
    static final Behavior ENDLESS =
        new Behavior("the engine's answer is longer than 64 MiB", 3000, null);

    static Behavior late(long millis) {
      return new Behavior("", millis, null);
    }

    static Behavior showing(FakeEngine others) {
      return new Behavior("", 0, others);
    }
  }

  /** A container. */
  static final class Box {
    final String id;
    String name;
    final String image;
    final Map<String, String> labels;
    final List<String> command;
    final List<Port> wantedPorts;
    final String stopSignal;
    final Duration grace;
    boolean checked;

    /** The instance of each joined network in which the container last ran, by name; 0 if none. */
    final Map<String, Long> networks = new TreeMap<>();

    /** Whether its last start failed because a network was missing. */
    boolean lackedNetwork;

    /** Hashes of the requested and the copied files, by path. */
    final Map<String, String> wantedFiles = new TreeMap<>();

    final Map<String, String> files = new TreeMap<>();
    boolean readsBadFile;

    /** The last run in which a command was executed. */
    int executedIn = -1;

    String digest = "";
    boolean inherited;

    /** Created by hand, with labels that only dowding sets. */
    boolean forged;

    RestartPolicy policy;
    Container.State state = Container.State.CREATED;
    List<Port> ports = List.of();
    int exitCode;
    String error = "";
    @Nullable String health;
    long healthChangedAt = Long.MIN_VALUE / 2;
    int restarts;
    @Nullable Instant startedAt;
    @Nullable Instant finishedAt;
    boolean stoppedByHand;
    int run;

    Box(
        String id,
        String name,
        String image,
        Map<String, String> labels,
        List<String> command,
        List<Port> wantedPorts,
        RestartPolicy policy,
        String stopSignal,
        Duration grace) {
      this.id = id;
      this.name = name;
      this.image = image;
      this.labels = labels;
      this.command = command;
      this.wantedPorts = wantedPorts;
      this.policy = policy;
      this.stopSignal = stopSignal;
      this.grace = grace;
    }

    boolean isAlive() {
      return state == Container.State.RUNNING
          || state == Container.State.PAUSED
          || state == Container.State.RESTARTING;
    }

    Container seen() {
      return new Container(
          id,
          name,
          image,
          labels,
          inherited,
          state,
          exitCode,
          false,
          error,
          health,
          restarts,
          startedAt,
          finishedAt,
          policy.kind(),
          stopSignal,
          grace,
          ports,
          Networks.missing(labels, networks.keySet()));
    }
  }

  /**
   * Creates an engine without containers.
   *
   * @param registry the images that can be pulled
   */
  FakeEngine(VirtualTime time, String id, FakeRegistry registry) {
    this.time = time;
    this.id = id;
    this.madeAs = id;
    this.registry = registry;
  }

  String id() {
    return id;
  }

  /** A counter that grows with every change. */
  long changes() {
    return changes;
  }

  boolean isUp() {
    return up;
  }

  List<Box> boxes() {
    return new ArrayList<>(boxes.values());
  }

  @Nullable Box box(String idOrName) {
    Box box = boxes.get(idOrName);
    if (box != null) {
      return box;
    }
    return boxes.values().stream().filter(b -> b.name.equals(idOrName)).findFirst().orElse(null);
  }

  /** Describes all containers, images and networks, without times and ids. */
  String external() {
    List<String> all = new ArrayList<>();
    for (Box box : boxes()) {
      all.add(
          String.join(
              " ",
              box.name,
              box.labels.toString(),
              box.policy.toString(),
              box.state.toString(),
              box.networks.keySet().toString(),
              box.files.toString(),
              box.stoppedByHand ? "by hand" : ""));
    }
    all.sort(null);
    return (up ? "" : " down ") + all + images + networks.keySet();
  }

  @Override
  public Set<String> volumes() {
    return Set.copyOf(volumes);
  }

  /** Follows the stream of its events. */
  interface Listener {
    void changed(String id);

    void ended();
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void unlisten(Listener listener) {
    listeners.remove(listener);
  }

  private void tell(Box box) {
    changes++;
    List.copyOf(listeners).forEach(listener -> listener.changed(box.id));
  }

  // what users and accidents do

  void diskFull(boolean now) {
    diskFull = now;
  }

  void registryBroken(boolean now) {
    registryBroken = now;
  }

  /** Sets how the engine answers from now on. */
  void answers(Behavior now) {
    behavior = now;
  }

  /** The extra delay of each answer in milliseconds. */
  long late() {
    return behavior.late();
  }

  /** The engine whose containers this one reports. */
  private FakeEngine shown() {
    if (!behavior.malformed().isEmpty()) {
      throw new IllegalStateException(behavior.malformed());
    }
    FakeEngine others = behavior.others();
    return others == null ? this : others;
  }

  /** Like {@code docker rename}. */
  void rename(Box box, String name) {
    box.name = name;
    tell(box);
  }

  /** Stops the daemon, cleanly or not. Which containers restart with it depends on that. */
  void down(boolean killed) {
    up = false;
    List.copyOf(listeners).forEach(Listener::ended);
    listeners.clear();
    for (Box box : boxes.values()) {
      if (box.isAlive()) {
        box.run++;
        box.state = Container.State.EXITED;
        box.exitCode = killed ? 137 : 0;
        box.finishedAt = time.instant();
        box.ports = List.of();
        box.health = null;
        box.healthChangedAt = time.now();
        if (killed && box.policy.kind() == RestartPolicy.Kind.UNLESS_STOPPED) {
          box.stoppedByHand = true;
        }
      }
    }
  }

  void start() {
    up = true;
    for (Box box : boxes.values()) {
      boolean back =
          box.state == Container.State.EXITED
              && switch (box.policy.kind()) {
                case ALWAYS -> true;
                case UNLESS_STOPPED -> !box.stoppedByHand;
                case ON_FAILURE -> box.exitCode != 0;
                case NO -> false;
              };
      if (back) {
        box.restarts = 0;
        run(box);
      }
    }
  }

  /** Unmounts the data directory, or mounts it again. */
  void swapDisk() {
    Map<String, Box> other = otherDisk;
    otherDisk = boxes;
    boxes = other;
  }

  void newIdentity(String newId) {
    id = newId;
  }

  /** The process exits by itself. */
  void die(Box box, int code) {
    if (box.isAlive()) {
      ended(box, code);
    }
  }

  /** Like {@code docker network disconnect}. */
  void disconnect(String network, String boxId) {
    must(boxId).networks.remove(network);
    tell(must(boxId));
  }

  void pauseByHand(Box box) {
    if (box.state == Container.State.RUNNING) {
      box.state = Container.State.PAUSED;
      tell(box);
    }
  }

  void unpause(Box box) {
    if (box.state == Container.State.PAUSED) {
      box.state = Container.State.RUNNING;
      tell(box);
    }
  }

  void health(Box box, @Nullable String health) {
    box.health = health;
    box.healthChangedAt = time.now();
    tell(box);
  }

  void removeByHand(Box box) {
    box.run++;
    boxes.remove(box.id);
    tell(box);
  }

  /** Creates a container that dowding did not create. */
  Box stranger(String name, Map<String, String> labels, List<Port> ports) {
    Box box =
        make(
            name,
            "demo",
            labels,
            List.of("serve"),
            ports,
            new RestartPolicy(RestartPolicy.Kind.NO, 0),
            "TERM",
            Duration.ofSeconds(10));
    run(box);
    return box;
  }

  // the API

  @Override
  public List<Container> list() {
    return shown().boxes.values().stream().map(Box::seen).toList();
  }

  @Override
  public @Nullable Container inspect(String idOrName) {
    Box box = shown().box(idOrName);
    return box == null ? null : box.seen();
  }

  @Override
  public @Nullable Image image(String image) {
    String digest = digest(image);
    return digest == null
        ? null
        : Image.usual(List.of(repository(image) + "@" + digest), time.instant());
  }

  /** The digest of a local image, by tag or digest; null if it is missing. */
  private @Nullable String digest(String image) {
    int at = image.indexOf('@');
    if (at < 0) {
      return images.get(image);
    }
    String digest = image.substring(at + 1);
    return images.containsValue(digest) ? digest : null;
  }

  private static String repository(String image) {
    return image.replaceFirst("[:@].*", "");
  }

  /** Whether any local image is or was named by this tag. */
  boolean hasAny(String tag) {
    return registry.digestsOf(tag).stream().anyMatch(images::containsValue);
  }

  @Override
  public void pull(String image, Consumer<String> progress) {
    if (registryBroken) {
      throw new InternalServerErrorException("received unexpected HTTP status: 503");
    }
    String digest = registry.digest(image);
    if (digest == null) {
      throw new NotFoundException("manifest for " + image + " not found: manifest unknown");
    }
    if (diskFull) {
      throw new InternalServerErrorException("write: no space left on device");
    }
    progress.accept("pulls");
    images.put(image, digest);
    // The image that the tag named before remains, under its digest.
    images.put(repository(image) + "@" + digest, digest);
  }

  @Override
  public String resolve(String image) {
    if (registryBroken) {
      throw new InternalServerErrorException("received unexpected HTTP status: 503");
    }
    String digest = registry.digest(image);
    if (digest == null) {
      throw new NotFoundException("manifest for " + image + " not found: manifest unknown");
    }
    return digest;
  }

  @Override
  public String create(String cluster, String base, Allocation record, ContainerSpec spec) {
    String name = Ownership.nameOf(record, spec);
    Box taken = box(name);
    if (taken != null) {
      throw new ConflictException(
          "Conflict. The container name \"/"
              + name
              + "\" is already in use by container \""
              + taken.id
              + "\".");
    }
    // A name or id; a mount option may follow the colon.
    spec.volumesFrom().forEach(other -> must(other.replaceFirst(":.*", "")));
    String digest = digest(spec.image());
    if (digest == null) {
      throw new NotFoundException("No such image: " + spec.image());
    }
    for (String image : spec.mountedImages()) {
      if (digest(image) == null) {
        throw new NotFoundException("No such image: " + image);
      }
    }
    for (Mount mount : spec.mounts()) {
      if (mount.type() == Mount.Type.BIND && mount.source().startsWith("/missing")) {
        throw new BadRequestException(
            "invalid mount config for type \"bind\": bind source path does not exist: "
                + mount.source());
      }
    }
    mustHave(spec);
    Map<String, String> ownLabels = Ownership.labelsOf(cluster, base, record, spec);
    SortedMap<String, List<String>> wanted = Networks.in(ownLabels);
    if (diskFull) {
      throw new InternalServerErrorException("mkdir: no space left on device");
    }
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.putAll(ownLabels);
    labels.putAll(Execs.labels(spec));
    for (Mount mount : spec.mounts()) {
      if (mount.type() == Mount.Type.VOLUME && !mount.source().isEmpty()) {
        volumes.add(mount.source());
      }
    }
    List<String> command = spec.command() == null ? List.of("serve") : spec.command();
    String signal = spec.stopSignal() == null ? "TERM" : spec.stopSignal();
    Box box =
        make(
            name,
            spec.image(),
            labels,
            command,
            spec.ports(),
            spec.restart().atFirst(),
            signal,
            spec.stopGracePeriod());
    if (!wanted.isEmpty()) {
      box.networks.put(wanted.firstKey(), 0L);
    }
    box.checked = spec.healthWindow().isPositive();
    box.digest = digest;
    spec.files().forEach(file -> box.wantedFiles.put(file.target(), String.valueOf(file)));
    return box.id;
  }

  /** A missing feature of the host is reported when a container is created. */
  private static void mustHave(ContainerSpec spec) {
    EngineInfo info = FakeInfo.of("");
    if (spec.limits().nanoCpus() > info.cpus() * 1_000_000_000L) {
      throw new BadRequestException("Range of CPUs is from 0.01 to 4.00, as there are only 4 CPUs");
    }
    Object runtime = spec.engine().getOrDefault("HostConfig.Runtime", "runc");
    if (!info.runtimes().contains(String.valueOf(runtime))) {
      throw new BadRequestException("Unknown runtime specified " + runtime);
    }
    if (spec.engine().get("HostConfig.LogConfig") instanceof Map<?, ?> log
        && !info.logDrivers().contains(String.valueOf(log.get("Type")))) {
      throw new BadRequestException("error looking up logging plugin: plugin not found");
    }
    if (String.valueOf(spec.engine().get("HostConfig.Devices")).contains("/dev/nowhere")) {
      throw new InternalServerErrorException(
          "error gathering device information while adding custom device");
    }
  }

  private Box make(
      String name,
      String image,
      Map<String, String> labels,
      List<String> command,
      List<Port> ports,
      RestartPolicy policy,
      String signal,
      Duration grace) {
    String boxId = "%04x%08x%s".formatted(made, madeAs.hashCode(), "0".repeat(20));
    made++;
    Box box = new Box(boxId, name, image, labels, command, ports, policy, signal, grace);
    boxes.put(boxId, box);
    tell(box);
    return box;
  }

  private Box must(String boxId) {
    Box box = box(boxId);
    if (box == null) {
      throw new NotFoundException("No such container: " + boxId);
    }
    return box;
  }

  @Override
  public void copy(String boxId, List<ContainerFile> files) {
    Box box = must(boxId);
    files.forEach(file -> box.files.put(file.target(), String.valueOf(file)));
    box.readsBadFile = files.stream().anyMatch(file -> BAD.equals(file.content()));
  }

  @Override
  public int exec(String boxId, Map<String, Object> exec, Duration atMost) {
    Box box = must(boxId);
    if (box.state != Container.State.RUNNING) {
      throw new ConflictException("Container " + boxId + " is not running");
    }
    box.executedIn = box.run;
    return List.of("false").equals(exec.get("Cmd")) ? 1 : 0;
  }

  @Override
  public void start(String boxId) {
    Box box = must(boxId);
    if (box.state == Container.State.RUNNING || box.state == Container.State.RESTARTING) {
      return;
    }
    if (box.state == Container.State.PAUSED) {
      throw new InternalServerErrorException("cannot start a paused container");
    }
    String program = box.command.isEmpty() ? "" : box.command.getFirst();
    if (program.equals("missing")) {
      box.error = "executable file not found in $PATH";
      box.exitCode = 127;
      throw new BadRequestException(
          "OCI runtime create failed: exec: \"missing\": executable file not found in $PATH");
    }
    for (Map.Entry<String, Long> joined : box.networks.entrySet()) {
      Network network = networks.get(joined.getKey());
      if (network == null || (joined.getValue() != 0 && joined.getValue() != network.number())) {
        box.lackedNetwork = true;
        throw new NotFoundException("network " + joined.getKey() + " not found");
      }
      joined.setValue(network.number());
    }
    for (Port port : box.wantedPorts) {
      for (Box other : boxes.values()) {
        if (port.published() != 0
            && other != box
            && other.ports.stream().anyMatch(p -> p.published() == port.published())) {
          throw new InternalServerErrorException(
              "driver failed: Bind for 0.0.0.0:"
                  + port.published()
                  + " failed: port is already allocated");
        }
      }
    }
    box.stoppedByHand = false;
    box.restarts = 0;
    run(box);
  }

  private void run(Box box) {
    int run = ++box.run;
    box.state = Container.State.RUNNING;
    box.error = "";
    box.startedAt = time.instant();
    Set<Port> bound = new LinkedHashSet<>();
    for (Port port : box.wantedPorts) {
      int published = port.published() == 0 ? nextPort++ : port.published();
      bound.add(new Port(port.hostIp(), published, port.target(), port.protocol()));
    }
    box.ports = List.copyOf(bound);
    box.health = box.checked ? "starting" : null;
    tell(box);
    String program = box.command.isEmpty() ? "" : box.command.getFirst();
    if (box.checked) {
      time.after(
          FIRST_CHECK,
          () -> {
            if (box.run == run && box.state == Container.State.RUNNING) {
              health(box, program.equals("sick") ? "unhealthy" : "healthy");
            }
          });
    }
    boolean fails =
        registry.fails(box.digest)
            || program.equals("false")
            || (program.equals("reads") && box.readsBadFile);
    if (program.equals("true") || fails) {
      Duration takes =
          box.command.size() > 1
              ? Duration.ofSeconds(Long.parseLong(box.command.get(1)))
              : RUN_OF_A_SHORT_ONE;
      endsAfter(takes, box, run, fails ? 1 : 0);
    }
  }

  /** A paused process ends after it continues. */
  private void endsAfter(Duration span, Box box, int run, int code) {
    time.after(
        span,
        () -> {
          if (box.run == run && box.state == Container.State.PAUSED) {
            endsAfter(Duration.ofSeconds(1), box, run, code);
          } else if (box.run == run && box.state == Container.State.RUNNING) {
            ended(box, code);
          }
        });
  }

  private void ended(Box box, int code) {
    int run = ++box.run;
    box.exitCode = code;
    box.finishedAt = time.instant();
    box.ports = List.of();
    // Docker keeps the last health status.
    box.healthChangedAt = time.now();
    boolean again =
        !box.stoppedByHand
            && switch (box.policy.kind()) {
              case ALWAYS, UNLESS_STOPPED -> true;
              case ON_FAILURE ->
                  code != 0
                      && (box.policy.maxRetries() == 0 || box.restarts < box.policy.maxRetries());
              case NO -> false;
            };
    box.state = again ? Container.State.RESTARTING : Container.State.EXITED;
    tell(box);
    if (again) {
      int delay = RESTART_DELAYS[Math.min(box.restarts, RESTART_DELAYS.length - 1)];
      time.after(
          delay,
          () -> {
            if (box.run == run && boxes.containsKey(box.id) && up) {
              if (box.policy.kind() == RestartPolicy.Kind.NO) {
                box.state = Container.State.EXITED;
                tell(box);
              } else {
                box.restarts++;
                run(box);
              }
            }
          });
    }
  }

  @Override
  public void signal(String boxId, String signal) {
    Box box = must(boxId);
    if (!box.isAlive()) {
      throw new ConflictException("Cannot kill container: " + boxId + " is not running");
    }
    box.stoppedByHand = true;
    String program = box.command.isEmpty() ? "" : box.command.getFirst();
    boolean ends = signal.equals("KILL") || program.equals("serve") || program.equals("sick");
    if (box.state == Container.State.RESTARTING) {
      ended(box, box.exitCode);
    } else if (ends && (box.state == Container.State.RUNNING || signal.equals("KILL"))) {
      ended(box, signal.equals("KILL") ? 137 : 0);
    }
  }

  @Override
  public void remove(String boxId) {
    Box box = must(boxId);
    if (box.isAlive()) {
      throw new ConflictException(
          "You cannot remove a running container " + boxId + ". Stop the container first");
    }
    boxes.remove(box.id);
    tell(box);
  }

  @Override
  public void setRestart(String boxId, RestartPolicy policy) {
    must(boxId).policy = policy;
    tell(must(boxId));
  }

  @Override
  public @Nullable Map<String, String> network(String name) {
    Network network = networks.get(name);
    return network == null ? null : network.labels();
  }

  @Override
  public void createNetwork(String name, Map<String, String> labels, Map<?, ?> options) {
    if (networks.putIfAbsent(name, new Network(++networksMade, labels)) != null) {
      throw new ConflictException("network with name " + name + " already exists");
    }
    changes++;
  }

  @Override
  public void connect(String network, String boxId, List<String> aliases) {
    Box box = must(boxId);
    Network found = networks.get(network);
    if (found == null) {
      box.lackedNetwork = true;
      throw new NotFoundException("network " + network + " not found");
    }
    long joined = box.isAlive() ? found.number() : 0;
    if (box.networks.putIfAbsent(network, joined) != null && box.isAlive()) {
      throw new DockerException(
          "endpoint with name " + box.name + " already exists in network " + network, 403);
    }
    if (box.isAlive()) {
      tell(box);
    }
    changes++;
  }

  @Override
  public List<String> networks(String cluster) {
    return networks.entrySet().stream()
        .filter(network -> cluster.equals(network.getValue().labels().get(Ownership.CLUSTER)))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public int users(String network) {
    return (int)
        boxes.values().stream()
            .filter(
                box ->
                    box.networks.containsKey(network)
                        || Networks.in(box.labels).containsKey(network))
            .count();
  }

  @Override
  public void removeNetwork(String name) {
    if (boxes.values().stream().anyMatch(box -> box.isAlive() && box.networks.containsKey(name))) {
      throw new DockerException("network " + name + " has active endpoints", 403);
    }
    if (networks.remove(name) == null) {
      throw new NotFoundException("network " + name + " not found");
    }
    changes++;
  }

  @Override
  public void ping() {
    // The engine answers.
  }
}
