package io.dowding.sim;

import static io.dowding.sim.Planting.deaf;
import static io.dowding.sim.Planting.depending;
import static io.dowding.sim.Planting.headerOnly;
import static io.dowding.sim.Planting.hearing;
import static io.dowding.sim.Planting.read;
import static io.dowding.sim.Planting.reading;
import static io.dowding.sim.Planting.trusting;
import static io.dowding.sim.Planting.withRelease;

import io.dowding.control.Event;
import io.dowding.control.Performer;
import io.dowding.etcd.Kv;
import io.dowding.etcd.WatchReader;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.plan.Settings;
import io.dowding.sim.PlantedBugs.Planted;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Bugs around etcd: the meaning of keys, leadership, and mass deletions. */
final class PlantedStoreBugs {

  private static final List<Planted> ALL = new ArrayList<>();

  private PlantedStoreBugs() {}

  static List<Planted> all() {
    return ALL;
  }

  private static void plant(String name, String breaks, Supplier<Bugs> bug) {
    ALL.add(new Planted(name, breaks, bug));
  }

  static {
    keys();
    leadership();
    accidents();
  }

  private static void keys() {
    plant(
        "a malformed service counts as deleted",
        "S4, 26",
        () ->
            trusting(
                reading(
                    key ->
                        key
                                instanceof
                                StoreChange.OfService(
                                    String name,
                                    Parsed.Invalid<?> _,
                                    String json,
                                    long at)
                            ? new StoreChange.OfService(name, null, json, at)
                            : key)));
    plant(
        "a malformed key spoils its whole batch",
        "S4, 31",
        () ->
            deaf(
                event ->
                    event instanceof Event.StoreListed listed
                        && listed.keys().stream()
                            .anyMatch(
                                key ->
                                    key instanceof StoreChange.OfService of
                                        && of.value() instanceof Parsed.Invalid)));
    plant(
        "deleted services are missed",
        "L1, 3",
        () ->
            reading(
                key -> key instanceof StoreChange.OfService of && of.value() == null ? null : key));
    plant(
        "changed services are missed",
        "L1, 8",
        () -> {
          Map<String, StoreChange> first = new HashMap<>();
          return reading(
              key ->
                  key instanceof StoreChange.OfService of && of.value() != null
                      ? first.computeIfAbsent(of.name(), n -> key)
                      : key);
        });
    plant(
        "a list of keys is truncated",
        "S5, 6",
        () ->
            hearing(
                event ->
                    event
                                instanceof
                                Event.StoreListed(long at, List<StoreChange> keys, var recalled)
                            && keys.size() > 20
                        ? new Event.StoreListed(
                            at,
                            keys.stream()
                                .filter(
                                    key ->
                                        !(key instanceof StoreChange.OfService of
                                            && of.name().endsWith("9")))
                                .toList(),
                            recalled)
                        : event));
    plant(
        "changed pins are missed",
        "S2",
        () -> reading(key -> key instanceof StoreChange.OfPin ? null : key));
    plant(
        "pins are read as pins to another host",
        "S2",
        () ->
            reading(
                key ->
                    key
                            instanceof
                            StoreChange.OfPin(
                                String subject,
                                Parsed.Valid<Pin>(Pin.ToHost to),
                                long at)
                        ? new StoreChange.OfPin(
                            subject, new Parsed.Valid<>(new Pin.ToHost("host2", to.auto())), at)
                        : key));
    plant(
        "changed host states are missed",
        "L1",
        () -> reading(key -> key instanceof StoreChange.OfHostWord ? null : key));
    plant(
        "new hosts are missed",
        "L1, 29",
        () -> {
          boolean[] listed = {false};
          return hearing(
              event -> {
                if (event instanceof Event.StoreListed) {
                  listed[0] = true;
                }
                return event instanceof Event.StoreChanged(long at, List<StoreChange> changes)
                    ? new Event.StoreChanged(
                        at,
                        read(changes, key -> key instanceof StoreChange.OfInventory ? null : key))
                    : event;
              });
        });
    plant(
        "the watch ends silently",
        "L1, 8",
        () -> {
          int[] told = {0};
          return deaf(event -> event instanceof Event.StoreChanged && ++told[0] > 6);
        });
    plant(
        "the state behind a stop is not read again",
        "S5, 1",
        () ->
            new Bugs() {
              @Override
              boolean stillHolds(boolean holds) {
                return true;
              }
            });
    plant(
        "allocations are missed",
        "L1, 2",
        () -> reading(key -> key instanceof StoreChange.OfAllocation ? null : key));
  }

