package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.keys.Key;
import io.dowding.keys.KeyProblem;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.ServiceStatus.JobStatus;
import io.dowding.keys.ServiceStatus.UpdateStatus;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.PreStart;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.model.Service.Mode;
import io.dowding.plan.JobMemory;
import io.dowding.plan.JobView;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Loads;
import io.dowding.plan.RolloutView;
import io.dowding.plan.Scope;
import io.dowding.plan.ServicePlan;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The published status: actual next to desired state. Each value is rebuilt when something it shows
 * may have changed, and compared with etcd.
 */
final class Statuses {

  /** A deletion that is being acted on. */
  static final String REMOVING = "removing";

  private final World world;
  private final Mirror mirror;
  private final Set<String> services = new TreeSet<>();
  private final Set<String> hosts = new TreeSet<>();

  /** Keys of holds and problems, as last published. */
  private Set<String> others = Set.of();

  private boolean all = true;

  Statuses(World world) {
    this.world = world;
    this.mirror = new Mirror(world, key -> !key.startsWith(Key.VERSIONS));
  }

  /** These services were planned again, and these hosts reported something. */
  void outdated(Scope scope, Collection<String> hostnames) {
    switch (scope) {
      case Scope.All() -> all = true;
      case Scope.Of(SortedSet<String> names) -> services.addAll(names);
    }
    hosts.addAll(hostnames);
  }

  /** The value of this key in etcd changed. */
  void written(String key) {
    mirror.written(key);
  }

  /** Counts of the wanted values. */
  Census census() {
    return mirror.census();
  }

  /** The values to write, or to delete, so that etcd matches. */
  SortedMap<String, Optional<Object>> changes(
      SortedMap<String, HostStatus.Hold> holds, Instant now, Bugs bugs) {
    update(holds, bugs);
    return mirror.changes(now);
  }

  /**
   * @throws IllegalStateException if any status differs from one that is built from scratch
   */
  void prove(SortedMap<String, HostStatus.Hold> holds, Bugs bugs) {
    Statuses whole = new Statuses(world);
    whole.update(holds, bugs);
    mirror.prove(whole.mirror);
  }

  private void update(SortedMap<String, HostStatus.Hold> holds, Bugs bugs) {
    if (all) {
      all = false;
      services.addAll(world.serviceNames());
      world.hosts.forEach((name, host) -> hosts.add(name));
      mirror.clear();
    }
    hosts.addAll(world.keys.hostSettings.on(Availability.DRAIN));
    // A status that cannot be built is built again at the next update.
    for (String name : List.copyOf(services)) {
      if (mirror.want(Key.SERVICE_STATUS + name, () -> ofService(name), bugs)) {
        services.remove(name);
      }
    }
    for (String name : List.copyOf(hosts)) {
      if (mirror.want(Key.HOST_STATUS + name, () -> ofHost(name), bugs)) {
        hosts.remove(name);
      }
    }
    SortedMap<String, Object> now = new TreeMap<>();
    holds.forEach((name, hold) -> now.put(Key.HOLDS + name, hold));
    now.putAll(KeyProblem.all(world.identity.base(), world.keys.problems()));
    others.stream().filter(key -> !now.containsKey(key)).forEach(key -> mirror.want(key, null));
    now.forEach(mirror::want);
    others = Set.copyOf(now.keySet());
  }

  private @Nullable ServiceStatus ofService(String name) {
    return world.hasPartOf(name) ? service(name, world.plans.of(name)) : null;
  }

  private @Nullable HostStatus ofHost(String name) {
    HostWorld host = world.hosts.get(name);
    return host == null ? null : host(host);
  }

