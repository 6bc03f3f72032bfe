package io.dowding.sim;

import static io.dowding.sim.Planting.doing;
import static io.dowding.sim.Planting.hearing;
import static io.dowding.sim.Planting.reading;

import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.etcd.Kv;
import io.dowding.etcd.WatchReader;
import io.dowding.keys.HostStatus;
import io.dowding.keys.Parsed;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.ServiceStatus.JobStatus;
import io.dowding.keys.StoreChange;
import io.dowding.model.Container;
import io.dowding.model.EngineInfo;
import io.dowding.model.Ownership;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import io.dowding.sim.PlantedBugs.Planted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bugs in handling one bad host, key or image, and in the status. */
final class PlantedHostileBugs {

  private static final List<Planted> ALL = new ArrayList<>();

  private PlantedHostileBugs() {}

  static List<Planted> all() {
    return ALL;
  }

  private static void plant(String name, String breaks, Supplier<Bugs> bug) {
    ALL.add(new Planted(name, breaks, bug));
  }

  static {
    claims();
    hosts();
    keys();
    failures();
    status();
  }

  // hosts that lie

  /** Passes the highest incarnation that any container claims to what the agent writes. */
  private static Bugs believing(BiFunction<Action, Long, Action> mapper) {
    long[] highest = {0};
    return new Bugs() {
      @Override
      @Nullable Event hears(Event event) {
        if (event instanceof Event.ContainerSeen seen && seen.container() != null) {
          highest[0] = Math.max(highest[0], claimed(seen.container()));
        }
        return event;
      }

      @Override
      @Nullable Action does(Action action) {
        return mapper.apply(action, highest[0]);
      }
    };
  }

  private static long claimed(Container container) {
    String text = container.labels().getOrDefault(Ownership.INCARNATION, "0");
    return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }

  private static void claims() {
    plant(
        "incarnations continue from the highest one on any label",
        "A2",
        () ->
            believing(
                (action, highest) ->
                    highest > 3000 ? Planting.numbered(action, highest + 1) : action));
    plant(
        "the age on any label is remembered",
        "A2",
        () ->
            believing(
                (action, highest) ->
                    action instanceof Action.Remember(String cluster, long age)
                        ? new Action.Remember(cluster, Math.max(age, highest))
                        : action));
    plant(
        "a renamed container is not seen",
        "D1",
        () ->
            Planting.seeing(
                c -> {
                  String name = c.labels().get(Ownership.NAME);
                  return name == null || name.equals(c.name()) ? c : null;
                }));
  }

  private static Event.HostListed identified(Event.HostListed of, String id) {
    EngineInfo e = of.engine();
    EngineInfo engine =
        new EngineInfo(
            id,
            e.version(),
            e.apiVersion(),
            e.cpus(),
            e.memoryBytes(),
            e.os(),
            e.architecture(),
            e.logDrivers(),
            e.volumeDrivers(),
            e.networkDrivers(),
            e.runtimes());
    return new Event.HostListed(of.host(), engine, of.asOf(), of.containers(), of.volumes());
  }

  private static void hosts() {
    plant(
        "two hosts with one engine id are both used",
        "A5",
        () ->
            hearing(
                event ->
                    event instanceof Event.HostListed listed
                        ? identified(listed, "engine-" + listed.host())
                        : event));
    plant(
        "two hosts with one engine id are both left alone",
        "A5",
        () -> {
          Map<String, String> ids = new HashMap<>();
          return hearing(
              event -> {
                if (!(event instanceof Event.HostListed listed)) {
                  return event;
                }
                String id = listed.engine().id();
                ids.put(listed.host(), id);
                boolean shared = ids.values().stream().filter(id::equals).count() > 1;
                return shared ? identified(listed, "another than " + listed.host()) : listed;
              });
        });
    plant(
        "an unreadable list counts as an empty one",
        "A3",
        () -> {
          Map<String, Event.HostListed> last = new HashMap<>();
          return hearing(
              event -> {
                if (event instanceof Event.HostListed listed) {
                  last.put(listed.host(), listed);
                }
                Event.HostListed before =
                    event instanceof Event.HostLost lost ? last.get(lost.host()) : null;
                return before == null
                    ? event
                    : new Event.HostListed(
                        before.host(), before.engine(), before.asOf(), List.of(), Set.of());
              });
        });
    plant(
        "an event of a failing host loses the decisions of its step",
        "A3",
        () ->
            new Bugs() {
              @Override
              Controller.Decision decide(Controller controller, List<Event> events, Instant now) {
                Controller.Decision decision = controller.step(events, now);
                boolean fails = events.stream().anyMatch(Event.HostLost.class::isInstance);
                return fails
                    ? new Controller.Decision(List.of(), decision.wake(), List.of())
                    : decision;
              }
            });
  }

  // keys

