package io.dowding;

import io.dowding.docker.Survey;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Fleet;
import io.dowding.placement.LibraryJobs;
import io.dowding.placement.PinChain;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The input of a {@link Scheduler}'s decisions: the keys at one revision, and the answers of the
 * hosts.
 */
final class View {

  final SortedMap<String, Service> services = new TreeMap<>();
  final SortedMap<String, Pin> pins = new TreeMap<>();
  final SortedMap<String, Allocation> allocations = new TreeMap<>();
  final SortedMap<String, Host> inventory = new TreeMap<>();
  private final Map<String, Availability> words = new HashMap<>();
  private final Map<String, Long> recordRevisions = new HashMap<>();
  private final Map<String, Boolean> serviceKeys = new HashMap<>();
  private Map<String, Survey.Answer> answers = Map.of();
  private final EtcdKeys.Snapshot snapshot;
  private @Nullable Collection<Host> given;
  private @Nullable Fleet fleet;
  private long sequence;
  private long revision;

  View(EtcdKeys.Snapshot snapshot) {
    this.snapshot = snapshot;
    this.revision = snapshot.revision();
    snapshot.keys().forEach(this::add);
  }

  /** What it was made of. */
  EtcdKeys.Snapshot snapshot() {
    return snapshot;
  }

  private void add(StoreChange key) {
    switch (key) {
      case StoreChange.OfService(
              String name,
              Parsed.Valid<Service>(Service service),
              var _,
              var _) -> {
        serviceKeys.put(name, true);
        services.put(name, service);
      }
      case StoreChange.OfService service -> serviceKeys.put(service.name(), true);
      case StoreChange.OfPin(String subject, Parsed.Valid<Pin>(Pin pin), var _) ->
          pins.put(subject, pin);
      case StoreChange.OfPin(String subject, Parsed.Invalid<Pin>(String problem), var _) ->
          pins.put(subject, new Pin.Unreadable(problem));
      case StoreChange.OfHostWord(
              String hostname,
              Parsed.Valid<Availability>(Availability word),
              var _) ->
          words.put(hostname, word);
      case StoreChange.OfAllocation(String job, var value, long at) -> {
        recordRevisions.put(job, at);
        if (value instanceof Parsed.Valid<Allocation>(Allocation record)) {
          allocations.put(job, record);
        }
      }
      case StoreChange.OfInventory(String hostname, Parsed.Valid<Host>(Host host), var _) ->
          inventory.put(hostname, host);
      case StoreChange.OfSequence(long at) -> sequence = at;
      default -> {}
    }
  }

  /** With these hosts instead of those under {@code inventory/}. */
  @SuppressWarnings("ReferenceEquality") // Equal ones are the same, or rare.
  View over(@Nullable Collection<Host> hosts) {
    if (hosts != null && hosts != given) {
      given = hosts;
      fleet = null;
      inventory.clear();
      hosts.forEach(host -> inventory.put(host.hostname(), host));
    }
    return this;
  }

  /** The records were written at this revision. */
  void recorded(Collection<Allocation> records, long at) {
    revision = at;
    sequence = at;
    records.forEach(record -> recordRevisions.put(record.job(), at));
  }

  /** Adds a record that is about to be written. */
  void add(Allocation record) {
    Allocation before = allocations.put(record.job(), record);
    Fleet known = fleet;
    if (known == null) {
      return;
    }
    Collection<Container> there = containersOn(record.host());
    boolean expected = there.stream().noneMatch(c -> LibraryJobs.isOf(c, record.job()));
    if (before == null || !before.host().equals(record.host())) {
      String from = before == null ? null : before.host();
      known.place(record.job(), expected ? 1 : 0, record.host(), from);
    } else if (expected && !LibraryJobs.isLoad(before, there, record.since())) {
      // It had waited so long for its container that it did not count any more.
      fleet = null;
    }
  }

  private Collection<Container> containersOn(String hostname) {
    Survey.Answer answer = answers.get(hostname);
    return answer == null ? List.of() : Objects.requireNonNullElse(answer.containers(), List.of());
  }

  @SuppressWarnings("ReferenceEquality") // Equal ones are the same, or rare.
  View asked(Map<String, Survey.Answer> said) {
    if (answers != said) {
      answers = said;
      fleet = null;
    }
    return this;
  }

  long revision() {
    return revision;
  }

  long sequence() {
    return sequence;
  }

  long recordRevision(String job) {
    return recordRevisions.getOrDefault(job, 0L);
  }

  boolean isOfService(String id) {
    return serviceKeys.containsKey(Names.serviceOf(id));
  }

  boolean isUp(String hostname) {
    Survey.Answer answer = answers.get(hostname);
    return answer != null && answer.containers() != null;
  }

  /** The containers of each host that answered. */
  Map<String, List<Container>> containers() {
    Map<String, List<Container>> all = new TreeMap<>();
    answers.forEach(
        (host, answer) -> {
          if (answer.containers() != null) {
            all.put(host, answer.containers());
          }
        });
    return all;
  }

  PinChain chain() {
    return new PinChain(
        id -> pins.get(id),
        allocations,
        name -> {
          Service service = services.get(name);
          return service == null ? null : service.parent();
        });
  }

  /**
   * The fleet, loaded as in the npm module: a host is as busy as it has containers, running or
   * expected.
   */
  Fleet fleet() {
    Fleet known = fleet;
    if (known == null) {
      known = fleet(Instant.now());
      fleet = known;
    }
    return known;
  }

  private Fleet fleet(Instant now) {
    Fleet fleet = new Fleet();
    Map<String, List<Allocation>> records =
        allocations.values().stream().collect(Collectors.groupingBy(Allocation::host));
    for (Host host : inventory.values()) {
      String name = host.hostname();
      Survey.Answer answer = answers.get(name);
      List<Container> there = answer == null ? null : answer.containers();
      String problem =
          there != null ? null : "does not answer: " + (answer == null ? "" : answer.problem());
      Candidate candidate =
          new Candidate(host, words.getOrDefault(name, Availability.ACTIVE), problem);
      Collection<Container> containers = Objects.requireNonNullElse(there, List.of());
      containers.stream().filter(Container::isAlive).forEach(c -> candidate.addUnmanaged());
      for (Allocation record : records.getOrDefault(name, List.of())) {
        boolean seen = containers.stream().anyMatch(c -> LibraryJobs.isOf(c, record.job()));
        boolean expected = !seen && LibraryJobs.isLoad(record, containers, now);
        candidate.add(record.job(), expected ? 1 : 0);
      }
      fleet.add(candidate);
    }
    return fleet;
  }
}
