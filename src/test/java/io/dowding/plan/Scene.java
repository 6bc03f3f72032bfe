package io.dowding.plan;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.Policy;
import io.dowding.model.Port;
import io.dowding.model.Reach;
import io.dowding.model.Resources;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a situation for the planner. The time is a minute past midnight, and running containers
 * have settled.
 */
final class Scene {

  static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
  static final String IMAGE = "demo@sha256:" + "0".repeat(64);
  static final Instant LONG_AGO = NOW.minusSeconds(3600);
  static final String CLUSTER = "cluster";

  private final SortedMap<String, Service> services = new TreeMap<>();
  private final Map<String, Long> revisions = new HashMap<>();
  private final Map<String, Long> contentRevisions = new HashMap<>();
  private final Set<String> untouchable = new TreeSet<>();
  private final SortedMap<String, Pin> pins = new TreeMap<>();
  private final SortedMap<String, Allocation> allocations = new TreeMap<>();
  private final SortedMap<String, HostState> hosts = new TreeMap<>();
  private final Map<String, List<Container>> containers = new HashMap<>();
  private final Map<String, JobMemory> memories = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private final Set<String> bugs = new HashSet<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Set<String> gone = new TreeSet<>();
  private final Set<String> held = new TreeSet<>();
  private final Set<String> lost = new HashSet<>();
  private Instant stopsFrom = Instant.MIN;
  private final Map<String, String> progress = new HashMap<>();
  private final Set<String> newDigests = new HashSet<>();
  private final Map<String, EngineInfo> engines = new HashMap<>();
  private final Map<String, Set<String>> volumes = new HashMap<>();
  private Policy policy = Policy.STRICT;
  private Resources reserve = Resources.NONE;
  private boolean allocating;

  static Scene withHosts(String... names) {
    Scene scene = new Scene();
    for (String name : names) {
      scene.host(name, Availability.ACTIVE, Reach.UP);
    }
    return scene;
  }

  /** A host that has been tried for this many seconds and has not answered yet. */
  Scene awaited(String name, int seconds) {
    return host(name, Availability.ACTIVE, Reach.UNKNOWN, NOW.minusSeconds(seconds));
  }

  Scene host(String name, Availability word, Reach reach) {
    Instant contact =
        switch (reach) {
          case UP -> NOW;
          case UNKNOWN -> NOW.minusSeconds(20);
          case DOWN -> NOW.minusSeconds(100);
        };
    return host(name, word, reach, contact);
  }

  /** A host whose last contact, if it is not up, was so many seconds ago. */
  Scene host(String name, Availability word, Reach reach, int seconds) {
    return host(name, word, reach, NOW.minusSeconds(seconds));
  }

  /** A host that is up, but that cannot be used yet. */
  Scene unusable(String name, String why) {
    return host(name, Availability.ACTIVE, Reach.UP, NOW, why);
  }

  private Scene host(String name, Availability word, Reach reach, Instant contact) {
    return host(
        name, word, reach, contact, reach == Reach.UP ? null : "unreachable since " + contact);
  }

  private Scene host(
      String name, Availability word, Reach reach, Instant contact, @Nullable String unusable) {
    List<Container> there = containers.computeIfAbsent(name, n -> new ArrayList<>());
    Host host =
        new Host(name, "tcp://" + name + ":2375", Set.of("tag-" + name), Map.of("rack", "r1"));
    hosts.put(
        name,
        new HostState(
            host,
            word,
            reach,
            contact,
            unusable,
            there,
            List.of(),
            List.of(),
            EngineInfo.UNKNOWN,
            Set.of(),
            id -> contact));
    if (word == Availability.GONE) {
      gone.add(name);
    }
    return this;
  }

  /** A call for this job is running, with this progress. */
  Scene progress(String job, String text) {
    progress.put(job, text);
    return busy(job);
  }

  /** The digest of the service's tag is known, but not written yet. */
  Scene recording(String service) {
    newDigests.add(service);
    return this;
  }

  Container container(String job) {
    return containers.values().stream()
        .flatMap(List::stream)
        .filter(container -> job.equals(container.labels().get(Ownership.JOB)))
        .findFirst()
        .orElseThrow();
  }

