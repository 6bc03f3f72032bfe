package io.dowding.sim;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.control.Deletions;
import io.dowding.etcd.Kv;
import io.dowding.model.Container;
import io.dowding.model.Content;
import io.dowding.model.Hooks;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.PreStart;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import io.dowding.model.Service.Mode;
import io.dowding.model.TextContent;
import io.dowding.model.UpdateConfig;
import io.dowding.plan.Action;
import io.dowding.sim.FakeEngine.Box;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the desired and the actual state of a simulation, and throws {@link Broken} when a promise
 * is broken. It relies on nothing that an agent reports.
 */
final class Oracle {

  private static final Pattern FIELD =
      Pattern.compile("\"(host|spec|incarnation|replaces)\":\"?([^\",}]*)");
  private static final String ALLOCATIONS = Simulation.BASE + "/allocations/";
  private static final double SLOWEST_CLOCK = 0.95;
  private static final int MAX_TRIES = 25;
  private static final long LONG_KNOWN = 30_000;
  static final long TWO_ROUNDS = 2 * 60_000 + 10_000;

  private final Simulation sim;
  private final StepOracle steps;

  /** The services that users want, even if etcd has lost or restored them. */
  final SortedMap<String, Service> wanted = new TreeMap<>();

  private final Map<String, String> definitions = new HashMap<>();

  /** The current content of each config and secret; absent if a user deleted it. */
  private final Map<String, Content> contents = new TreeMap<>();

  private String lastCluster = "";

  /** Jobs that were created once. Dependencies apply only to the first creation. */
  private final Set<String> made = new HashSet<>();

  /** Groups of services that were deleted together by mistake; the deletion is not confirmed. */
  private final List<Set<String>> slips = new ArrayList<>();

  /** The last image of each job and definition that follow a tag. */
  private final Map<String, Followed> followed = new HashMap<>();

  /**
   * Each job and definition, and a failing image that was replaced although the tag had not moved.
   */
  private final Set<String> rolledBack = new HashSet<>();

  private int fewestServing = Integer.MAX_VALUE;
  private long lastChanges = -1;
  private long nextLook;
  private final Map<String, Deque<Long>> recentTries = new HashMap<>();
  private final Set<String> stopping = new HashSet<>();
  private final Set<String> preStopped = new HashSet<>();
  private final Map<String, String> createdOn = new HashMap<>();
  private final Map<String, Long> pinnedSince = new HashMap<>();
  private final Map<String, Long> doubledSince = new HashMap<>();
  private final Map<String, Long> stateChangedAt = new HashMap<>();
  private final Map<String, Long> troubleAt = new HashMap<>();

  /** The last recorded host of each job. */
  private final Map<String, String> recordedOn = new HashMap<>();

  /** When that host was chosen. */
  private final Map<String, Long> recordedAt = new HashMap<>();

  private final Set<String> everRemoved = new HashSet<>();

  /** Whether no job may ever run twice. Set for runs without partitions. */
  boolean strict;

  /** Thrown when a promise is broken. */
  static final class Broken extends Error {
    private static final long serialVersionUID = 1;
    final String promise;

    Broken(String promise, String what) {
      super(promise + ": " + what);
      this.promise = promise;
    }
  }

  private record Followed(String digest, long incarnation) {}

  /** The fields of an allocation in etcd. */
  record Recorded(String host, String spec, long incarnation, long replaces) {}

  Oracle(Simulation sim) {
    this.sim = sim;
    this.steps = new StepOracle(sim, this);
  }

  private void broken(String promise, String what) {
    throw new Broken(promise, "at " + sim.time.now() + " ms " + what);
  }

  // desired state

  void wants(String service, String json) {
    writtenAgain(service);
    Service read = read(service, json);
    if (read != null) {
      definitions.put(service, json);
      if (read.missingContents().isEmpty()) {
        wanted.put(service, read);
      }
    }
  }

  /** Returns null if the value is invalid; the last valid definition stays in effect. */
  private @Nullable Service read(String service, String json) {
    try {
      return ServiceReader.read(service, 1, json.getBytes(StandardCharsets.UTF_8))
          .withContents(contents);
    } catch (InvalidServiceException unusable) {
      return null;
    }
  }

