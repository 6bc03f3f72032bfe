package io.dowding.sim;

import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Container;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.plan.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Dependencies between events and plans. Each one is ignored in turn: some services are left out
 * when the plan is updated.
 */
final class ForgottenEdges {

  /** A dependency that is ignored. */
  record Edge(String name, Supplier<Bugs> bug) {
    @Override
    public String toString() {
      return name;
    }
  }

  private ForgottenEdges() {}

  static List<Edge> all() {
    List<Edge> all = new ArrayList<>();
    all.add(named("a changed service", StoreChange.OfService.class));
    all.add(named("a changed pin", StoreChange.OfPin.class));
    all.add(named("a record deleted by hand", StoreChange.OfAllocation.class));
    all.add(of("a config or secret", is(StoreChange.OfContent.class), Forgetful::isNotNamed));
    all.add(of("a host state", is(StoreChange.OfHostWord.class), (_, _) -> true));
    all.add(
        of(
            "a host state, for global services",
            is(StoreChange.OfHostWord.class),
            (known, name) -> known.global.contains(name)));
    all.add(
        of("an allocation by the agent", Event.Allocated.class::isInstance, Forgetful::isNamed));
    all.add(of("the end of a call", Event.CallEnded.class::isInstance, Forgetful::isNamed));
    all.add(of("a container", Event.ContainerSeen.class::isInstance, Forgetful::isNamed));
    all.add(of("the containers of a host", Event.HostListed.class::isInstance, (_, _) -> true));
    all.add(of("the loss of a host", Event.HostLost.class::isInstance, (_, _) -> true));
    all.add(
        of(
            "users of another service",
            event -> !Forgetful.services(event, Map.of()).isEmpty(),
            (known, name) -> known.users.contains(name) && known.isNotNamed(name)));
    all.add(
        of(
            "services that follow the pin of another one",
            event -> !Forgetful.services(event, Map.of()).isEmpty(),
            (known, name) -> known.followers.contains(name) && known.isNotNamed(name)));
    all.add(
        of(
            "services placed together with another one",
            event -> !Forgetful.services(event, Map.of()).isEmpty(),
            (known, name) -> known.members.contains(name) && known.isNotNamed(name)));
    all.add(
        of(
            "services of a project that another one joins or leaves",
            is(StoreChange.OfService.class),
            (known, name) -> known.members.contains(name) && known.isNotNamed(name)));
    all.add(
        of(
            "services that wait for a host or for the end of a call",
            event -> !Forgetful.services(event, Map.of()).isEmpty(),
            (known, name) ->
                !known.users.contains(name)
                    && !known.followers.contains(name)
                    && !known.members.contains(name)
                    && known.isNotNamed(name)));
    all.add(
        of(
            "services that wait for room, when an allocation is removed",
            Event.Allocated.class::isInstance,
            (known, name) ->
                !known.users.contains(name)
                    && !known.followers.contains(name)
                    && known.isNotNamed(name)));
    all.add(
        of(
            "changes caused by time alone",
            event -> event instanceof Event.Tick,
            (known, _) -> known.isQuiet()));
    all.add(everything("keys are listed", Event.StoreListed.class::isInstance));
    all.add(everything("the inventory changes", is(StoreChange.OfInventory.class)));
    all.add(everything("a release", is(StoreChange.OfRelease.class)));
    all.add(
        everything(
            "most hosts are lost or return",
            event ->
                event instanceof Event.Tick
                    || event instanceof Event.HostAnswered
                    || event instanceof Event.HostListed));
    return all;
  }

  private interface Forgets {
    boolean test(Forgetful known, String service);
  }

  private static Edge named(String name, Class<? extends StoreChange> change) {
    return of(name, is(change), Forgetful::isNamed);
  }

  private static Predicate<Event> is(Class<? extends StoreChange> change) {
    return event ->
        event instanceof Event.StoreChanged changed
            && changed.changes().stream().anyMatch(change::isInstance);
  }

  private static Edge of(String name, Predicate<Event> at, Forgets which) {
    return new Edge(name, () -> new Forgetful(at, which, false));
  }

  private static Edge everything(String name, Predicate<Event> at) {
    return new Edge("everything, when " + name, () -> new Forgetful(at, (_, _) -> false, true));
  }

  private static final class Forgetful extends Bugs {

