package io.dowding.sim;

import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Parsed;
import io.dowding.control.Performer;
import io.dowding.control.Store;
import io.dowding.control.StoreChange;
import io.dowding.docker.EngineApi;
import io.dowding.etcd.KeyReader;
import io.dowding.etcd.Kv;
import io.dowding.etcd.WatchReader;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import io.dowding.plan.Settings;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Mistakes that a controller could make, each planted around the core: in what it hears, in what it
 * does, or in the edges that it trusts. None of them is in the product.
 */
final class PlantedBugs {

  /**
   * A mistake.
   *
   * @param breaks the promise (S1, L1 …) or the number of the pattern that it belongs to
   */
  record Planted(String name, String breaks, Supplier<Bugs> bug) {
    @Override
    public String toString() {
      return name + " (" + breaks + ")";
    }
  }

  private static final List<Planted> ALL = new ArrayList<>();

  private PlantedBugs() {}

  static List<Planted> all() {
    List<Planted> all = new ArrayList<>(ALL);
    all.addAll(PlantedUpdateBugs.all());
    all.addAll(PlantedHostileBugs.all());
    return all;
  }

  private static void plant(String name, String breaks, Supplier<Bugs> bug) {
    ALL.add(new Planted(name, breaks, bug));
  }

  static Bugs hearing(UnaryOperator<@Nullable Event> ear) {
    return new Bugs() {
      @Override
      @Nullable Event hears(Event event) {
        return ear.apply(event);
      }
    };
  }

  /** As if somebody had said that what nobody wants may go. */
  private static List<StoreChange> withRelease(List<StoreChange> keys) {
    List<StoreChange> all = new ArrayList<>(keys);
    all.add(new StoreChange.OfRelease("orphans", true, 1));
    return all;
  }

  static Event.StoreChanged headerOnly(long header, List<Kv.Change> changes) {
    List<StoreChange> read = new ArrayList<>();
    changes.forEach(change -> KeyReader.of(Simulation.BASE, change).ifPresent(read::add));
    return new Event.StoreChanged(header, read);
  }

  private static Bugs deaf(Predicate<Event> to) {
    return hearing(event -> event != null && to.test(event) ? null : event);
  }

  static Bugs doing(UnaryOperator<@Nullable Action> hand) {
    return new Bugs() {
      @Override
      @Nullable Action does(Action action) {
        return hand.apply(action);
      }
    };
  }

  private static Bugs idle(Predicate<Action> at) {
    return doing(action -> action != null && at.test(action) ? null : action);
  }

  /** Of the keys that are listed or change, each is taken for what this makes of it. */
  static Bugs reading(Function<StoreChange, @Nullable StoreChange> eye) {
    return hearing(
        event ->
            switch (event) {
              case Event.StoreListed(long at, List<StoreChange> keys, var recalled) ->
                  new Event.StoreListed(at, read(keys, eye), recalled);
              case Event.StoreChanged(long at, List<StoreChange> changes) ->
                  new Event.StoreChanged(at, read(changes, eye));
              case null, default -> event;
            });
  }

  /** Each service is taken for what this makes of it. */
  static Bugs defining(UnaryOperator<Service> eye) {
    return reading(
        key ->
            key
                    instanceof
                    StoreChange.OfService(
                        String name,
                        Parsed.Valid<Service>(Service service),
                        String json,
                        long at)
                ? new StoreChange.OfService(name, new Parsed.Valid<>(eye.apply(service)), json, at)
                : key);
  }

  /** What services depend on is taken for what this makes of it. */
  private static Bugs depending(UnaryOperator<List<Service.Dependency>> eye) {
    return defining(
        of -> with(of, eye.apply(of.dependsOn()), of.onUnhealthy(), of.update(), of.rollback()));
  }

  static Service with(
      Service of,
      List<Service.Dependency> dependencies,
      Service.OnUnhealthy unhealthy,
      UpdateConfig update,
      UpdateConfig rollback) {
    return new Service(
        of.name(),
        of.generation(),
        of.container(),
        of.specHash(),
        of.mode(),
        of.placement(),
        of.pin(),
        of.parent(),
        of.reschedule(),
        of.running(),
        dependencies,
        unhealthy,
        update,
        rollback);
  }

