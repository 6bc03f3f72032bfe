package io.dowding.sim;

import static io.dowding.sim.Planting.deaf;
import static io.dowding.sim.Planting.doing;
import static io.dowding.sim.Planting.hearing;
import static io.dowding.sim.Planting.idle;
import static io.dowding.sim.Planting.proxied;
import static io.dowding.sim.Planting.seeing;
import static io.dowding.sim.Planting.with;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Store;
import io.dowding.docker.EngineApi;
import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bugs that a controller could have. Each is planted around the core: in its events, in its
 * actions, or in the edges that it relies on. None of them is in the product.
 */
final class PlantedBugs {

  /**
   * A bug.
   *
   * @param breaks the promise that it breaks (S1, L1 …), or the number of its pattern
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
    all.addAll(PlantedStoreBugs.all());
    all.addAll(PlantedUpdateBugs.all());
    all.addAll(PlantedHostileBugs.all());
    all.addAll(PlantedTogetherBugs.all());
    return all;
  }

  private static void plant(String name, String breaks, Supplier<Bugs> bug) {
    ALL.add(new Planted(name, breaks, bug));
  }

  static {
    ownership();
    containers();
    outcomes();
    idleness();
  }

  private static Parsed<Service> reservingNothing(String name, String json, long at) {
    String without = json.replaceFirst("\"reservations\":\\{[^}]*}", "\"reservations\":{}");
    try {
      return new Parsed.Valid<>(
          ServiceReader.read(name, at, without.getBytes(StandardCharsets.UTF_8)));
    } catch (InvalidServiceException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void ownership() {
    plant(
        "reservations are not counted",
        "room",
        () ->
            Planting.reading(
                key ->
                    key
                            instanceof
                            StoreChange.OfService(
                                String name,
                                Parsed.Valid<Service> _,
                                String json,
                                long at)
                        ? new StoreChange.OfService(
                            name, reservingNothing(name, json, at), json, at)
                        : key));
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
        "containers of another cluster are treated as ours",
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
        "containers are stopped by name",
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
        "all containers appear to be on the first host",
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
        "exits are not seen",
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
    plant("crashes are forgotten", "17, 35", () -> seeing(Planting::ofLongRun));
    plant(
        "every record gets the same incarnation",
        "4",
        () -> doing(action -> Planting.numbered(action, 1)));
    plant(
        "containers are created on a host other than the recorded one",
        "S2, L1",
        () ->
            doing(
                action ->
                    action instanceof Action.Create c && !c.host().equals("host1")
                        ? new Action.Create(
                            c.cluster(), "host1", c.job(), c.record(), c.service(), c.reason())
                        : action));
    plant(
        "containers are created with the label of another definition",
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
        "data is pinned to another host",
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
        "the wrong container is stopped",
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
        "a failed pull counts as done",
        "S8, 24",
        () ->
            hearing(
                event ->
                    event instanceof Event.CallEnded(Action.Pull pull, Outcome.Failed failed)
                        ? new Event.CallEnded(pull, new Outcome.Pulled(""))
                        : event));
    plant(
        "images are not pulled but count as present",
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
        "networks count as unused",
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
        "a call without an answer counts as never made",
        "14",
        () ->
            hearing(
                event ->
                    event instanceof Event.CallEnded(Action.OnHost call, Outcome.Failed failed)
                            && failed.fault() == Fault.LOST
                        ? null
                        : event));
    plant(
        "the agent waits forever for failed calls",
        "L1, 18",
        () ->
            deaf(
                event ->
                    event instanceof Event.CallEnded ended
                        && ended.outcome() instanceof Outcome.Failed));
    plant(
        "the agent misses that an allocation was written",
        "L1, 14",
        () -> deaf(event -> event instanceof Event.Allocated));
    plant(
        "the agent misses that the status was written",
        "L1",
        () -> deaf(event -> event instanceof Event.Written));
    plant(
        "an allocation counts as written too early",
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
        "one failing host blocks all others",
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
    plant("nothing is created", "L1", () -> idle(Action.Create.class::isInstance));
    plant("nothing is started", "L1", () -> idle(Action.Start.class::isInstance));
    plant("nothing is stopped", "L1", () -> idle(Action.Signal.class::isInstance));
    plant("nothing is removed", "L1", () -> idle(Action.Remove.class::isInstance));
    plant("data is not pinned", "S2", () -> idle(Action.WritePin.class::isInstance));
    plant("nothing is pulled", "L1", () -> idle(Action.Pull.class::isInstance));
    plant("no tag is looked up", "L1", () -> idle(Action.Resolve.class::isInstance));
    plant("the status is not written", "L1", () -> idle(Action.Publish.class::isInstance));
    plant("versions are not kept", "L1", () -> idle(Action.Keep.class::isInstance));
    plant(
        "a stop never reaches its deadline",
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
