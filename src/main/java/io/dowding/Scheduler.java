package io.dowding;

import static java.util.Objects.requireNonNull;

import io.dowding.compose.Hints;
import io.dowding.docker.DockerSettings;
import io.dowding.docker.Survey;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.PinnedData;
import io.dowding.keys.Key;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.placement.LibraryJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks Docker hosts for jobs, honours pins, and keeps services in etcd. It has the API of the npm
 * module that dowding replaces, with the same names. It shares its keys and its placement with the
 * agent, works with or without a running agent, and starts none.
 *
 * <p>Thread-safe; several processes may use the same keys at once. Every call blocks until it has
 * its answer, with deadlines on all requests, and throws a {@link SchedulerException} that says
 * what happened and what to do.
 */
public final class Scheduler implements AutoCloseable {

  private static final int MOST_TRIES = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final EtcdSettings settings;
  private final String base;
  private final EtcdKeys keys;
  private final Inventory inventory;
  private final Survey survey;
  private final Allocator allocator;
  private volatile boolean isClosed;

  Scheduler(
      EtcdSettings settings,
      String base,
      EtcdKeys keys,
      @Nullable Supplier<? extends Collection<Host>> hosts,
      @Nullable Function<List<DockerHost>, DockerHost> leastBusy,
      DockerSettings docker) {
    this.settings = settings;
    this.base = base;
    this.keys = keys;
    this.inventory = new Inventory(hosts);
    this.survey = new Survey(docker);
    this.allocator = new Allocator(keys, inventory, survey, leastBusy);
  }

  /** The defaults are etcd at {@code http://127.0.0.1:2379} and the inventory in etcd. */
  public static SchedulerBuilder builder() {
    return new SchedulerBuilder();
  }

  /**
   * The least busy host, found by asking all hosts now; hosts that do not answer are left out.
   * Fewest containers first, then by name, unless the scheduler has a custom strategy.
   *
   * @throws SchedulerException.NoHostFits with each host's reason
   */
  public Placed leastBusy() {
    return asking(allocator::leastBusy);
  }

  /** Chooses a host without recording it, like {@link #leastBusy()}. */
  public Placed allocate() {
    return leastBusy();
  }

  /**
   * Chooses a host for a job. A pinned job goes to its pin, whether that host is up or not. Any
   * other job gets a new choice with each call, recorded in place of the earlier one. An id like
   * {@code auth.abc} avoids hosts where another {@code auth.*} is allocated or runs. Jobs of
   * services under {@code services/} are placed by the agent: for these, returns the present host,
   * or the one that would be chosen now, and records nothing.
   *
   * <p>How many containers a host has is at most five seconds old; keys and records are as of the
   * call. Threads that allocate at the same time share a transaction, so a custom strategy may run
   * on another thread than its caller's.
   *
   * @throws SchedulerException.NoHostFits with each host's reason
   * @throws SchedulerException.PinLoop if its pins lead back to itself
   * @throws SchedulerException.Conflict if other allocators kept being faster
   */
  public Placed allocate(String id) {
    checkId(id);
    return asking(() -> allocator.allocate(id, null));
  }

  /**
   * Places a job next to another one: where {@code parent} is allocated, or else where it runs.
   *
   * @throws SchedulerException.NoHostFits if the parent has no host
   */
  public Placed allocate(String id, String parent) {
    checkId(id);
    checkId(requireNonNull(parent, "parent"));
    return asking(() -> allocator.allocate(id, parent));
  }

  /**
   * Ends a job: deletes its record. Records of service jobs belong to the agent and stay.
   *
   * @return whether there was one
   */
  public boolean release(String id) {
    checkId(id);
    return asking(() -> allocator.release(id));
  }

  /**
   * Pins a job or service to a host; nothing overrides a pin.
   *
   * @throws SchedulerException.UnknownHost if the host is not in the inventory
   * @throws SchedulerException.DataLeftBehind if local data of a service's job is on another host;
   *     nothing is written
   */
  public void pin(String id, String hostname) {
    pin(id, hostname, false);
  }

  /**
   * The same.
   *
   * @param force allows a host that is not in the inventory, or that does not have the job's data
   */
  public void pin(String id, String hostname, boolean force) {
    checkId(id);
    requireNonNull(hostname, "hostname");
    if (!Names.isHostname(hostname)) {
      throw invalid("\"" + hostname + "\" is not a hostname: use a lower-case DNS name");
    }
    asking(
        () -> {
          var known = inventory.over(new View(keys.snapshot())).inventory.keySet();
          if (!force && !known.contains(hostname)) {
            throw new SchedulerException.UnknownHost(
                Hints.noHost(hostname, known) + " (force pins it anyway)");
          }
          writePin(id, new Pin.ToHost(hostname, false), force);
          return true;
        });
  }