  /** The same, and what was read once is not read again before something is stopped. */
  private static Bugs trusting(Bugs ears) {
    return new Bugs() {
      @Override
      @Nullable Event hears(Event event) {
        return ears.hears(event);
      }

      @Override
      boolean stillHolds(boolean holds) {
        return true;
      }
    };
  }

  private static List<StoreChange> read(
      List<StoreChange> keys, Function<StoreChange, @Nullable StoreChange> eye) {
    List<StoreChange> read = new ArrayList<>();
    for (StoreChange key : keys) {
      StoreChange one = eye.apply(key);
      if (one != null) {
        read.add(one);
      }
    }
    return read;
  }

  /** Of the containers that are seen, each is taken for what this makes of it; null is unseen. */
  static Bugs seeing(Function<Container, @Nullable Container> eye) {
    return new Bugs() {
      @Override
      @Nullable Event hears(Event event) {
        return switch (event) {
          case Event.HostListed(
                  String host,
                  var engine,
                  Instant asOf,
                  List<Container> all,
                  var volumes) ->
              new Event.HostListed(
                  host,
                  engine,
                  asOf,
                  all.stream().map(eye).filter(c -> c != null).toList(),
                  volumes);
          case Event.ContainerSeen(String host, String id, Container one, Instant asOf)
              when one != null ->
              eye.apply(one) == null
                  ? null
                  : new Event.ContainerSeen(host, id, eye.apply(one), asOf);
          default -> event;
        };
      }

      @Override
      EngineApi around(EngineApi engine) {
        return proxied(
            EngineApi.class,
            engine,
            (call, answer) -> answer instanceof Container one ? eye.apply(one) : answer);
      }
    };
  }

  private interface Twist {
    @Nullable Object of(String call, @Nullable Object answer);
  }