  /** Sets the desired content of a config or secret; null means that a user deleted it. */
  void wantsContent(String key, @Nullable String text) {
    if (text == null) {
      contents.remove(key);
    } else {
      contents.put(key, TextContent.of(text));
    }
    definitions.forEach(
        (name, json) -> {
          Service read = read(name, json);
          if (read != null && read.missingContents().isEmpty()) {
            wanted.put(name, read);
          }
        });
  }

  /** The content that users last wrote, or null. */
  @Nullable Content content(String key) {
    return contents.get(key);
  }

  /**
   * Notes that a service was written again. If no agent saw the mass deletion, the services that
   * are still missing may now be too few to be held, and the agent may treat them as deleted on
   * purpose.
   */
  void writtenAgain(String service) {
    startsOver(service);
    rolledBack.removeIf(what -> Names.serviceOf(what.split(" ", 2)[0]).equals(service));
    String prefix = Simulation.BASE + "/services/";
    int present = (int) sim.etcd.keys().keySet().stream().filter(k -> k.startsWith(prefix)).count();
    for (Set<String> slip : slips) {
      if (slip.remove(service) && !Deletions.isMany(slip.size(), present + slip.size())) {
        wanted.keySet().removeAll(slip);
        definitions.keySet().removeAll(slip);
        slip.clear();
      }
    }
    slips.removeIf(Set::isEmpty);
  }

  /** Notes that these services were deleted together by mistake. */
  void slipped(Set<String> services) {
    slips.forEach(before -> before.removeAll(services));
    slips.add(services);
  }

  /** Forgets all mass deletions: each service was written again, or is no longer wanted. */
  void noSlips() {
    slips.clear();
  }

  /** The last valid definition that users wrote, or null. */
  @Nullable String definition(String service) {
    return wanted.containsKey(service) ? definitions.get(service) : null;
  }

  void noLongerWants(String service) {
    slips.forEach(slip -> slip.remove(service));
    everRemoved.add(service);
    wanted.remove(service);
    definitions.remove(service);
  }

  /** Notes that the pre_stop hook of this container was attempted. */
  void lastWord(String container) {
    preStopped.add(container);
  }

  /** Notes that a user changed the state of this host. */
  void said(String host) {
    stateChangedAt.put(host, sim.time.now());
  }

  void pinned(String subject) {
    pinnedSince.put(subject, sim.time.now());
  }

  /** When the last fault of this host, or {@code all}, was; 0 for never. */
  long troubleAt(String target) {
    return troubleAt.getOrDefault(target, 0L);
  }

  /** Notes a fault of this host or agent. The promises get some time to hold again. */
  void trouble(String target) {
    troubleAt.put(target, sim.time.now());
  }

  @Nullable Recorded record(String job) {
    String value = sim.etcd.value(Simulation.BASE + "/allocations/" + job);
    if (value == null) {
      return null;
    }
    Map<String, String> fields = new HashMap<>();
    Matcher matcher = FIELD.matcher(value);
    while (matcher.find()) {
      fields.putIfAbsent(matcher.group(1), matcher.group(2));
    }
    return new Recorded(
        fields.getOrDefault("host", ""),
        fields.getOrDefault("spec", ""),
        Long.parseLong(fields.getOrDefault("incarnation", "0")),
        Long.parseLong(fields.getOrDefault("replaces", "0")));
  }

  /** The jobs that must run. */
  Set<String> jobsOf(Service service) {
    Set<String> jobs = new java.util.TreeSet<>(Names::compareJobs);
    if (!service.running()) {
      return jobs;
    }
    switch (service.mode()) {
      case Mode.Replicated(int replicas) -> {
        for (int n = 1; n <= replicas; n++) {
          jobs.add(Names.replica(service.name(), n));
        }
      }
      case Mode.Global() -> {
        for (String host : sim.inventory.keySet()) {
          String word = sim.etcd.value(Simulation.BASE + "/hosts/" + host);
          if (word == null || word.equals("active")) {
            jobs.add(Names.onHost(service.name(), host));
          }
        }
      }
    }
    return jobs;
  }

  /** The service as it applies to this job; null if the service is not wanted. */
  @Nullable Service wantedAs(String job) {
    Service service = wanted.get(Names.serviceOf(job));
    return service == null ? null : service.of(job);
  }