  private void writePin(String id, Pin pin, boolean force) {
    PinnedData data = new PinnedData(keys);
    SortedMap<String, String> left = force ? new TreeMap<>() : data.leftBehind(id, pin);
    if (!left.isEmpty()) {
      throw new SchedulerException.DataLeftBehind(
          String.join("; ", PinnedData.words(left))
              + "; pinned to "
              + pin.text()
              + " it would start with an empty volume (force pins it anyway)",
          left);
    }
    data.write(id, pin);
  }

  /**
   * Removes a pin. A job with local data that an earlier {@link #pin} left behind is pinned to that
   * again.
   *
   * @return whether there was one
   */
  public boolean unpin(String id) {
    checkId(id);
    return asking(
        () -> {
          boolean was = keys.get(Key.PINS + id).isPresent();
          new PinnedData(keys).remove(id);
          return was;
        });
  }

  /**
   * The host that a job or service is pinned to, by its own pin or its service's; follows {@link
   * #pinTo}. Empty if it is not pinned, or its target is not placed yet.
   *
   * @throws SchedulerException.PinLoop naming the loop
   */
  public Optional<String> isPinned(String id) {
    checkId(id);
    return asking(() -> Placing.pinnedHost(id, new View(keys.snapshot())));
  }

  /**
   * Pins a job or service to the host of another one, now or as soon as that one is placed.
   *
   * @throws SchedulerException.PinLoop if that would lead back to {@code id}; nothing is written
   * @throws SchedulerException.DataLeftBehind if local data of a service's job is on another host,
   *     or {@code target} is not placed yet; nothing is written
   */
  public void pinTo(String id, String target) {
    pinTo(id, target, false);
  }

  /**
   * The same.
   *
   * @param force allows a host that does not have the job's data
   */
  public void pinTo(String id, String target, boolean force) {
    checkId(id);
    checkId(requireNonNull(target, "target"));
    asking(
        () -> {
          String loop = new View(keys.snapshot()).chain().loop(id, target);
          if (loop != null) {
            throw new SchedulerException.PinLoop(
                "pin loop: " + loop + "; change one of these pins");
          }
          writePin(id, new Pin.ToJob(target), force);
          return true;
        });
  }

  /** What became of a key that was to be changed. */
  public enum Added {
    NEW,
    CHANGED,
    /** It exists with the same meaning: nothing was written. */
    SAME,
    REMOVED
  }