  /** The job's container has one hook with this label. */
  Scene label(String job, String label) {
    return change(job, c -> labelled(c, label));
  }

  /** The job's container was disconnected from this network by hand. */
  Scene disconnected(String job, String network) {
    return change(job, c -> without(c, new TreeMap<>(Map.of(network, List.of(job)))));
  }

  /** Docker restarted the job's container this often. */
  Scene restarted(String job, int times) {
    return change(job, c -> restarted(c, times));
  }

  private static Container restarted(Container c, int times) {
    return new Container(
        c.id(),
        c.name(),
        c.image(),
        c.labels(),
        c.inherited(),
        c.state(),
        c.exitCode(),
        c.oomKilled(),
        c.error(),
        c.health(),
        times,
        c.startedAt(),
        c.finishedAt(),
        c.restart(),
        c.stopSignal(),
        c.stopGrace(),
        c.ports(),
        c.missing());
  }

  /** The host has the image of the service's current definition. */
  Scene hasImage(String job, String host) {
    String image = JobMemory.image(hash(Names.serviceOf(job)), IMAGE);
    return remember(job, memory -> memory.image(host, image, true));
  }

  /** The job failed this often, long ago. */
  Scene failed(String job, int times, String host, String error) {
    for (int n = 0; n < times; n++) {
      remember(job, memory -> memory.failed(job, Fault.SPEC, host, error, LONG_AGO));
    }
    return this;
  }

  /** The job's container was created from this image. */
  Scene image(String job, String image) {
    return change(job, c -> with(c, image));
  }

  private Scene change(String job, UnaryOperator<Container> what) {
    containers
        .values()
        .forEach(
            all ->
                all.replaceAll(c -> job.equals(c.labels().get(Ownership.JOB)) ? what.apply(c) : c));
    return this;
  }

  private static Container with(Container c, String image) {
    return new Container(
        c.id(),
        c.name(),
        image,
        c.labels(),
        c.inherited(),
        c.state(),
        c.exitCode(),
        c.oomKilled(),
        c.error(),
        c.health(),
        c.restartCount(),
        c.startedAt(),
        c.finishedAt(),
        c.restart(),
        c.stopSignal(),
        c.stopGrace(),
        c.ports(),
        c.missing());
  }

  /** The info of a host's engine. */
  Scene engine(String host, EngineInfo info) {
    engines.put(host, info);
    return this;
  }

  /** The resources that are kept free on each host. */
  Scene reserve(Resources given) {
    reserve = given;
    return this;
  }

  /** The volumes of a host. */
  Scene volumes(String host, String... names) {
    volumes.put(host, Set.of(names));
    return this;
  }

  /** The job's container was renamed by hand. */
  Scene renamed(String job, String name) {
    return change(job, c -> with(c, name, c.labels()));
  }

  private static Container labelled(Container c, String label) {
    Map<String, String> labels = new HashMap<>(c.labels());
    labels.put(label, "[{}]");
    return with(c, c.name(), labels);
  }

  private static Container with(Container c, String name, Map<String, String> labels) {
    return with(c, name, labels, c.missing());
  }

  private static Container without(Container c, SortedMap<String, List<String>> missing) {
    return with(c, c.name(), c.labels(), missing);
  }

  private static Container with(
      Container c,
      String name,
      Map<String, String> labels,
      SortedMap<String, List<String>> missing) {
    return new Container(
        c.id(),
        name,
        c.image(),
        labels,
        c.inherited(),
        c.state(),
        c.exitCode(),
        c.oomKilled(),
        c.error(),
        c.health(),
        c.restartCount(),
        c.startedAt(),
        c.finishedAt(),
        c.restart(),
        c.stopSignal(),
        c.stopGrace(),
        c.ports(),
        missing);
  }

  Scene policy(Policy given) {
    policy = given;
    return this;
  }

  /** A config or secret that was written at this revision. */
  Scene content(String key, long revision) {
    contentRevisions.put(key, revision);
    return this;
  }

  /** A service with an image named by digest, unless the fields contain an image. */
  Scene service(String name, String... fields) {
    return service(name, 10, fields);
  }