  private ServiceStatus service(String name, ServicePlan plan) {
    Definitions.Entry entry = world.keys.definitions.entries().get(name);
    Service service = world.keys.definitions.services().get(name);
    SortedMap<String, JobStatus> statuses = new TreeMap<>(Names::compareJobs);
    plan.jobs().values().forEach(view -> statuses.put(view.job(), job(view)));
    List<JobView> jobs =
        plan.jobs().values().stream().filter(view -> !PreStart.isJob(view.job())).toList();
    RolloutView rollout = plan.rollout();
    Set<String> served = rollout == null ? Set.of() : rollout.served();
    int running =
        (int) jobs.stream().filter(view -> counts(view) || served.contains(view.job())).count();
    return new ServiceStatus(
        state(entry, service, jobs, plan),
        desired(service, jobs),
        running,
        entry == null ? 0 : entry.revision(),
        service == null ? 0 : service.generation(),
        service != null && service.container().isImmutable() ? service.container().image() : null,
        message(name, entry, service, jobs, plan.rollout()),
        Updates.status(world.keys, name, plan.rollout()),
        statuses);
  }

  /** A container on a host that does not answer does not count: it may have ended. */
  private boolean counts(JobView view) {
    HostWorld host = view.host() == null ? null : world.hosts.get(view.host());
    boolean seen = host != null && host.lastReach() == Reach.UP;
    return seen && (view.state() == State.RUNNING || isRunning(view.container()));
  }

  private static boolean isRunning(@Nullable Container container) {
    return container != null && container.state() == Container.State.RUNNING;
  }

  private static int desired(@Nullable Service service, List<JobView> jobs) {
    if (service == null || !service.running()) {
      return 0;
    }
    return switch (service.mode()) {
      case Mode.Replicated(int replicas) -> replicas;
      case Mode.Global() ->
          (int) jobs.stream().filter(view -> view.state() != State.REMOVING).count();
    };
  }

  private String state(
      Definitions.@Nullable Entry entry,
      @Nullable Service service,
      List<JobView> jobs,
      ServicePlan plan) {
    Collection<JobView> withSteps = plan.jobs().values();
    if (entry == null) {
      return withSteps.stream().anyMatch(view -> view.state() == State.HELD) ? "held" : REMOVING;
    }
    if (entry.valid() == null) {
      return "invalid";
    }
    if (service != null && !service.running()) {
      return withSteps.isEmpty() ? "stopped" : "stopping";
    }
    if (jobs.stream().anyMatch(view -> view.state() == State.PENDING)) {
      return "pending";
    }
    if (jobs.stream().anyMatch(view -> !view.current())) {
      return "updating";
    }
    if (jobs.stream().allMatch(view -> view.state() == State.COMPLETED) && !jobs.isEmpty()) {
      return "completed";
    }
    boolean paused = jobs.stream().anyMatch(view -> view.state() == State.PAUSED);
    if (entry.valid() != null && isUpdating(entry.valid().name(), plan.rollout())) {
      return "updating";
    }
    if (!paused && jobs.stream().allMatch(JobView::settled)) {
      return "running";
    }
    return jobs.stream().anyMatch(view -> view.state() == State.STARTING) ? "starting" : "degraded";
  }

  /** Whether a new definition is being rolled out, and nothing failed. */
  private boolean isUpdating(String name, @Nullable RolloutView rollout) {
    UpdateStatus update = Updates.status(world.keys, name, rollout);
    return update != null && "updating".equals(update.state()) && update.why() == null;
  }

  private @Nullable String message(
      String name,
      Definitions.@Nullable Entry entry,
      @Nullable Service service,
      List<JobView> jobs,
      @Nullable RolloutView rollout) {
    if (entry != null && entry.valid() == null) {
      return entry.problem()
          + (service == null
              ? "; it was never valid, so nothing runs"
              : "; the last valid definition stays in effect");
    }
    String update = Updates.message(world.keys, name, rollout);
    if (update != null) {
      return update;
    }
    return jobs.stream()
        .filter(view -> !view.reason().isEmpty())
        .filter(view -> !view.settled() || view.state() == State.PAUSED)
        .findFirst()
        .map(view -> view.job() + ": " + view.reason())
        .orElse(null);
  }

