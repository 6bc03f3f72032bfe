package io.dowding.control;

import io.dowding.control.ServiceStatus.JobStatus;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.model.Service.Mode;
import io.dowding.plan.JobMemory;
import io.dowding.plan.JobView;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Plan;
import io.dowding.plan.Versions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is, beside what should be, as others read it. */
final class Statuses {

  /** A deletion that is being acted upon. */
  static final String REMOVING = "removing";

  private final World world;
  private final Plan plan;
  private final Bugs bugs;
  private final SortedMap<String, Object> all = new TreeMap<>();
  private final SortedMap<String, List<JobView>> views = new TreeMap<>();

  private Statuses(World world, Plan plan, Bugs bugs) {
    this.world = world;
    this.plan = plan;
    this.bugs = bugs;
    plan.jobs()
        .values()
        .forEach(
            view ->
                views
                    .computeIfAbsent(Names.serviceOf(view.job()), s -> new ArrayList<>())
                    .add(view));
  }

  /** Every key that should be there, with its value. */
  static SortedMap<String, Object> of(
      World world, Plan plan, SortedMap<String, HostStatus.Hold> holds, Bugs bugs) {
    return new Statuses(world, plan, bugs).all(holds);
  }

  /** A status that cannot be made stays as it was, and keeps no other from being written. */
  private void put(String key, Supplier<Object> value) {
    Object before = world.keys.published.get(key);
    if (before != null) {
      all.put(key, before);
    }
    bugs.caught(() -> all.put(key, value.get()));
  }

  private SortedMap<String, Object> all(SortedMap<String, HostStatus.Hold> holds) {
    var names = new TreeSet<>(world.keys.services());
    names.addAll(views.keySet());
    world.keys.allocations.values().stream()
        .filter(record -> !record.isOfLibrary())
        .forEach(record -> names.add(record.service()));
    for (String name : names) {
      put("status/services/" + name, () -> service(name));
      Versions versions = Updates.kept(world.keys, name, plan.rollouts().get(name));
      Object kept = world.keys.published.get("versions/" + name);
      if (versions != null) {
        all.put("versions/" + name, versions);
      } else if (kept != null) {
        // The last valid version stays as long as anything of its service does.
        all.put("versions/" + name, kept);
      }
    }
    world.hosts.forEach((name, host) -> put("status/hosts/" + name, () -> host(host)));
    holds.forEach((name, hold) -> all.put("status/holds/" + name, hold));
    all.putAll(KeyProblem.all(world.identity.base(), world.keys.problems()));
    return all;
  }

  private ServiceStatus service(String name) {
    Definitions.Entry entry = world.keys.definitions.entries().get(name);
    Service service = world.keys.definitions.services().get(name);
    List<JobView> jobs = views.getOrDefault(name, List.of());
    SortedMap<String, JobStatus> statuses = new TreeMap<>(Names::compareJobs);
    jobs.forEach(view -> statuses.put(view.job(), job(view)));
    int running = (int) jobs.stream().filter(this::counts).count();
    return new ServiceStatus(
        state(entry, service, jobs),
        desired(service, jobs),
        running,
        entry == null ? 0 : entry.revision(),
        service == null ? 0 : service.generation(),
        service != null && service.container().isImmutable() ? service.container().image() : null,
        message(name, entry, service, jobs),
        Updates.status(world.keys, name, plan.rollouts().get(name)),
        statuses);
  }

  /** A container on a host that does not answer counts for nothing: it may have ended. */
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

  private static String state(
      Definitions.@Nullable Entry entry, @Nullable Service service, List<JobView> jobs) {
    if (entry == null) {
      return jobs.stream().anyMatch(view -> view.state() == State.HELD) ? "held" : REMOVING;
    }
    if (entry.valid() == null) {
      return "invalid";
    }
    if (service != null && !service.running()) {
      return jobs.isEmpty() ? "stopped" : "stopping";
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
    if (!paused && jobs.stream().allMatch(JobView::settled)) {
      return "running";
    }
    return jobs.stream().anyMatch(view -> view.state() == State.STARTING) ? "starting" : "degraded";
  }

  private @Nullable String message(
      String name,
      Definitions.@Nullable Entry entry,
      @Nullable Service service,
      List<JobView> jobs) {
    if (entry != null && entry.valid() == null) {
      return entry.problem()
          + (service == null
              ? "; nothing of it was ever valid, so nothing runs"
              : "; the last valid definition stays in force");
    }
    String update = Updates.message(world.keys, name, plan.rollouts().get(name));
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
    JobMemory memory = world.memories.getOrDefault(view.job(), JobMemory.NONE);
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
    return new HostStatus(
        reach.word(),
        Times.second(host.reachSince()),
        reach == Reach.UP ? null : Times.second(host.lastContact()),
        world.keys.word(host.host.hostname()).word(),
        host.knownEngine.isEmpty() ? null : host.knownEngine,
        host.engine.version().isEmpty() ? null : host.engine.version(),
        ours,
        containers.size() - ours,
        host.engine.cpus(),
        host.engine.memoryBytes(),
        error(host),
        stays(host),
        world.keys.problem("hosts/" + host.host.hostname()));
  }

  private @Nullable List<String> stays(HostWorld host) {
    String hostname = host.host.hostname();
    if (world.keys.word(hostname) != Availability.DRAIN) {
      return null;
    }
    List<String> stays =
        plan.jobs().values().stream()
            .filter(view -> hostname.equals(view.host()) && view.state() != State.REMOVING)
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

  /** What must be written or deleted so that these are the keys that are there. */
  static SortedMap<String, Optional<Object>> difference(
      Map<String, Object> there, SortedMap<String, Object> wanted) {
    SortedMap<String, Optional<Object>> changes = new TreeMap<>();
    wanted.forEach(
        (key, value) -> {
          if (!value.equals(there.get(key))) {
            changes.put(key, Optional.of(value));
          }
        });
    there
        .keySet()
        .forEach(
            key -> {
              if (!wanted.containsKey(key)) {
                changes.put(key, Optional.empty());
              }
            });
    return changes;
  }
}
