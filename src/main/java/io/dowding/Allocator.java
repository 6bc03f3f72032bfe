package io.dowding;

import io.dowding.docker.Survey;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Host;
import io.dowding.model.Membership;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Fleet;
import io.dowding.placement.LibraryJobs;
import io.dowding.placement.PinChain;
import io.dowding.placement.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses hosts for the library's ids and records them. Each transaction compares the key shared by
 * all allocators, so two processes that choose at the same time notice each other.
 */
final class Allocator {

  /** How long answers of hosts may be reused; allocations made meanwhile are read from etcd. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private static final int MOST_TRIES = 200;
  private static final int LONGEST_PAUSE_MILLIS = 20;

  private final EtcdKeys keys;
  private final Inventory inventory;
  private final Survey survey;
  private final @Nullable Function<List<DockerHost>, DockerHost> leastBusy;

  /** Keeps threads of one process from racing each other for the sequence. */
  private final ReentrantLock lock = new ReentrantLock();

  private Map<String, Survey.Answer> answers = Map.of();
  private @Nullable Instant asked;

  Allocator(
      EtcdKeys keys,
      Inventory inventory,
      Survey survey,
      @Nullable Function<List<DockerHost>, DockerHost> leastBusy) {
    this.keys = keys;
    this.inventory = inventory;
    this.survey = survey;
    this.leastBusy = leastBusy;
  }

  /**
   * @param age the largest age of reused answers of hosts
   */
  View look(Duration age) throws InterruptedException {
    View view = inventory.over(new View(keys.snapshot()));
    if (ask(view, age)) {
      // Asking hosts takes a while, so allocations made meanwhile must be read too.
      view = inventory.over(new View(keys.snapshot()));
    }
    return view.asked(answers());
  }

  private synchronized Map<String, Survey.Answer> answers() {
    return answers;
  }

  private synchronized boolean ask(View view, Duration age) throws InterruptedException {
    boolean stale =
        asked == null
            || asked.plus(age).isBefore(Instant.now())
            || !answers.keySet().containsAll(view.inventory.keySet());
    if (stale) {
      answers = survey.ask(view.inventory.values());
      asked = Instant.now();
    }
    return stale;
  }

  Placed leastBusy() throws InterruptedException {
    View view = look(Duration.ZERO);
    return placed("", choose("", view), view);
  }