  private JobStatus job(JobView view) {
    JobMemory memory = world.memories.of(view.job());
    Container container = view.container();
    Allocation record = world.keys.allocations.get(view.job());
    String hostname = view.host() == null && record != null ? record.host() : view.host();
    List<String> addresses = addresses(hostname, container);
    return new JobStatus(
        hostname,
        record == null ? null : record.reason(),
        container == null ? null : container.shortId(),
        record != null && isRecorded(record, container) ? record.incarnation() : null,
        view.state().name().toLowerCase(Locale.ROOT),
        container == null ? null : container.health(),
        memory.failures() == 0 ? null : memory.failures(),
        addresses.isEmpty() ? null : addresses,
        container == null ? null : Times.second(container.startedAt()),
        view.reason().isEmpty() ? null : view.reason(),
        Times.second(view.nextTry()),
        memory.failures() == 0 ? null : memory.lastError(),
        memory.failures() == 0 && memory.completed() == 0 ? null : memory.countedExit(),
        memory.completed() == 0 ? null : memory.completed(),
        memory.postStarted().isEmpty() ? null : memory.postStarted());
  }

  private boolean isRecorded(Allocation record, @Nullable Container container) {
    HostWorld host = world.hosts.get(record.host());
    Ownership.Owned owned =
        container == null ? null : Ownership.of(container, world.identity.uuid());
    return (owned != null && owned.incarnation() == record.incarnation())
        || (host != null && host.emptied);
  }

  private List<String> addresses(@Nullable String hostname, @Nullable Container container) {
    HostWorld host = hostname == null ? null : world.hosts.get(hostname);
    if (host == null || container == null || !isRunning(container)) {
      return List.of();
    }
    return Addresses.of(host.host, container.ports());
  }

  private HostStatus host(HostWorld host) {
    Collection<Container> containers = host.containers();
    int ours = host.ours(world.identity.uuid()).size();
    Reach reach = host.lastReach();
    Loads.Room known = world.room(host.host.hostname());
    Loads.Room room = known == null || known.capacity().isNone() ? null : known;
    return new HostStatus(
        reach.word(),
        Times.second(host.reachSince()),
        reach == Reach.UP && host.isConnected() ? null : Times.second(host.lastContact()),
        world.keys.hostSettings.of(host.host.hostname()).word(),
        host.knownEngine.isEmpty() ? null : host.knownEngine,
        host.engine.version().isEmpty() ? null : host.engine.version(),
        ours,
        containers.size() - ours,
        host.engine.cpus(),
        host.engine.memoryBytes(),
        room == null ? null : HostStatus.Amount.of(room.capacity()),
        room == null ? null : HostStatus.Amount.of(room.reserved()),
        room == null ? null : HostStatus.Amount.of(room.capacity().left(room.reserved())),
        error(host),
        stays(host),
        problem(host));
  }

  private @Nullable String problem(HostWorld host) {
    String ofKey = world.keys.problem(Key.HOSTS + host.host.hostname());
    if (host.warning.isEmpty()) {
      return ofKey;
    }
    return ofKey == null ? host.warning : ofKey + "; " + host.warning;
  }

  private @Nullable List<String> stays(HostWorld host) {
    String hostname = host.host.hostname();
    if (world.keys.hostSettings.of(hostname) != Availability.DRAIN) {
      return null;
    }
    List<String> stays =
        world.plans.jobsOn(hostname).stream()
            .map(job -> world.plans.of(Names.serviceOf(job)).jobs().get(job))
            .filter(view -> view != null && view.state() != State.REMOVING)
            .filter(view -> !view.reason().isEmpty())
            .map(view -> view.job() + ": " + view.reason())
            .toList();
    return stays.isEmpty() ? null : stays;
  }

  private static @Nullable String error(HostWorld host) {
    if (!host.hold.isEmpty()) {
      return "held: " + host.hold;
    }
    return host.error.isEmpty() ? null : host.error;
  }
}