  boolean isWanted(String job) {
    Service service = wanted.get(Names.serviceOf(job));
    if (service == null) {
      return false;
    }
    if (PreStart.isJob(job)) {
      return service.running() && !service.of(job).equals(service);
    }
    if (!service.isGlobal()) {
      return jobsOf(service).contains(job);
    }
    String host = job.substring(service.name().length() + 1);
    String word = sim.etcd.value(Simulation.BASE + "/hosts/" + host);
    // A paused host keeps its containers.
    return service.running()
        && sim.inventory.containsKey(host)
        && (word == null || word.equals("active") || word.equals("pause"));
  }

  // what agents do

  /** Checks a transaction that an agent committed to etcd. */
  void committed(SimAgent agent, List<Kv.Write> writes) {
    for (Kv.Write write : writes) {
      if (write.key().startsWith(Simulation.BASE + "/allocations/")
          || write.key().startsWith(Simulation.BASE + "/status/")) {
        Kv.Entry first = null;
        for (Map.Entry<String, Kv.Entry> entry : sim.etcd.keys().entrySet()) {
          if (entry.getKey().startsWith(Simulation.BASE + "/leader/")
              && entry.getValue().text().contains("\"agent")
              && (first == null || entry.getValue().created() < first.created())) {
            first = entry.getValue();
          }
        }
        if (sim.time.now() - sim.restoredAt < 2 * SimStore.TTL.toMillis()) {
          // A restore brings back old candidates until their leases expire, and an election among
          // the etcd members renews those leases in full.
          return;
        }
        if (first == null || !first.text().contains("\"" + agent.name + "\"")) {
          broken("S6", agent.name + " wrote " + write.key() + " but does not lead");
        }
      }
      if (write instanceof Kv.Write.Put put && put.key().startsWith(ALLOCATIONS)) {
        recorded(put.key().substring(ALLOCATIONS.length()));
      }
      if (write instanceof Kv.Write.Put put && put.key().startsWith(Simulation.BASE + "/pins/")) {
        pinned(put.key().substring(Simulation.BASE.length() + "/pins/".length()));
      }
    }
  }

  private void recorded(String job) {
    Recorded record = record(job);
    if (record != null && !record.host().equals(recordedOn.put(job, record.host()))) {
      recordedAt.put(job, sim.time.now());
      checkReservations(job, record);
    }
  }

  /**
   * Checks that a newly placed job fits into what its host has free. Reservations of removed
   * services are unknown and do not count, and adopted containers may exceed the capacity.
   */
  private void checkReservations(String job, Recorded record) {
    Resources free = FakeInfo.of("").capacity();
    for (String key : sim.etcd.keys().keySet()) {
      String other = key.startsWith(ALLOCATIONS) ? key.substring(ALLOCATIONS.length()) : "";
      Service service = wanted.get(Names.serviceOf(other));
      Recorded there = service == null ? null : record(other);
      if (there == null || !there.host().equals(record.host())) {
        continue;
      }
      if (String.valueOf(sim.etcd.value(key)).contains("\"adopted")) {
        return;
      }
      if (!everRemoved.contains(Names.serviceOf(other))) {
        free = free.minus(Objects.requireNonNull(service).placement().reservation());
      }
    }
    Service own = wanted.get(Names.serviceOf(job));
    boolean reserves = own != null && !own.placement().reservation().isNone();
    if (reserves && sim.restoredAt <= 0 && (free.nanoCpus() < 0 || free.memoryBytes() < 0)) {
      broken("room", job + " is recorded on " + record.host() + ", where too much is reserved");
    }
  }

  /** Checks a call of an agent that changes a host, when it arrives there. */
  void mutation(
      SimAgent agent,
      String host,
      FakeEngine engine,
      String name,
      String id,
      Action.@Nullable OnHost action,
      boolean late) {
    long sinceRenewal = sim.time.now() - agent.lastRenewal();
    long usable = SimStore.TTL.toMillis() - SimStore.TTL.toMillis() / 5;
    // The agent's clock may be slow by this factor.
    if (sinceRenewal * SLOWEST_CLOCK > usable + 5) {
      broken(
          "S7",
          agent.name + " " + name + " on " + host + ", " + sinceRenewal + " ms after its renewal");
    }
    if (name.equals("start") || name.equals("create")) {
      checkRetries(host + " " + (action == null ? id : action.job()));
    }
    if (name.equals("create")) {
      if (action instanceof Action.Create create) {
        checkPin(create);
        checkDependencies(create);
        steps.created(create);
        checkFollowed(create);
      }
      return;
    }
    Box box = engine.box(id);
    if (box == null) {
      return;
    }
    if (name.equals("start")) {
      steps.runsOnce(
          box.labels.getOrDefault(Ownership.JOB, ""), box.labels.getOrDefault(Ownership.SPEC, ""));
    }
    if (!box.id.equals(id)) {
      broken("S3", name + " of " + id + ", which is a name, not an id");
    }
    Ownership.Owned owned = Ownership.of(box.seen(), cluster());
    if (owned == null) {
      broken("S3", name + " of " + box.name + " on " + host + ", which is not ours");
      return;
    }
    if (name.startsWith("signal") || name.equals("remove")) {
      checkStop(host, name, box, owned);
    }
  }

