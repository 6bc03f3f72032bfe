package io.dowding.control;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A controller, and the steps that tests make it take. */
abstract class ControllerScene {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final Controller controller =
      new Controller(Settings.DEFAULT, new Controller.Origin("/b", "fresh", null, 0), false, false);

  Event.StoreListed lastList = listed();

  Instant now = START;

  /** Steps as the leader, and answers a request for a new list at once. */
  List<Action> step(Event... events) {
    List<Event> all = new ArrayList<>(List.of(events));
    all.add(new Event.Standing("me", 2, START.plus(Duration.ofHours(9))));
    for (Event event : events) {
      lastList = event instanceof Event.StoreListed list ? list : lastList;
    }
    List<Action> actions = new ArrayList<>(controller.step(all, now).actions());
    if (actions.remove(new Action.ListAgain())) {
      actions.addAll(controller.step(List.of(lastList), now).actions());
    }
    return actions;
  }

  /** Advances time like the loop: one step per second, in which these hosts answer. */
  List<Action> after(Duration time, String... answering) {
    List<Action> all = new ArrayList<>();
    for (long second = 0; second < time.toSeconds(); second++) {
      now = now.plusSeconds(1);
      List<Event> events = new ArrayList<>(List.of(new Event.Tick()));
      for (String host : answering) {
        events.add(new Event.HostAnswered(host));
      }
      all.addAll(controller.step(events, now).actions());
    }
    return all;
  }

  static Event.InventoryRead inventory(String... names) {
    TreeMap<String, Host> hosts = new TreeMap<>();
    for (String name : names) {
      hosts.put(name, new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of()));
    }
    return new Event.InventoryRead(hosts);
  }

  static StoreChange service(String name, String... fields) {
    return service(5, name, fields);
  }

  static StoreChange service(long revision, String name, String... fields) {
    String more = Stream.of(fields).map(field -> "," + field).collect(Collectors.joining());
    String json = "{\"image\":\"demo@sha256:" + "0".repeat(64) + "\"" + more + "}";
    try {
      return new StoreChange.OfService(
          name,
          new Parsed.Valid<>(
              ServiceReader.read(name, revision, json.getBytes(StandardCharsets.UTF_8))),
          json,
          revision);
    } catch (InvalidServiceException invalid) {
      throw new IllegalArgumentException(invalid);
    }
  }

  static Event.StoreListed listed(StoreChange... keys) {
    List<StoreChange> all = new ArrayList<>(List.of(keys));
    all.add(new StoreChange.OfCluster("uuid", 0, 1));
    all.add(new StoreChange.OfLeader("me", true, 2));
    return new Event.StoreListed(12, all, Recalled.NOTHING);
  }

  Event.HostListed host(String name, String engine, Container... containers) {
    return new Event.HostListed(name, FakeInfo.of(engine), now, List.of(containers), Set.of());
  }

  static boolean isWork(Action action) {
    return !(action instanceof Action.Publish || action instanceof Action.Remember);
  }

  /** A record on host a with the current definition. */
  Allocation record(StoreChange service, String job) {
    Parsed<Service> read = Objects.requireNonNull(((StoreChange.OfService) service).value());
    Service of = ((Parsed.Valid<Service>) read).value();
    String hash = of.of(job).specHash();
    return new Allocation(job, "a", of.name(), hash, 5, 5, now, "because", 12);
  }

  static StoreChange written(Allocation record) {
    return new StoreChange.OfAllocation(record.job(), new Parsed.Valid<>(record), 12);
  }

  List<Action> doneAll(Duration time) {
    List<Action> all = new ArrayList<>();
    for (long second = 0; second < time.toSeconds(); second++) {
      List<Action> actions = after(Duration.ofSeconds(1));
      all.addAll(actions);
      done(actions);
    }
    return all;
  }

  void done(List<Action> actions) {
    for (Action action : actions) {
      if (action instanceof Action.Write write) {
        step(new Event.Written(write, true));
      }
    }
  }

  static Action.Publish publish(List<Action> actions) {
    return actions.stream()
        .filter(Action.Publish.class::isInstance)
        .map(Action.Publish.class::cast)
        .findFirst()
        .orElseThrow();
  }

  static String published(List<Action> actions) {
    StringBuilder text = new StringBuilder();
    for (Action action : actions) {
      if (action instanceof Action.Publish publish) {
        text.append(publish.values());
      }
    }
    return text.toString();
  }

  static Action.Allocate allocate(List<Action> actions) {
    return actions.stream()
        .filter(Action.Allocate.class::isInstance)
        .map(Action.Allocate.class::cast)
        .findFirst()
        .orElseThrow();
  }

  static Container made(Action.Create create) {
    return made(create.record());
  }

  static Container made(Allocation record) {
    return new Container(
        "c1" + record.job(),
        record.job() + "." + record.incarnation(),
        "demo",
        Map.of(
            "dowding.cluster", "uuid",
            "dowding.job", record.job(),
            "dowding.incarnation", Long.toString(record.incarnation()),
            "dowding.spec", record.specHash()),
        false,
        Container.State.CREATED,
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        RestartPolicy.Kind.UNLESS_STOPPED,
        "TERM",
        Duration.ofSeconds(10),
        List.of());
  }

  static Allocation put(Action.Allocate allocate) {
    return allocate.changes().getFirst().record();
  }
}