    private final Predicate<Event> at;
    private final Forgets which;
    private final boolean everything;
    private final Map<String, String> services = new HashMap<>();
    private final Set<String> global = new TreeSet<>();
    private final Set<String> users = new TreeSet<>();
    private final Set<String> followers = new TreeSet<>();
    private final Set<String> members = new TreeSet<>();
    private List<Event> batch = List.of();
    private Set<String> named = Set.of();

    private Forgetful(Predicate<Event> at, Forgets which, boolean everything) {
      this.at = at;
      this.which = which;
      this.everything = everything;
    }

    @Override
    Controller.Decision decide(Controller controller, List<Event> events, Instant now) {
      batch = events;
      named = new TreeSet<>();
      for (Event event : events) {
        learn(event);
        named.addAll(services(event, services));
      }
      return super.decide(controller, events, now);
    }

    @Override
    Scope forgets(Scope scope) {
      if (batch.stream().noneMatch(at)) {
        return scope;
      }
      return switch (scope) {
        case Scope.All _ -> everything ? new Scope.Of(new TreeSet<>()) : scope;
        case Scope.Of(SortedSet<String> names) -> {
          SortedSet<String> some = new TreeSet<>(names);
          some.removeIf(name -> which.test(this, name));
          yield new Scope.Of(some);
        }
      };
    }

    private boolean isNamed(String service) {
      return named.contains(service);
    }

    private boolean isNotNamed(String service) {
      return !isNamed(service);
    }

    /** Whether the events are only signs of life. */
    private boolean isQuiet() {
      return batch.stream()
          .allMatch(
              event ->
                  event instanceof Event.Tick
                      || event instanceof Event.Standing
                      || event instanceof Event.HostAnswered);
    }

    private void learn(Event event) {
      switch (event) {
        case Event.StoreListed listed -> listed.keys().forEach(this::learn);
        case Event.StoreChanged changed -> changed.changes().forEach(this::learn);
        case Event.HostListed listed -> listed.containers().forEach(this::learn);
        case Event.ContainerSeen(_, _, Container one, _) when one != null -> learn(one);
        default -> {}
      }
    }

    private void learn(Container container) {
      String service = container.labels().get(Ownership.SERVICE);
      if (service != null) {
        services.put(container.id(), service);
      }
    }

    private void learn(StoreChange key) {
      if (key
          instanceof StoreChange.OfPin(String subject, Parsed.Valid<Pin>(Pin.ToJob _), long _)) {
        followers.add(Names.serviceOf(subject));
      }
      if (!(key
          instanceof
          StoreChange.OfService(
              String name,
              Parsed.Valid<Service>(Service service),
              String _,
              long _))) {
        return;
      }
      if (service.mode() instanceof Service.Mode.Global) {
        global.add(name);
      }
      if (!service.membership().project().isEmpty()) {
        members.add(name);
      }
      if (service.parent() != null) {
        followers.add(name);
      }
      if (!service.dependsOn().isEmpty() || !service.container().volumesFrom().isEmpty()) {
        users.add(name);
      }
    }

    /** The services that an event names. */
    private static Set<String> services(Event event, Map<String, String> byContainer) {
      Set<String> names = new TreeSet<>();
      switch (event) {
        case Event.StoreChanged changed ->
            changed
                .changes()
                .forEach(
                    change -> {
                      String name = service(change);
                      if (name != null) {
                        names.add(name);
                      }
                    });
        case Event.Allocated allocated ->
            allocated
                .action()
                .changes()
                .forEach(change -> names.add(Names.serviceOf(change.record().job())));
        case Event.CallEnded ended -> names.add(Names.serviceOf(ended.action().job()));
        case Event.ContainerSeen seen -> {
          Container one = seen.container();
          String name =
              one == null
                  ? byContainer.get(seen.id())
                  : one.labels().getOrDefault(Ownership.SERVICE, "");
          names.add(name == null ? "" : name);
        }
        default -> {}
      }
      return names;
    }

    private static @Nullable String service(StoreChange change) {
      return switch (change) {
        case StoreChange.OfService of -> of.name();
        case StoreChange.OfPin of -> Names.serviceOf(of.subject());
        case StoreChange.OfAllocation of -> Names.serviceOf(of.job());
        default -> null;
      };
    }
  }
}