  /** Checked only in scenarios, where no dependency disappears by accident. */
  private void checkDependencies(Action.Create create) {
    Service service = wanted.get(Names.serviceOf(create.job()));
    if (!strict || service == null || !made.add(create.job())) {
      return;
    }
    for (Service.Dependency needed : service.dependsOn()) {
      boolean met =
          sim.engines.values().stream()
              .flatMap(engine -> engine.boxes().stream())
              .filter(box -> needed.service().equals(serviceOf(box)))
              .filter(box -> !PreStart.isJob(box.labels.getOrDefault(Ownership.JOB, "")))
              .anyMatch(
                  box ->
                      needed.condition() == Service.Condition.COMPLETED
                          ? box.state == Container.State.EXITED && box.exitCode == 0
                          : box.startedAt != null);
      if (!met) {
        broken("depends_on", create.job() + " is created before " + needed.service());
      }
    }
  }

  /** Whether the tag of the job's service is at this image now. */
  private boolean isNamed(String job, String digest) {
    Service service = wanted.get(Names.serviceOf(job));
    return service != null && digest.equals(sim.registry.digest(service.container().tag()));
  }

  /** Checks that a failing image to which a tag has moved is rolled out only once. */
  private void checkFollowed(Action.Create create) {
    String spec = create.record().specHash();
    int at = spec.indexOf('@');
    String digest = at < 0 ? "" : spec.substring(at + 1);
    String what = create.job() + " " + (at < 0 ? spec : spec.substring(0, at));
    Followed last = followed.get(what);
    if (sim.restoredAt > 0) {
      return;
    }
    if (last == null || create.record().incarnation() > last.incarnation()) {
      followed.put(what, new Followed(digest, create.record().incarnation()));
      boolean isOther = last != null && !digest.equals(last.digest());
      if (isOther && sim.registry.fails(last.digest()) && isNamed(create.job(), last.digest())) {
        rolledBack.add(what + " " + last.digest());
      }
      if (isOther && rolledBack.contains(what + " " + digest)) {
        broken("follow", create.job() + " gets " + digest + " again, which was rolled back");
      }
    }
  }

  private static String serviceOf(Box box) {
    String job = box.labels.get(Ownership.JOB);
    return job == null ? "" : Names.serviceOf(job);
  }

  /** A tag that services may follow names another image. */
  void tagMoved(String tag) {
    wanted.values().stream()
        .filter(service -> tag.equals(service.container().tag()))
        .forEach(service -> startsOver(service.name()));
  }

  /** Another definition or image is tried at once, whatever failed before. */
  private void startsOver(String service) {
    recentTries
        .keySet()
        .removeIf(what -> Names.serviceOf(what.substring(what.indexOf(' ') + 1)).equals(service));
  }

  /** Checks that retries after crashes or refusals back off. */
  private void checkRetries(String what) {
    Deque<Long> tries = recentTries.computeIfAbsent(what, w -> new ArrayDeque<>());
    tries.add(sim.time.now());
    while (tries.getFirst() < sim.time.now() - 60_000) {
      tries.removeFirst();
    }
    if (tries.size() > MAX_TRIES) {
      broken("17", what + " was tried " + tries.size() + " times within a minute");
    }
  }

  String cluster() {
    String value = sim.etcd.value(Simulation.BASE + "/cluster");
    Matcher matcher = Pattern.compile("\"uuid\":\"([^\"]*)\"").matcher(value == null ? "" : value);
    // An agent that does not know yet that etcd was wiped continues with the old cluster id.
    lastCluster = matcher.find() ? matcher.group(1) : lastCluster;
    return lastCluster;
  }