  Scene service(String name, long generation, String... fields) {
    services.put(name, read(name, generation, fields));
    revisions.put(name, generation);
    return this;
  }

  /** The tag of the service's image means this digest. */
  Scene pinnedTo(String name, String digest) {
    services.computeIfPresent(name, (n, service) -> service.pinnedTo(digest));
    return this;
  }

  static Service read(String name, long generation, String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    if (all.stream().noneMatch(field -> field.startsWith("\"image\""))) {
      all.add("\"image\":\"" + IMAGE + "\"");
    }
    String json = "{" + String.join(",", all) + "}";
    try {
      return ServiceReader.read(name, generation, json.getBytes(StandardCharsets.UTF_8));
    } catch (InvalidServiceException invalid) {
      throw new IllegalArgumentException(invalid);
    }
  }

  Scene unusableService(String name) {
    untouchable.add(name);
    revisions.put(name, 12L);
    return this;
  }

  Scene pin(String subject, String value) {
    pins.put(subject, Objects.requireNonNull(Pin.parse(value)));
    return this;
  }

  Scene unreadablePin(String subject, String problem) {
    pins.put(subject, new Pin.Unreadable(problem));
    return this;
  }

  /** A record on a host with the current definition. */
  Scene recorded(String job, String host) {
    Service service = Objects.requireNonNull(services.get(Names.serviceOf(job)));
    return recorded(job, host, 5, service.of(job).specHash());
  }

  Scene recorded(String job, String host, long incarnation, String specHash) {
    String service = Names.serviceOf(job);
    allocations.put(
        job, new Allocation(job, host, service, specHash, 10, incarnation, NOW, "because", 6));
    return this;
  }

  /** A record whose container replaces an earlier incarnation. */
  Scene recordedAfter(String job, String host, long replaces) {
    String service = Names.serviceOf(job);
    allocations.put(
        job,
        new Allocation(
            job, host, service, hash(service), 10, replaces + 2, replaces, NOW, "because", 6));
    return this;
  }

  /** A host that has been silent for this time, which is too short for it to be unknown. */
  Scene silentFor(String name, Duration silence) {
    HostState host = Objects.requireNonNull(hosts.get(name));
    hosts.put(
        name,
        new HostState(
            host.host(),
            host.word(),
            host.reach(),
            NOW.minus(silence),
            host.unusable(),
            host.containers(),
            host.ours(),
            host.renamed(),
            host.engine(),
            host.volumes(),
            id -> NOW.minus(silence)));
    return this;
  }

  /** A record of the library whose container was not seen yet. */
  Scene ofLibrary(String id, String host) {
    allocations.put(id, new Allocation(id, host, "", "", 0, 5, NOW, "because", 6));
    return this;
  }

  /** A record and a running container of the current definition. */
  Scene running(String job, String host) {
    recorded(job, host);
    return container(job, host, 5, Container.State.RUNNING);
  }

  /** A record and a running container of an earlier definition. */
  Scene runningOld(String job, String host) {
    recorded(job, host, 5, "1-old");
    return container(job, host, 5, Container.State.RUNNING);
  }

  Scene container(String job, String host, long incarnation, Container.State state) {
    return container(job, host, incarnation, state, state == Container.State.EXITED ? 1 : 0, null);
  }

  /** A record and a container that exited with this code. */
  Scene ended(String job, String host, int exitCode) {
    return recorded(job, host).container(job, host, 5, Container.State.EXITED, exitCode, null);
  }

  /** The same, and the crash was noticed. */
  Scene crashed(String job, String host) {
    ended(job, host, 1);
    Container last = on(host).getLast();
    return remember(job, memory -> memory.saw(job, 5, last, restart(job), NOW));
  }

  /** A record and a container with this health. */
  Scene health(String job, String host, Container.State state, String health) {
    return recorded(job, host).container(job, host, 5, state, 0, health);
  }