  /**
   * Changes services, configs and secrets together. All are written in one transaction as far as
   * etcd's limits allow (128 keys and 1.5 MiB by default); beyond that contents come before
   * services, and removals last. If someone else changes one of the keys at the same moment,
   * nothing is written and {@code editing} is called again.
   *
   * @param editing looks at what is there, and says what is to be written
   * @return what became of each key, such as {@code services/web}
   * @throws SchedulerException.InvalidJob with every problem of a service; nothing is written
   * @throws SchedulerException.Conflict if others kept being faster
   */
  public SortedMap<String, Added> edit(Consumer<Edit> editing) {
    requireNonNull(editing, "editing");
    return asking(
        () -> {
          for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
            Edit edit = new Edit(keys);
            editing.accept(edit);
            if (keys.commit(edit.steps())) {
              return edit.results();
            }
          }
          throw new SchedulerException.Conflict(
              "others changed the same keys, " + MOST_TRIES + " times in a row; try again");
        });
  }

  /**
   * Adds or changes a service after checking it.
   *
   * @throws SchedulerException.InvalidJob with every problem; nothing is written
   */
  public Added addService(String id, Definition definition) {
    return addService(id, requireNonNull(definition, "definition").toString());
  }

  /** The same, from JSON. */
  public Added addService(String id, String json) {
    requireNonNull(id, "id");
    requireNonNull(json, "json");
    return only(edit(edit -> edit.putService(id, json)));
  }

  /**
   * Adds or changes a config or a secret; jobs of services that use it are replaced.
   *
   * @param key such as {@code configs/site} or {@code secrets/password}
   * @throws SchedulerException.InvalidJob if the key is neither; nothing is written
   */
  public Added addContent(String key, String content) {
    requireNonNull(key, "key");
    requireNonNull(content, "content");
    return only(edit(edit -> edit.putContent(key, content)));
  }

  private static Added only(SortedMap<String, Added> results) {
    return results.values().iterator().next();
  }

  /**
   * Removes a service; the agent stops its jobs. Its pins and volumes stay.
   *
   * @return whether there was one
   */
  public boolean removeService(String id) {
    checkId(id);
    return asking(() -> keys.delete(Key.SERVICES + id));
  }

  /** All services, with desired and actual state. */
  public List<ServiceInfo> listServices() {
    return asking(
        () -> {
          Map<String, ServiceStatus> statuses = keys.statuses().services();
          List<ServiceInfo> all = new ArrayList<>();
          for (StoreChange key : keys.snapshot().keys()) {
            if (key instanceof StoreChange.OfService service && service.value() != null) {
              all.add(
                  ServiceInfo.of(
                      service.name(),
                      new EtcdKeys.Value(text(service), service.revision()),
                      statuses.get(service.name())));
            }
          }
          return all;
        });
  }

  /** The definition as written. The snapshot has no text of an invalid one, so it is read again. */
  private String text(StoreChange.OfService service) {
    return service.json().isEmpty()
        ? keys.get(Key.SERVICES + service.name()).map(EtcdKeys.Value::text).orElse("")
        : service.json();
  }

  /** One service, or empty. */
  public Optional<ServiceInfo> service(String id) {
    checkId(id);
    return asking(
        () ->
            keys.get(Key.SERVICES + id)
                .map(value -> ServiceInfo.of(id, value, keys.status(id).orElse(null))));
  }

  /**
   * Waits until a service is as expected. Looks twice a second.
   *
   * @param service the service's name; it may not exist yet
   * @param condition such as {@link ServiceInfo#isUpToDate}
   * @param timeout how long to wait at most
   * @return the service that meets the condition
   * @throws SchedulerException.TimedOut if it did not within the timeout; says what state it is in
   */
  public ServiceInfo await(
      String service, Predicate<? super ServiceInfo> condition, Duration timeout) {
    requireNonNull(service, "service");
    requireNonNull(condition, "condition");
    requireNonNull(timeout, "timeout");
    long began = System.nanoTime();
    while (true) {
      String state;
      try {
        Optional<ServiceInfo> now = service(service);
        if (now.filter(condition).isPresent()) {
          return now.get();
        }
        state = now.map(ServiceInfo::words).orElse("there is no such service");
      } catch (SchedulerException.EtcdUnreachable away) {
        state = String.valueOf(away.getMessage());
      }
      Duration left = timeout.minusNanos(System.nanoTime() - began);
      if (!left.isPositive()) {
        throw new SchedulerException.TimedOut(
            service + " is not as expected after " + timeout.toMillis() / 1000.0 + " s: " + state);
      }
      Duration pause = left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS;
      asking(
          () -> {
            Thread.sleep(pause);
            return true;
          });
    }
  }

  /** Where a job is: its record, and what runs on the hosts that answer. */
  public Found find(String id) {
    checkId(id);
    return asking(
        () -> {
          View view = allocator.look();
          List<Found.Instance> instances = new ArrayList<>();
          view.containers()
              .forEach(
                  (host, containers) ->
                      containers.stream()
                          .filter(container -> LibraryJobs.isOf(container, id))
                          .map(container -> instance(host, container))
                          .forEach(instances::add));
          return new Found(
              id, Optional.ofNullable(view.allocations.get(id)).map(Allocation::host), instances);
        });
  }

  private static Found.Instance instance(String host, Container container) {
    return new Found.Instance(
        host, container.shortId(), container.name(), container.state().word());
  }

  /**
   * Calls back on every change of a service, pin or allocation, on its own thread, until the
   * returned object is closed; closing the scheduler does not end it. While etcd is unreachable
   * nothing is reported; afterwards several changes of one key may be reported as one.
   */
  public Watch watch(Consumer<Change> changed) {
    requireNonNull(changed, "changed");
    Runnable stop =
        asking(() -> EtcdKeys.watch(settings, base, key -> Change.of(key).ifPresent(changed)));
    return stop::run;
  }

  private static void checkId(String id) {
    requireNonNull(id, "id");
    if (!Names.isJob(id)) {
      throw invalid(
          "\""
              + id
              + "\" is not an id: parts of lower case letters, digits, _ and -, joined by dots");
    }
  }

  static SchedulerException invalid(String problem) {
    return new SchedulerException.InvalidJob(List.of(problem));
  }

  /** A request to etcd. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws InterruptedException;
  }

  private <T> T asking(Question<T> question) {
    if (isClosed) {
      throw new IllegalStateException("this scheduler is closed; build another one");
    }
    try {
      return question.ask();
    } catch (EtcdException failed) {
      if (Thread.currentThread().isInterrupted()) {
        throw new SchedulerException.Interrupted(failed);
      }
      throw failed.isRefusal()
          ? new SchedulerException.EtcdRefused(String.valueOf(failed.getMessage()), failed)
          : new SchedulerException.EtcdUnreachable(
              failed.getMessage() + "; is it running, and are the endpoints correct?", failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new SchedulerException.Interrupted(stopped);
    }
  }

  @Override
  public void close() {
    isClosed = true;
    keys.close();
    survey.close();
  }
}