  private boolean hasJobOn(String host, Service service) {
    return jobsOf(service).stream()
        .map(this::record)
        .anyMatch(record -> record != null && record.host().equals(host));
  }

  private void checkPin(Action.Create create) {
    String job = create.job();
    Service service = wanted.get(Names.serviceOf(job));
    if (service == null || service.isGlobal()) {
      return;
    }
    if (PreStart.isJob(job) && hasJobOn(create.host(), service)) {
      // It runs where a job is; the pins of that job are checked when the job is created.
      return;
    }
    String subject = job;
    String text = sim.etcd.value(Simulation.BASE + "/pins/" + job);
    if (text == null) {
      subject = service.name();
      text = sim.etcd.value(Simulation.BASE + "/pins/" + service.name());
    }
    Pin pin = text == null ? null : Pin.parse(text);
    boolean isKnown = sim.time.now() - pinnedSince.getOrDefault(subject, 0L) > LONG_KNOWN;
    // A job stays on its host, also on one that was chosen before the pin was written.
    boolean isNew =
        !create.host().equals(createdOn.put(job, create.host()))
            && recordedAt.getOrDefault(job, 0L) >= pinnedSince.getOrDefault(subject, 0L);
    if (text != null && pin == null && isKnown && isNew) {
      broken(
          "S2", job + " is created on " + create.host() + ", but its pin is unreadable: " + text);
    }
    if (pin instanceof Pin.ToHost(String hostname, boolean _)
        && !hostname.equals(create.host())
        && isKnown) {
      broken("S2", job + " is pinned to " + hostname + " but created on " + create.host());
    }
  }

  /**
   * Whether a restored backup defines the job's service differently from what users last wrote; its
   * containers are then replaced once the restore is confirmed.
   */
  private boolean isRestoredAs(@Nullable String json, String job, Service lastWritten) {
    if (json == null || sim.restoredAt <= 0) {
      return false;
    }
    Service restored = read(Names.serviceOf(job), json);
    return restored != null && !restored.of(job).specHash().equals(lastWritten.specHash());
  }

  private void checkStop(String host, String name, Box box, Ownership.Owned owned) {
    if (name.equals("signal KILL") && stopping.contains(box.id)) {
      // It got SIGTERM while it was not wanted, so the stop must be completed.
      return;
    }
    String job = owned.job();
    String serviceName = Names.serviceOf(job);
    if (slips.stream().anyMatch(slip -> slip.contains(serviceName))
        && sim.etcd.value(Simulation.BASE + "/services/" + serviceName) == null) {
      broken("S5", name + " of " + box.name + ": deleted together with many others, not confirmed");
    }
    Service service = wantedAs(job);
    if (service == null) {
      stopping.add(box.id);
      return;
    }
    String key = sim.etcd.value(Simulation.BASE + "/services/" + serviceName);
    if (key == null && service.running()) {
      broken("S5", name + " of " + box.name + ": etcd lost its service, no user deleted it");
    }
    Recorded record = record(job);
    boolean recorded =
        record != null && record.host().equals(host) && record.incarnation() == owned.incarnation();
    if (recorded
        && isWanted(job)
        && owned.specHash().equals(service.specHash())
        && !isRestoredAs(key, job, service)
        && !"unhealthy".equals(box.health)
        && !box.lackedNetwork
        && sim.time.now() - box.healthChangedAt > LONG_KNOWN
        && sim.time.now() - stateChangedAt.getOrDefault(host, Long.MIN_VALUE / 2) > LONG_KNOWN
        && box.state != Container.State.DEAD) {
      broken(
          "S5",
          name + " of " + box.name + " on " + host + ", although it matches the desired state");
    }
    if (name.startsWith("signal")
        && box.state == Container.State.RUNNING
        && Hooks.are(box.labels, Hooks.PRE_STOP)
        && !preStopped.contains(box.id)) {
      broken("pre_stop", box.name + " on " + host + " is stopped without its pre_stop hook");
    }
    stopping.add(box.id);
    checkServesMeanwhile(host, name, box, service, job);
    if (!recorded
        && name.startsWith("signal")
        && record != null
        && record.host().equals(host)
        && record.spec().equals(service.specHash())
        && box.isAlive()
        && !sim.engine(host).hasAny(service.container().image())) {
      broken("S8", box.name + " is stopped for an update whose image is not on " + host);
    }
  }