  private static void keys() {
    plant(
        "an unreadable pin counts as no pin",
        "B3",
        () ->
            reading(
                key ->
                    key instanceof StoreChange.OfPin(String subject, Parsed.Invalid<?> _, long at)
                        ? new StoreChange.OfPin(subject, null, at)
                        : key));
    plant(
        "an unreadable host state counts as none",
        "B3",
        () ->
            reading(
                key ->
                    key instanceof StoreChange.OfHostWord(String host, Parsed.Invalid<?> _, long at)
                        ? new StoreChange.OfHostWord(host, null, at)
                        : key));
    plant(
        "an invalid key is not reported",
        "B3",
        () -> reading(key -> key instanceof StoreChange.OfNothing ? null : key));
    plant(
        "old events are applied",
        "A8",
        () ->
            new Bugs() {
              @Override
              Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes) {
                return Planting.headerOnly(header, changes);
              }
            });
    plant(
        "a single stale list counts as a restore",
        "L1",
        () ->
            new Bugs() {
              @Override
              Controller.Decision decide(Controller controller, List<Event> events, Instant now) {
                // As if a second list, started later, had returned the same keys.
                List<Event> twice = new ArrayList<>();
                for (Event event : events) {
                  twice.add(event);
                  if (event instanceof Event.StoreListed) {
                    twice.add(event);
                  }
                }
                return controller.step(twice, now);
              }
            });
    plant(
        "a value that etcd refuses blocks all others",
        "B2",
        () ->
            hearing(
                event ->
                    event instanceof Event.Written published && !published.refused().isEmpty()
                        ? new Event.Written(published.action(), false)
                        : event));
  }

  // failures

  private static Bugs misclassifying(Class<? extends Action.OnHost> of, Fault fault, Fault as) {
    return hearing(
        event ->
            event
                        instanceof
                        Event.CallEnded(Action.OnHost call, Outcome.Failed(Fault is, var e, var at))
                    && is == fault
                    && of.isInstance(call)
                ? new Event.CallEnded(call, new Outcome.Failed(as, e, at))
                : event);
  }

  private static void failures() {
    plant(
        "a create without an answer is repeated without a pause",
        "A6",
        () -> misclassifying(Action.Create.class, Fault.LOST, Fault.STALE));
    plant(
        "a pull that failed is repeated without a pause",
        "D5",
        () -> misclassifying(Action.Pull.class, Fault.HOST, Fault.STALE));
    plant(
        "each retry is made twice",
        "D5",
        () -> {
          boolean[] odd = {false};
          return hearing(
              event -> {
                boolean failed = event instanceof Event.CallEnded(Action.Pull _, Outcome.Failed _);
                odd[0] ^= failed;
                return event != null && failed && odd[0]
                    ? misclassifying(Action.Pull.class, Fault.HOST, Fault.STALE).hears(event)
                    : event;
              });
        });
    plant(
        "an unhealthy container is not checked again before it is stopped",
        "S5",
        () ->
            doing(
                action ->
                    action instanceof Action.Signal s
                        ? new Action.Signal(
                            s.host(),
                            s.job(),
                            s.container(),
                            s.signal(),
                            withoutHealth(s.basis()),
                            s.reason())
                        : action));
  }

  private static Action.Basis withoutHealth(Action.Basis of) {
    return new Action.Basis(
        of.cluster(),
        of.service(),
        of.generation(),
        of.contents(),
        of.job(),
        of.allocationRevision(),
        Action.Basis.Condition.ANY);
  }

  // what the status says

  private static Bugs saying(BiFunction<String, Object, Object> mapper) {
    return doing(
        action -> {
          if (!(action instanceof Action.Publish(SortedMap<String, Optional<Object>> values))) {
            return action;
          }
          SortedMap<String, Optional<Object>> said = new TreeMap<>();
          values.forEach((key, value) -> said.put(key, value.map(of -> mapper.apply(key, of))));
          return new Action.Publish(said);
        });
  }

  private static ServiceStatus with(ServiceStatus of, int running, UnaryOperator<JobStatus> job) {
    SortedMap<String, JobStatus> jobs = new TreeMap<>(of.jobs());
    jobs.replaceAll((name, status) -> job.apply(status));
    return new ServiceStatus(
        of.state(),
        of.desired(),
        running,
        of.generation(),
        of.observedGeneration(),
        of.image(),
        of.message(),
        of.update(),
        jobs);
  }

  private static JobStatus with(JobStatus of, @Nullable String host, @Nullable String reason) {
    return new JobStatus(
        host,
        of.why(),
        of.container(),
        of.incarnation(),
        of.state(),
        of.health(),
        of.restarts(),
        of.addresses(),
        of.since(),
        reason,
        of.nextTry(),
        of.lastError(),
        of.lastExit(),
        of.completed(),
        of.postStarted());
  }

  private static void status() {
    plant(
        "the status counts one job too many",
        "status",
        () ->
            saying(
                (key, value) ->
                    value instanceof ServiceStatus of
                        ? with(of, of.running() + 1, j -> j)
                        : value));
    plant(
        "the status names another host",
        "status",
        () ->
            saying(
                (key, value) ->
                    value instanceof ServiceStatus of
                        ? with(of, of.running(), j -> with(j, "host0", j.reason()))
                        : value));
    plant(
        "the status gives no reasons",
        "status",
        () ->
            saying(
                (key, value) ->
                    value instanceof ServiceStatus of
                        ? with(of, of.running(), j -> with(j, j.host(), null))
                        : value));
    plant(
        "the status counts unmanaged containers as ours",
        "status",
        () ->
            saying(
                (key, value) ->
                    value instanceof HostStatus h
                        ? new HostStatus(
                            h.state(),
                            h.since(),
                            h.lastContact(),
                            h.operator(),
                            h.engine(),
                            h.version(),
                            h.ours() + h.unmanaged(),
                            0,
                            h.cpus(),
                            h.memoryBytes(),
                            h.capacity(),
                            h.reserved(),
                            h.free(),
                            h.error(),
                            h.stays(),
                            h.problem())
                        : value));
    plant(
        "the status of removed services stays",
        "status",
        () ->
            doing(
                action -> {
                  if (!(action instanceof Action.Publish(var values))) {
                    return action;
                  }
                  SortedMap<String, Optional<Object>> left = new TreeMap<>(values);
                  left.values().removeIf(Optional::isEmpty);
                  return new Action.Publish(left);
                }));
  }
}