  private Scene container(
      String job,
      String host,
      long incarnation,
      Container.State state,
      int exitCode,
      @Nullable String health) {
    Allocation record = allocations.get(job);
    String hash = record == null ? "1-old" : record.specHash();
    Map<String, String> labels =
        Map.of(
            Ownership.CLUSTER, CLUSTER,
            Ownership.JOB, job,
            Ownership.INCARNATION, Long.toString(incarnation),
            Ownership.SPEC, hash);
    Container made =
        made(
            job + "." + incarnation,
            restart(job).atFirst().kind(),
            labels,
            state,
            exitCode,
            health,
            List.of());
    on(host).add(made);
    if (state == Container.State.RUNNING) {
      remember(job, m -> m.saw(job, incarnation, made, restart(job), NOW.minusSeconds(30)));
    }
    return this;
  }

  /** A record and a container that was first seen running this many seconds ago. */
  Scene runningFor(int seconds, String job, String host) {
    running(job, host);
    Instant since = NOW.minusSeconds(seconds);
    return remember(job, _ -> JobMemory.NONE.saw(job, 5, container(job), restart(job), since));
  }

  Scene stranger(String host, String name, int port) {
    return stranger(host, name, port, Container.State.RUNNING);
  }

  Scene strangerEnded(String host, String name, int port) {
    return stranger(host, name, port, Container.State.EXITED);
  }

  private Scene stranger(String host, String name, int port, Container.State state) {
    on(host)
        .add(
            made(
                name,
                RestartPolicy.Kind.UNLESS_STOPPED,
                Map.of(),
                state,
                0,
                null,
                List.of(new Port("", port, 80, "tcp"))));
    return this;
  }

  private RestartPolicy restart(String job) {
    Service service = services.get(Names.serviceOf(job));
    return service == null ? RestartPolicy.DEFAULT : service.container().restart();
  }

  private static Container made(
      String name,
      RestartPolicy.Kind restart,
      Map<String, String> labels,
      Container.State state,
      int exitCode,
      @Nullable String health,
      List<Port> ports) {
    boolean ran = state != Container.State.CREATED;
    return new Container(
        "id-" + name,
        name,
        "demo",
        labels,
        false,
        state,
        exitCode,
        false,
        "",
        health,
        0,
        ran ? NOW.minusSeconds(30) : null,
        state == Container.State.EXITED ? NOW.minusSeconds(1) : null,
        restart,
        "TERM",
        ContainerSpec.DEFAULT_STOP_GRACE,
        ports);
  }

  Scene remember(String job, UnaryOperator<JobMemory> what) {
    memories.put(job, what.apply(memories.getOrDefault(job, JobMemory.NONE)));
    return this;
  }

  Scene busy(String job) {
    busy.add(job);
    return this;
  }

  /** So many calls are under way on a host. */
  Scene calls(String host, int count) {
    calls.put(host, count);
    return this;
  }

  /** Planning fails as soon as it asks for the calls of this job. */
  Scene bug(String job) {
    bugs.add(job);
    return this;
  }

  private boolean isBusy(String job) {
    if (bugs.contains(job)) {
      throw new IllegalStateException("a bug");
    }
    return busy.contains(job);
  }

  /** A service that was deleted with many others, without confirmation. */
  Scene held(String service) {
    held.add(service);
    return this;
  }

  /** A job whose key may have been lost by etcd. */
  Scene lost(String job) {
    lost.add(job);
    return this;
  }

  Scene stopsFrom(Instant moment) {
    stopsFrom = moment;
    return this;
  }

  Scene allocating() {
    allocating = true;
    return this;
  }