  private static void leadership() {
    plant(
        "writes are not fenced",
        "S6, 11",
        () ->
            new Bugs() {
              @Override
              Kv.@Nullable Compare fence(Kv.@Nullable Compare fence) {
                return new Kv.Compare.Modified("/nothing", 0);
              }
            });
    plant(
        "transactions compare nothing",
        "S6",
        () ->
            new Bugs() {
              @Override
              Kv around(Kv kv) {
                return (Kv)
                    Proxy.newProxyInstance(
                        Kv.class.getClassLoader(),
                        new Class<?>[] {Kv.class},
                        (proxy, method, arguments) -> {
                          if (method.getName().equals("commit")
                              && !((List<?>) arguments[1]).isEmpty()) {
                            arguments[0] = List.of();
                          }
                          if (method.isDefault()) {
                            return java.lang.reflect.InvocationHandler.invokeDefault(
                                proxy, method, arguments);
                          }
                          try {
                            return method.invoke(kv, arguments);
                          } catch (java.lang.reflect.InvocationTargetException thrown) {
                            throw thrown.getCause();
                          }
                        });
              }
            });
    plant(
        "only the header revision of a watch response is used",
        "S5, 10",
        () ->
            new Bugs() {
              @Override
              Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes) {
                return headerOnly(header, changes);
              }
            });
    plant(
        "a lease is trusted after it expired",
        "S7, 13",
        () ->
            hearing(
                event ->
                    event instanceof Event.Standing(String key, long created, Instant until)
                        ? new Event.Standing(key, created, until.plusSeconds(30))
                        : event));
    plant(
        "only decisions check the lease",
        "S7, 11",
        () ->
            new Bugs() {
              @Override
              void heard(Performer performer, Event event) {
                performer.heard(
                    event instanceof Event.Standing(String key, long created, Instant until)
                        ? new Event.Standing(key, created, until.plus(Duration.ofHours(1)))
                        : event instanceof Event.NotStanding ? new Event.Tick() : event);
              }
            });
    plant(
        "deadlines use the wall clock",
        "S7, 12",
        () ->
            new Bugs() {
              @Override
              Instant clock(Instant now) {
                return now.isAfter(VirtualTime.START.plusSeconds(50)) ? now.minusSeconds(45) : now;
              }
            });
    plant(
        "other candidates are not seen",
        "S6",
        () -> {
          return hearing(
              event ->
                  switch (event) {
                    case Event.StoreChanged(long at, List<StoreChange> changes) ->
                        new Event.StoreChanged(
                            at,
                            read(
                                changes,
                                key ->
                                    key instanceof StoreChange.OfLeader of && of.revision() % 2 == 0
                                        ? null
                                        : key));
                    case null, default -> event;
                  });
        });
    plant(
        "the end of another candidacy is missed",
        "L2",
        () -> reading(key -> key instanceof StoreChange.OfLeader of && !of.present() ? null : key));
    plant(
        "a stopping agent stops the containers",
        "S9",
        () ->
            new Bugs() {
              @Override
              void stops(Simulation sim) {
                sim.engines.values().stream()
                    .flatMap(engine -> engine.boxes().stream())
                    .filter(FakeEngine.Box::isAlive)
                    .findFirst()
                    .ifPresent(
                        box -> {
                          throw new Oracle.Broken(
                              "S9", box.name + " is stopped because an agent is");
                        });
              }
            });
    plant(
        "a new leader does not read the state of the last one",
        "1, 17",
        () ->
            hearing(
                event ->
                    event instanceof Event.StoreListed(long at, List<StoreChange> keys, var _)
                        ? new Event.StoreListed(at, keys, Recalled.NOTHING)
                        : event));
  }

  private static void accidents() {
    plant(
        "a restored etcd is trusted",
        "S5, 7",
        () ->
            hearing(
                event ->
                    event
                            instanceof
                            Event.StoreListed(long at, List<StoreChange> keys, var recalled)
                        ? new Event.StoreListed(
                            at + 1_000_000,
                            read(
                                keys,
                                key ->
                                    switch (key) {
                                      case StoreChange.OfSequence(long then) ->
                                          new StoreChange.OfSequence(then + 1_000_000);
                                      default -> key;
                                    }),
                            recalled)
                        : event));
    plant(
        "a wiped etcd gets a new sentinel at once",
        "S5, 38",
        () ->
            hearing(
                event ->
                    event
                                instanceof
                                Event.StoreListed(long at, List<StoreChange> keys, var recalled)
                            && keys.stream().noneMatch(StoreChange.OfCluster.class::isInstance)
                        ? new Event.StoreListed(
                            at,
                            read(
                                new ArrayList<>(keys) {
                                  private static final long serialVersionUID = 1;

                                  {
                                    add(new StoreChange.OfCluster("new", 0, 1));
                                  }
                                },
                                key -> key),
                            recalled)
                        : event));
    plant(
        "a mass deletion is not held",
        "S5",
        () ->
            hearing(
                event ->
                    event instanceof Event.StoreChanged(long at, List<StoreChange> changes)
                        ? new Event.StoreChanged(
                            at,
                            read(
                                new ArrayList<>(changes) {
                                  private static final long serialVersionUID = 1;

                                  {
                                    add(new StoreChange.OfRelease("deletions", true, at));
                                  }
                                },
                                key -> key))
                        : event));
    plant(
        "one engine under two hostnames is two hosts",
        "37",
        () ->
            hearing(
                event ->
                    event
                            instanceof
                            Event.HostListed(String host, _, Instant asOf, var all, var volumes)
                        ? new Event.HostListed(host, FakeInfo.of("of-" + host), asOf, all, volumes)
                        : event));
    plant(
        "another engine under a known hostname is the same host",
        "22",
        () ->
            hearing(
                event ->
                    event
                            instanceof
                            Event.HostListed(String host, _, Instant asOf, var all, var volumes)
                        ? new Event.HostListed(host, FakeInfo.of(""), asOf, all, volumes)
                        : event));
    plant("a lost host is missed", "22", () -> deaf(Event.HostLost.class::isInstance));
    plant(
        "containers of lost keys are removed without a release",
        "7, S5",
        () ->
            hearing(
                event ->
                    event instanceof Event.StoreListed list
                        ? new Event.StoreListed(
                            list.revision(), withRelease(list.keys()), list.recalled())
                        : event));
    plant("depends_on is ignored", "depends_on", () -> depending(dependencies -> List.of()));
    plant(
        "a started dependency counts as completed",
        "depends_on",
        () ->
            depending(
                dependencies ->
                    dependencies.stream()
                        .map(
                            one ->
                                new Service.Dependency(
                                    one.service(),
                                    Service.Condition.STARTED,
                                    one.required(),
                                    one.restart()))
                        .toList()));
    plant(
        "a job is not restarted with its dependency",
        "L1",
        () ->
            depending(
                all ->
                    all.stream()
                        .map(
                            one ->
                                new Service.Dependency(
                                    one.service(), one.condition(), one.required(), false))
                        .toList()));
    plant(
        "an unreachable host counts as down immediately",
        "21",
        () ->
            new Bugs() {
              @Override
              Settings settings(Settings s) {
                return new Settings(
                    s.unknownAfter(),
                    s.unknownAfter(),
                    s.settle(),
                    s.callDeadline(),
                    s.callsPerHost(),
                    s.recordsAtOnce(),
                    s.policy(),
                    s.reserve());
              }
            });
  }
}