  /** The same, but for what some calls answer. */
  private static <T> T proxied(Class<T> type, T real, Twist twist) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return twist.of(method.getName(), method.invoke(real, arguments));
              } catch (java.lang.reflect.InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            }));
  }

  static Container with(Container c, String name, Map<String, String> labels, boolean inherited) {
    return new Container(
        c.id(),
        name,
        c.image(),
        labels,
        inherited,
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
        c.ports());
  }

  private static Container ofLongRun(Container c) {
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
        c.restartCount(),
        c.finishedAt() == null ? c.startedAt() : c.finishedAt().minus(Duration.ofHours(1)),
        c.finishedAt(),
        c.restart(),
        c.stopSignal(),
        c.stopGrace(),
        c.ports());
  }

  static {
    ownership();
    keys();
    leadership();
    accidents();
    containers();
    outcomes();
    idleness();
  }

  private static void ownership() {
    plant(
        "labels alone make a container ours",
        "S3, 5, 36",
        () ->
            seeing(
                c ->
                    c.labels().containsKey(Ownership.JOB)
                        ? with(
                            c,
                            c.labels().get(Ownership.JOB)
                                + "."
                                + c.labels().get(Ownership.INCARNATION),
                            c.labels(),
                            false)
                        : c));
    plant(
        "another cluster's containers are taken for ours",
        "S3, 16",
        () -> {
          Map<String, String> ours = new HashMap<>();
          return seeing(
              c -> {
                String cluster = c.labels().get(Ownership.CLUSTER);
                if (cluster == null) {
                  return c;
                }
                if (!cluster.equals("another")) {
                  ours.put("uuid", cluster);
                  return c;
                }
                Map<String, String> labels = new TreeMap<>(c.labels());
                labels.put(Ownership.CLUSTER, ours.getOrDefault("uuid", cluster));
                return with(
                    c,
                    labels.get(Ownership.JOB) + "." + labels.get(Ownership.INCARNATION),
                    labels,
                    false);
              });
        });
    plant(
        "containers are ended by name",
        "S3, 4",
        () ->
            new Bugs() {
              @Override
              EngineApi around(EngineApi engine) {
                return byName(engine);
              }
            });
    plant(
        "our own containers are not recognised",
        "L1, 2",
        () -> seeing(c -> with(c, c.name(), Map.of(), false)));
    plant(
        "all containers seem to be on the first host",
        "S1, L1",
        () ->
            hearing(
                event ->
                    event
                            instanceof
                            Event.ContainerSeen(String _, String id, Container one, Instant asOf)
                        ? new Event.ContainerSeen("host1", id, one, asOf)
                        : event));
  }

  private static EngineApi byName(EngineApi real) {
    return (EngineApi)
        Proxy.newProxyInstance(
            EngineApi.class.getClassLoader(),
            new Class<?>[] {EngineApi.class},
            (proxy, method, arguments) -> {
              Object[] changed = arguments;
              if (method.getName().equals("remove") || method.getName().equals("signal")) {
                Container found = real.inspect((String) arguments[0]);
                changed = arguments.clone();
                changed[0] = found == null ? arguments[0] : found.name();
              }
              try {
                return method.invoke(real, changed);
              } catch (java.lang.reflect.InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  private static void keys() {
    plant(
        "a malformed service is taken for a deleted one",
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
        "deletions of services are not heard",
        "L1, 3",
        () ->
            reading(
                key -> key instanceof StoreChange.OfService of && of.value() == null ? null : key));
    plant(
        "changes of services are not heard",
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
        "a list of keys is cut off in the middle",
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
        "pins are not heard",
        "S2",
        () -> reading(key -> key instanceof StoreChange.OfPin ? null : key));
    plant(
        "pins are read as another host's",
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
        "what people say of hosts is not heard",
        "L1",
        () -> reading(key -> key instanceof StoreChange.OfHostWord ? null : key));
    plant(
        "new hosts are not heard of",
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
        "the watch dies without a word",
        "L1, 8",
        () -> {
          int[] told = {0};
          return deaf(event -> event instanceof Event.StoreChanged && ++told[0] > 6);
        });
    plant(
        "what a stop rests on is not read again",
        "S5, 1",
        () ->
            new Bugs() {
              @Override
              boolean stillHolds(boolean holds) {
                return true;
              }
            });
    plant(
        "records of allocations are not heard",
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
        "of what a watch tells only the header's revision is looked at",
        "S5, 10",
        () ->
            new Bugs() {
              @Override
              Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes) {
                return headerOnly(header, changes);
              }
            });
    plant(
        "a lease is believed in for longer than it lasts",
        "S7, 13",
        () ->
            hearing(
                event ->
                    event instanceof Event.Standing(String key, long created, Instant until)
                        ? new Event.Standing(key, created, until.plusSeconds(30))
                        : event));
    plant(
        "only the deciding looks at the lease",
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
        "time is what the wall clock says",
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
        "the end of another's candidacy is not heard",
        "L2",
        () -> reading(key -> key instanceof StoreChange.OfLeader of && !of.present() ? null : key));
    plant(
        "a stopping agent stops what runs",
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
        "a new leader does not read what the last one left",
        "1, 17",
        () ->
            hearing(
                event ->
                    event instanceof Event.StoreListed(long at, List<StoreChange> keys, var _)
                        ? new Event.StoreListed(at, keys, Event.Recalled.NOTHING)
                        : event));
  }

  private static void accidents() {
    plant(
        "an etcd that went back in time is believed",
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
        "many deletions are acted upon like one",
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
    plant("that a host was away is not heard", "22", () -> deaf(Event.HostLost.class::isInstance));
    plant(
        "what etcd had forgotten goes without anybody's word",
        "7, S5",
        () ->
            hearing(
                event ->
                    event instanceof Event.StoreListed list
                        ? new Event.StoreListed(
                            list.revision(), withRelease(list.keys()), list.recalled())
                        : event));
    plant("depends_on is not read", "depends_on", () -> depending(dependencies -> List.of()));
    plant(
        "what is started counts as completed",
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
        "what is to follow a dependency that was made anew does not",
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
        "a host that is silent is down at once",
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
                    s.policy());
              }
            });
  }

  private static void containers() {
    plant(
        "removals by hand are not seen",
        "L1, 3",
        () -> {
          Map<String, Boolean> once = new HashMap<>();
          return deaf(
              event ->
                  (event instanceof Event.ContainerSeen seen && seen.container() == null)
                      || (event instanceof Event.HostListed listed
                          && once.put(listed.host(), true) != null));
        });
    plant(
        "what ended is not seen",
        "L1",
        () ->
            deaf(
                event ->
                    (event instanceof Event.ContainerSeen seen
                            && seen.container() != null
                            && seen.container().state() == Container.State.EXITED)
                        || (event instanceof Event.HostListed listed
                            && listed.containers().stream()
                                .anyMatch(c -> c.state() == Container.State.EXITED))));
    plant("hosts are never listed", "L1", () -> deaf(Event.HostListed.class::isInstance));
    plant(
        "old containers of a job are not seen",
        "S1, 19",
        () -> {
          Map<String, Long> newest = new HashMap<>();
          return seeing(
              c -> {
                String job = c.labels().get(Ownership.JOB);
                String incarnation = c.labels().get(Ownership.INCARNATION);
                if (job == null || incarnation == null) {
                  return c;
                }
                long number = Long.parseLong(incarnation);
                return newest.merge(job, number, Math::max) > number ? null : c;
              });
        });
    plant("crashes are forgotten", "17, 35", () -> seeing(PlantedBugs::ofLongRun));
    plant(
        "every record gets the same incarnation",
        "4",
        () ->
            doing(
                action ->
                    action instanceof Action.Allocate(List<Action.Change> changes, long sequence)
                        ? new Action.Allocate(
                            changes.stream().map(PlantedBugs::firstIncarnation).toList(), sequence)
                        : action));
    plant(
        "containers are made on another host than recorded",
        "S2, L1",
        () ->
            doing(
                action ->
                    action instanceof Action.Create c && !c.host().equals("host1")
                        ? new Action.Create(
                            c.cluster(), "host1", c.job(), c.record(), c.service(), c.reason())
                        : action));
    plant(
        "containers are made with another definition's label",
        "28, 32",
        () ->
            doing(
                action ->
                    action instanceof Action.Create c
                        ? new Action.Create(
                            c.cluster(),
                            c.host(),
                            c.job(),
                            otherSpec(c.record()),
                            c.service(),
                            c.reason())
                        : action));
    plant(
        "the pin of data is written for another host",
        "S2",
        () ->
            doing(
                action ->
                    action instanceof Action.WritePin(String job, Pin.ToHost to, long expected)
                        ? new Action.WritePin(
                            job,
                            new Pin.ToHost(to.hostname().equals("host1") ? "host2" : "host1", true),
                            expected)
                        : action));
    plant(
        "the wrong container is ended",
        "S5",
        () -> {
          Map<String, String> last = new LinkedHashMap<>();
          return new Bugs() {
            @Override
            @Nullable Event hears(Event event) {
              if (event instanceof Event.ContainerSeen seen && seen.container() != null) {
                last.put(seen.host(), seen.id());
              }
              return event;
            }

            @Override
            @Nullable Action does(Action action) {
              return action instanceof Action.Signal s && last.containsKey(s.host())
                  ? new Action.Signal(
                      s.host(), s.job(), last.get(s.host()), s.signal(), s.basis(), s.reason())
                  : action;
            }

            @Override
            EngineApi around(EngineApi engine) {
              return proxied(EngineApi.class, engine, (call, answer) -> answer);
            }
          };
        });
  }

  private static Action.Change firstIncarnation(Action.Change change) {
    return change instanceof Action.Change.Put(Allocation r)
        ? new Action.Change.Put(
            new Allocation(
                r.job(),
                r.host(),
                r.service(),
                r.specHash(),
                r.generation(),
                1,
                r.since(),
                r.reason(),
                r.revision()))
        : change;
  }

  private static Allocation otherSpec(Allocation r) {
    return new Allocation(
        r.job(),
        r.host(),
        r.service(),
        "1-other",
        r.generation(),
        r.incarnation(),
        r.since(),
        r.reason(),
        r.revision());
  }

  private static void outcomes() {
    plant(
        "a pull that failed is taken for done",
        "S8, 24",
        () ->
            hearing(
                event ->
                    event instanceof Event.CallEnded(Action.Pull pull, Outcome.Failed failed)
                        ? new Event.CallEnded(pull, new Outcome.Pulled(""))
                        : event));
    plant(
        "images are not pulled, and taken for there",
        "S8",
        () ->
            new Bugs() {
              @Override
              EngineApi around(EngineApi engine) {
                return (EngineApi)
                    Proxy.newProxyInstance(
                        EngineApi.class.getClassLoader(),
                        new Class<?>[] {EngineApi.class},
                        (proxy, method, arguments) -> {
                          if (method.getName().equals("pull")) {
                            return null;
                          }
                          try {
                            return method.invoke(engine, arguments);
                          } catch (java.lang.reflect.InvocationTargetException thrown) {
                            throw thrown.getCause();
                          }
                        });
              }
            });
    plant(
        "networks are taken for unused",
        "L1",
        () ->
            new Bugs() {
              @Override
              EngineApi around(EngineApi engine) {
                return proxied(
                    EngineApi.class,
                    engine,
                    (call, answer) -> call.equals("users") ? Integer.valueOf(0) : answer);
              }
            });
    plant(
        "a call without an answer is taken for never made",
        "14",
        () ->
            hearing(
                event ->
                    event instanceof Event.CallEnded(Action.OnHost call, Outcome.Failed failed)
                            && failed.fault() == Fault.LOST
                        ? null
                        : event));
    plant(
        "calls that failed are waited for for ever",
        "L1, 18",
        () ->
            deaf(
                event ->
                    event instanceof Event.CallEnded ended
                        && ended.outcome() instanceof Outcome.Failed));
    plant(
        "that an allocation was written is not heard",
        "L1, 14",
        () -> deaf(event -> event instanceof Event.Allocated));
    plant(
        "that the status was written is not heard",
        "L1",
        () -> deaf(event -> event instanceof Event.Published));
    plant(
        "an allocation is taken for written before it is",
        "2, S6",
        () ->
            new Bugs() {
              @Override
              Store around(Store store) {
                return proxied(
                    Store.class,
                    store,
                    (call, answer) ->
                        answer instanceof Event.Allocated a
                            ? new Event.Allocated(a.action(), Math.max(a.revision(), 1_000_000))
                            : answer);
              }
            });
    plant(
        "one sick host holds up all",
        "L3, 18",
        () -> {
          Map<String, Boolean> sick = new HashMap<>();
          return hearing(
              event -> {
                if (event instanceof Event.HostLost lost) {
                  sick.put(lost.host(), true);
                }
                return event instanceof Event.CallEnded && !sick.isEmpty() ? null : event;
              });
        });
    plant(
        "an exception over one service ends every round",
        "31",
        () ->
            new Bugs() {
              @Override
              Controller.Decision decide(Controller controller, List<Event> events, Instant now) {
                Controller.Decision decision = controller.step(events, now);
                boolean crashes =
                    decision.actions().stream()
                        .anyMatch(
                            action ->
                                action instanceof Action.Start start
                                    && start.job().startsWith("s4."));
                return crashes ? new Controller.Decision(List.of(), null, List.of()) : decision;
              }
            });
  }

  private static void idleness() {
    plant("nothing is made", "L1", () -> idle(Action.Create.class::isInstance));
    plant("nothing is started", "L1", () -> idle(Action.Start.class::isInstance));
    plant("nothing is asked to stop", "L1", () -> idle(Action.Signal.class::isInstance));
    plant("nothing is removed", "L1", () -> idle(Action.Remove.class::isInstance));
    plant("data is not pinned", "S2", () -> idle(Action.WritePin.class::isInstance));
    plant("nothing is pulled", "L1", () -> idle(Action.Pull.class::isInstance));
    plant("the status is not written", "L1", () -> idle(Action.Publish.class::isInstance));
    plant(
        "the patience of a stop never ends",
        "L1",
        () ->
            idle(
                action ->
                    action instanceof Action.Signal signal
                        && signal.signal().equals(Action.Signal.KILL)));
    plant(
        "records are never forgotten",
        "40",
        () ->
            doing(
                action ->
                    action instanceof Action.Allocate(List<Action.Change> changes, long sequence)
                        ? puts(changes).isEmpty()
                            ? null
                            : new Action.Allocate(puts(changes), sequence)
                        : action));
  }

  private static List<Action.Change> puts(List<Action.Change> changes) {
    return changes.stream().filter(Action.Change.Put.class::isInstance).toList();
  }
}