  Placed allocate(String id, @Nullable String parent) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
        boolean fresh = attempt == 0 && needsFreshLook(id, parent);
        View view = look(fresh ? Duration.ZERO : FRESH);
        Placed placed = place(id, parent, view);
        if (view.isOfService(id) || record(placed, view) > 0) {
          return placed;
        }
        Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
      }
    } finally {
      lock.unlock();
    }
    throw new SchedulerException.Conflict(
        "other allocators were faster " + MOST_TRIES + " times in a row; try again");
  }

  /**
   * Whether it matters which jobs run where, not only how many: then old answers are not enough.
   */
  private static boolean needsFreshLook(String id, @Nullable String parent) {
    return parent != null || !LibraryJobs.groupOf(id).isEmpty();
  }

  private Placed place(String id, @Nullable String parent, View view) {
    Optional<String> pinned = pinnedHost(id, view);
    if (pinned.isPresent()) {
      return at(id, pinned.get(), true, "pinned", view);
    }
    if (view.chain().pinOf(id) instanceof Pin.ToJob(String target)) {
      throw nowhere(id + " is pinned to " + target + ", which is not placed yet: place it first");
    }
    if (view.chain().pinOf(id) instanceof Pin.Unreadable(String problem)) {
      throw nowhere("the pin of " + id + " cannot be read: " + problem);
    }
    if (parent != null) {
      return at(id, hostOf(parent, id, view), false, "beside " + parent, view);
    }
    Allocation record = view.allocations.get(id);
    return view.isOfService(id) && record != null
        ? at(id, record.host(), false, record.reason(), view)
        : placed(id, choose(id, view), view);
  }

  private static String hostOf(String parent, String id, View view) {
    Allocation record = view.chain().allocationOf(parent);
    if (record != null) {
      return record.host();
    }
    for (Map.Entry<String, List<Container>> host : view.containers().entrySet()) {
      if (host.getValue().stream()
          .anyMatch(container -> container.isAlive() && LibraryJobs.isOf(container, parent))) {
        return host.getKey();
      }
    }
    throw nowhere(
        "the parent " + parent + " of " + id + " is not placed yet: allocate or start it first");
  }

  private static SchedulerException nowhere(String message) {
    return new SchedulerException.NoHostFits(message, new TreeMap<>());
  }

  /** The host that the id's pins lead to; empty if there is no pin, or its target has no host. */
  static Optional<String> pinnedHost(String id, View view) {
    PinChain chain = view.chain();
    String at = id;
    while (chain.pinOf(at) instanceof Pin.ToJob(String target)) {
      String loop = chain.loop(at, target);
      if (loop != null) {
        throw new SchedulerException.PinLoop("pin loop: " + loop + "; change one of these pins");
      }
      at = target;
    }
    if (chain.pinOf(at) instanceof Pin.ToHost(String hostname, boolean _)) {
      return Optional.of(hostname);
    }
    Allocation record = at.equals(id) ? null : chain.allocationOf(at);
    return Optional.ofNullable(record).map(Allocation::host);
  }

  private Choice choose(String id, View view) {
    Instant now = Instant.now();
    Map<String, String> avoid =
        view.isOfService(id)
            ? Map.of()
            : LibraryJobs.exclusions(id, view.allocations.values(), view.containers());
    Fleet fleet = view.fleet(now);
    Request request = new Request(id, service(id, view), avoid);
    Choice choice =
        leastBusy == null ? fleet.choose(request) : fleet.choose(request, this::byStrategy);
    if (choice.host() == null) {
      throw new SchedulerException.NoHostFits(choice.why(), choice.refused());
    }
    return choice;
  }

  /** The service that the id belongs to, for its constraints. */
  private static Service service(String id, View view) {
    Service service = view.services.get(io.dowding.model.Names.serviceOf(id));
    return service != null ? service : ANYTHING;
  }

  private Candidate byStrategy(List<Candidate> fit) {
    List<DockerHost> offered = fit.stream().map(Allocator::offer).toList();
    DockerHost chosen = java.util.Objects.requireNonNull(leastBusy).apply(offered);
    return fit.stream()
        .filter(candidate -> candidate.host().hostname().equals(chosen.hostname()))
        .findFirst()
        .orElseThrow(
            () ->
                new SchedulerException.UnknownHost(
                    "the strategy chose "
                        + chosen.hostname()
                        + ", which is not one of the given hosts"));
  }

  private static DockerHost offer(Candidate candidate) {
    Host host = candidate.host();
    return new DockerHost(
        host.hostname(),
        host.docker(),
        host.tags(),
        host.meta(),
        candidate.jobs(),
        candidate.load());
  }

  private static Placed placed(String id, Choice choice, View view) {
    return at(id, java.util.Objects.requireNonNull(choice.host()), false, choice.why(), view);
  }

  private static Placed at(String id, String hostname, boolean pinned, String why, View view) {
    Host host = view.inventory.get(hostname);
    return new Placed(
        id, hostname, host == null ? "" : host.docker(), pinned, view.isUp(hostname), why);
  }

  private long record(Placed placed, View view) {
    Allocation before = view.allocations.get(placed.id());
    long incarnation = Math.max(view.revision(), before == null ? 0 : before.incarnation() + 1);
    return keys.record(
        new Allocation(
            placed.id(),
            placed.hostname(),
            "",
            "",
            0,
            incarnation,
            Instant.now(),
            placed.reason(),
            view.recordRevision(placed.id())),
        view.sequence());
  }

  boolean release(String id) throws InterruptedException {
    for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
      View view = new View(keys.snapshot());
      Allocation record = view.allocations.get(id);
      if (record == null || !record.isOfLibrary()) {
        return false;
      }
      if (keys.forget(id, record.revision())) {
        return true;
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
    }
    throw new SchedulerException.Conflict(id + " kept being changed by others; try again");
  }

  /** For an id that belongs to no service: no constraints. */
  private static final Service ANYTHING =
      new Service(
          "library",
          0,
          ContainerSpec.ofImage(""),
          "",
          new Service.Mode.Replicated(1),
          Service.Placement.ANYWHERE,
          new Service.PinRule.None(),
          null,
          new Service.Reschedule.Default(),
          true,
          List.of(),
          Service.OnUnhealthy.RESTART,
          UpdateConfig.DEFAULT,
          UpdateConfig.DEFAULT,
          Membership.NONE,
          Map.of());
}