  Situation situation() {
    Map<String, Long> recordRevisions = new HashMap<>();
    Allocations records = new Allocations();
    allocations.values().forEach(records::put);
    allocations.forEach((job, record) -> recordRevisions.put(job, record.revision()));
    SortedMap<String, HostState> states = hostStates();
    long down =
        states.values().stream()
            .filter(host -> host.reach() != Reach.UP && host.word() != Availability.GONE)
            .count();
    return new Situation(
        NOW,
        new Settings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            8,
            100,
            policy,
            reserve),
        CLUSTER,
        20,
        lost::contains,
        stopsFrom,
        7,
        services,
        Projects.of(services.values()),
        revisions,
        contentRevisions,
        untouchable,
        held,
        gone,
        pins,
        Map.of(),
        records,
        recordRevisions,
        states,
        Running.on(states.values()),
        Loads.of(reserve, states.values(), records, id -> services.get(id), NOW),
        Planner.mostAreLost(down, states.size()),
        memories,
        this::isBusy,
        calls,
        progress,
        newDigests,
        allocating);
  }

  private SortedMap<String, HostState> hostStates() {
    SortedMap<String, HostState> states = new TreeMap<>();
    hosts.forEach(
        (name, host) -> {
          states.put(
              name,
              new HostState(
                  host.host(),
                  host.word(),
                  host.reach(),
                  host.lastContact(),
                  host.unusable(),
                  host.containers(),
                  owned(host, Ownership::of),
                  owned(host, Ownership::renamed),
                  engines.getOrDefault(name, EngineInfo.UNKNOWN),
                  volumes.getOrDefault(name, Set.of()),
                  host.seenAt()));
        });
    return states;
  }

  private static List<Ownership.Owned> owned(
      HostState host, BiFunction<Container, String, Ownership.@Nullable Owned> by) {
    return host.containers().stream()
        .map(container -> by.apply(container, CLUSTER))
        .filter(Objects::nonNull)
        .toList();
  }

  Plan plan() {
    return Planner.plan(situation());
  }

  /** The reason in the record that is about to be written for a job. */
  String why(String job) {
    return plan().actions().stream()
        .filter(Action.Allocate.class::isInstance)
        .flatMap(action -> ((Action.Allocate) action).changes().stream())
        .map(Action.Change::record)
        .filter(record -> record.job().equals(job))
        .map(Allocation::reason)
        .findFirst()
        .orElseThrow();
  }

  /** The actions of the plan, one per line. */
  List<String> actions() {
    List<String> lines = new ArrayList<>();
    for (Action action : plan().actions()) {
      switch (action) {
        case Action.Allocate(List<Action.Change> changes, long _) ->
            changes.forEach(
                change ->
                    lines.add(
                        (change instanceof Action.Change.Put ? "record " : "forget ")
                            + change.record().job()
                            + " on "
                            + change.record().host()));
        case Action.WritePin pin -> lines.add("pin " + pin.job() + " to " + pin.pin().hostname());
        case Action.Write _, Action.Claim _, Action.ListAgain _, Action.Remember _ -> {}
        case Action.Pull pull -> lines.add("pull for " + pull.job() + " on " + pull.host());
        case Action.Create create -> lines.add("create " + create.job() + " on " + create.host());
        case Action.Start start -> lines.add("start " + start.container() + " on " + start.host());
        case Action.Signal signal ->
            lines.add(signal.signal() + " " + signal.container() + " on " + signal.host());
        case Action.Remove remove ->
            lines.add("remove " + remove.container() + " on " + remove.host());
        case Action.Exec exec -> lines.add(exec.hooks() + " in " + exec.container());
        case Action.Resolve look -> lines.add("look up " + look.image() + " on " + look.host());
        case Action.Look look -> lines.add("look at " + look.container());
        case Action.Connect connect ->
            lines.add(
                "connect "
                    + connect.container()
                    + " to "
                    + String.join(", ", connect.networks().keySet()));
        case Action.SetRestart set -> lines.add("restart policy of " + set.container());
      }
    }
    return lines;
  }

  /** The spec hash of a service's current definition. */
  String hash(String service) {
    return Objects.requireNonNull(services.get(service)).specHash();
  }

  private List<Container> on(String host) {
    return Objects.requireNonNull(containers.get(host));
  }

  /** What the plan of a service depends on besides its own keys and containers. */
  ServicePlan.Reads reads(String service) {
    return Objects.requireNonNull(plan().services().get(service)).reads();
  }

  /** When a service is planned again if nothing happens before, or null. */
  @Nullable Instant wake(String service) {
    return Objects.requireNonNull(plan().services().get(service)).wake();
  }

  RolloutView rollout(String service) {
    return Objects.requireNonNull(plan().rollouts().get(service));
  }

  JobView view(String job) {
    return Objects.requireNonNull(plan().jobs().get(job));
  }

  /** The reason why a job does not run as desired, as in its status. */
  String reason(String job) {
    return view(job).reason();
  }

  JobView.State state(String job) {
    return view(job).state();
  }
}
