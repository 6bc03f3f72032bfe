package io.dowding.bench;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A leader's controller that knows a cluster in which all is as it should be. */
final class SettledCluster {

  private static final int REPLICAS = 5;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Controller controller =
      new Controller(
          Settings.DEFAULT, new Controller.Origin("/b", "fresh", "uuid", 0), false, false);
  private final TreeMap<String, Host> hosts = new TreeMap<>();
  private final Map<String, Allocation> records = new HashMap<>();
  private final Map<String, Service> services = new HashMap<>();
  private final Map<String, List<Container>> containers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> jobs = new ArrayList<>();
  private final List<StoreChange> keys = new ArrayList<>();
  private final List<Event> answers = new ArrayList<>();
  private Instant now = START;
  private double pinging;
  private int pinged;
  private double listing;
  private int listed;
  private long revision;
  private int made;

  SettledCluster(int hostCount, int jobCount) {
    for (int n = 0; n < hostCount; n++) {
      String name = String.format("host%04d", n);
      names.add(name);
      hosts.put(name, new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of("rack", "r1")));
      containers.put(name, new ArrayList<>());
    }
    keys.add(new StoreChange.OfCluster("uuid", 0, 1));
    keys.add(new StoreChange.OfLeader("me", true, 2));
    revision = 10;
    int job = 0;
    for (int s = 0; s < jobCount / REPLICAS; s++) {
      Service service = service(String.format("s%05d", s), REPLICAS);
      for (int replica = 1; replica <= REPLICAS; replica++) {
        record(service, service.name() + "." + replica, names.get(job++ % hostCount));
      }
    }
    keys.add(new StoreChange.OfSequence(revision));
  }

  private Service service(String name, int replicas) {
    String json =
        "{\"image\":\"demo@sha256:"
            + "0".repeat(64)
            + "\",\"deploy\":{\"replicas\":"
            + replicas
            + "}}";
    try {
      Service read = ServiceReader.read(name, ++revision, json.getBytes(StandardCharsets.UTF_8));
      services.put(name, read);
      keys.add(new StoreChange.OfService(name, new Parsed.Valid<>(read), json, revision));
      return read;
    } catch (InvalidServiceException invalid) {
      throw new IllegalStateException(invalid);
    }
  }

  private void record(Service service, String job, String host) {
    long incarnation = ++revision;
    Allocation record =
        new Allocation(
            job,
            host,
            service.name(),
            service.specHash(),
            service.generation(),
            incarnation,
            START.minus(Duration.ofHours(1)),
            "best of many",
            incarnation);
    records.put(job, record);
    jobs.add(job);
    keys.add(new StoreChange.OfAllocation(job, new Parsed.Valid<>(record), incarnation));
    on(host).add(container(record, service, Container.State.RUNNING, START));
  }

  private List<Container> on(String host) {
    return containers.computeIfAbsent(host, h -> new ArrayList<>());
  }

  private Container container(
      Allocation record, Service service, Container.State state, Instant started) {
    return new Container(
        String.format("%064x", record.incarnation()),
        record.job() + "." + record.incarnation(),
        "demo",
        Ownership.labelsOf("uuid", "/b", record, service.container()),
        false,
        state,
        0,
        false,
        "",
        null,
        0,
        state == Container.State.CREATED ? null : started,
        null,
        RestartPolicy.Kind.UNLESS_STOPPED,
        "TERM",
        ContainerSpec.DEFAULT_STOP_GRACE,
        List.of());
  }

  /** From an agent that has just begun to lead to one that has nothing left to do. */
  void settle() {
    List<Event> first = new ArrayList<>();
    first.add(new Event.Standing("me", 2, START.plus(Duration.ofDays(9))));
    first.add(new Event.InventoryRead(hosts));
    first.add(new Event.StoreListed(revision, List.copyOf(keys), Recalled.NOTHING));
    step(first);
    step(List.copyOf(answers));
    answers.clear();
    List<Event> lists = new ArrayList<>();
    for (String host : hosts.keySet()) {
      lists.add(list(host));
      if (lists.size() == 50) {
        step(lists);
        lists = new ArrayList<>();
      }
    }
    step(lists);
    quiet();
    now = now.plusSeconds(5);
    lists = new ArrayList<>();
    for (String host : hosts.keySet()) {
      lists.add(list(host));
    }
    step(lists);
    quiet();
    quiet();
  }

  private Event.HostListed list(String host) {
    return new Event.HostListed(
        host, FakeInfo.of("engine-" + host), now, List.copyOf(on(host)), Set.of());
  }

  /** What follows from the last step is done, until nothing is left to do. */
  void quiet() {
    for (int n = 0; n < 2 || !answers.isEmpty(); n++) {
      later();
      List<Event> events = new ArrayList<>(answers);
      answers.clear();
      events.add(new Event.Tick());
      step(events);
    }
    later();
  }

  /** Meanwhile each host answers every four seconds, and is listed once a minute. */
  private void later() {
    now = now.plusMillis(100);
    List<Event> pings = new ArrayList<>();
    for (pinging += names.size() / 40.0; pinging >= 1; pinging--) {
      pings.add(new Event.HostAnswered(names.get(pinged++ % names.size())));
    }
    step(pings);
    for (listing += names.size() / 600.0; listing >= 1; listing--) {
      step(List.of(list(names.get(listed++ % names.size()))));
    }
  }

  void step(List<Event> events) {
    Controller.Decision decision = controller.step(events, now);
    for (RuntimeException bug : decision.bugs()) {
      throw bug;
    }
    decision.actions().forEach(this::perform);
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Write write -> answers.add(new Event.Written(write, true));
      case Action.Allocate allocate -> {
        long written = ++revision;
        allocate.changes().forEach(change -> records.put(change.record().job(), change.record()));
        answers.add(new Event.Allocated(allocate, written));
      }
      case Action.Create create -> {
        Container one = container(create.record(), create.service(), Container.State.CREATED, now);
        answers.add(new Event.CallEnded(create, new Outcome.Done(one.id(), one, now)));
      }
      case Action.Start start -> {
        Allocation record = records.get(start.job());
        Service service = services.get(record.service());
        Container one = container(record, service, Container.State.RUNNING, now);
        on(record.host()).add(one);
        answers.add(new Event.CallEnded(start, new Outcome.Done(one.id(), one, now)));
      }
      case Action.Look look ->
          answers.add(
              new Event.CallEnded(
                  look,
                  new Outcome.Done(
                      look.container(),
                      on(look.host()).stream()
                          .filter(c -> c.id().equals(look.container()))
                          .findFirst()
                          .orElseThrow(),
                      now)));
      case Action.ListAgain _ ->
          answers.add(new Event.StoreListed(revision, List.copyOf(keys), Recalled.NOTHING));
      case Action.Remember _ -> {}
      default -> throw new IllegalStateException("unexpected: " + action);
    }
  }

  Event ping(int n) {
    return new Event.HostAnswered(names.get(n % names.size()));
  }

  /** Another look at a container, which is as it was. */
  Event seenAgain(int n) {
    String host = records.get(jobs.get(n * 7 % jobs.size())).host();
    Container one = on(host).getFirst();
    return new Event.ContainerSeen(host, one.id(), one, now);
  }

  /** A container that Docker restarted. */
  Event restarted(int n) {
    String job = jobs.get(n * 7 % jobs.size());
    Allocation record = records.get(job);
    Container one = container(record, services.get(record.service()), Container.State.RUNNING, now);
    List<Container> there = on(record.host());
    there.removeIf(c -> c.id().equals(one.id()));
    there.add(one);
    return new Event.ContainerSeen(record.host(), one.id(), one, now);
  }

  /** A service of one job is put, and all that follows is done. */
  void put(int n, Consumer<List<Event>> step) {
    Service added = service(String.format("new%05d-%d", n, made++), 1);
    StoreChange change = keys.removeLast();
    step.accept(List.of(new Event.StoreChanged(added.generation(), List.of(change))));
    for (int quiet = 0; quiet < 3; ) {
      later();
      List<Event> events = new ArrayList<>(answers);
      answers.clear();
      quiet = events.isEmpty() ? quiet + 1 : 0;
      if (events.isEmpty()) {
        step(List.of(new Event.Tick()));
      } else {
        step.accept(events);
      }
    }
    quiet();
  }
}