  // what runs

  /** Returns the owner of a container, even if it was renamed, or null if it is not ours. */
  static Ownership.@Nullable Owned owned(Box box, String cluster) {
    Ownership.Owned owned = Ownership.of(box.seen(), cluster);
    return box.forged ? null : owned == null ? Ownership.renamed(box.seen(), cluster) : owned;
  }

  /** Checks the running containers of all hosts. */
  void look() {
    long changes = 0;
    for (FakeEngine engine : sim.engines.values()) {
      changes += engine.changes();
    }
    if (changes == lastChanges && sim.time.now() < nextLook) {
      return;
    }
    lastChanges = changes;
    nextLook = sim.time.now() + 5000;
    steps.remember();
    Map<String, List<String>> running = new HashMap<>();
    Set<String> serving = new HashSet<>();
    String cluster = cluster();
    Set<FakeEngine> counted = new HashSet<>();
    Map<String, String> digests = new HashMap<>();
    Set<String> spared = new HashSet<>();
    sim.engines.forEach(
        (host, engine) -> {
          if (!engine.isUp() || !counted.add(engine)) {
            return;
          }
          for (Box box : engine.boxes()) {
            if (box.state == Container.State.RUNNING) {
              Ownership.Owned owned = owned(box, cluster);
              if (!box.files.equals(box.wantedFiles)) {
                broken("files", box.name + " runs with " + box.files);
              }
              if (owned != null && sim.restoredAt <= 0) {
                sameImage(owned, box, digests);
              }
              if (owned != null && serves(box)) {
                serving.add(owned.job());
              }
              if (owned != null && !(isBeingReplaced(owned) && spared.add(owned.job()))) {
                running.computeIfAbsent(owned.job(), j -> new ArrayList<>()).add(host);
              }
            }
          }
        });
    fewestServing = Math.min(fewestServing, serving.size());
    doubledSince.keySet().removeIf(job -> running.getOrDefault(job, List.of()).size() < 2);
    running.forEach(
        (job, hosts) -> {
          if (hosts.size() < 2) {
            return;
          }
          if (strict) {
            broken("S1", job + " runs on " + hosts);
          }
          long since = doubledSince.computeIfAbsent(job, j -> sim.time.now());
          for (String host : hosts) {
            since = Math.max(since, troubleAt.getOrDefault(host, 0L));
          }
          since = Math.max(since, troubleAt.getOrDefault("all", 0L));
          if (sim.time.now() - since > TWO_ROUNDS) {
            broken("S1", job + " has run on " + hosts + " for two rounds");
          }
        });
  }

  /** Containers with the same definition must use the same image, even if the tag moves. */
  private void sameImage(Ownership.Owned owned, Box box, Map<String, String> digests) {
    String definition = Names.serviceOf(owned.job()) + " " + owned.specHash();
    String digest = digests.computeIfAbsent(definition, d -> box.digest);
    if (!digest.equals(box.digest)) {
      broken("digest", box.name + " uses " + box.digest + ", others use " + digest);
    }
  }

  /** Whether the record keeps this older container until its replacement is good. */
  private boolean isBeingReplaced(Ownership.Owned owned) {
    Recorded record = record(owned.job());
    return record != null && record.replaces() != 0 && owned.incarnation() < record.incarnation();
  }

  /** With start-first, another container must serve before this one is stopped. */
  private void checkServesMeanwhile(
      String host, String name, Box box, Service service, String job) {
    boolean startsFirst =
        service.update().order() == UpdateConfig.Order.START_FIRST
            && service.container().ports().isEmpty();
    if (strict && startsFirst && name.startsWith("signal") && isWanted(job) && serves(box)) {
      boolean another =
          sim.engines.values().stream()
              .flatMap(engine -> engine.boxes().stream())
              .anyMatch(b -> b != box && job.equals(b.labels.get(Ownership.JOB)) && serves(b));
      if (!another) {
        broken("S8", box.name + " on " + host + " is stopped while no other serves");
      }
    }
  }

  private static boolean serves(Box box) {
    return box.state == Container.State.RUNNING
        && (box.health == null || box.health.equals("healthy"));
  }

  /** Resets {@link #fewestServing}. */
  void watchServing() {
    fewestServing = Integer.MAX_VALUE;
  }

  int fewestServing() {
    return fewestServing;
  }
}
