package io.dowding.sim;

import io.dowding.control.Event;
import io.dowding.docker.EngineApi;
import io.dowding.etcd.KeyReader;
import io.dowding.etcd.Kv;
import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import io.dowding.plan.Action;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Helpers to plant a bug around the core: in the events or actions of an agent, or at an edge. */
final class Planting {

  private Planting() {}

  static Bugs hearing(UnaryOperator<@Nullable Event> mapper) {
    return new Bugs() {
      @Override
      @Nullable Event hears(Event event) {
        return mapper.apply(event);
      }
    };
  }

  /** Adds a release of held orphans, as if an operator had confirmed their removal. */
  static List<StoreChange> withRelease(List<StoreChange> keys) {
    List<StoreChange> all = new ArrayList<>(keys);
    all.add(new StoreChange.OfRelease("orphans", true, 1));
    return all;
  }

  static Event.StoreChanged headerOnly(long header, List<Kv.Change> changes) {
    List<StoreChange> read = new ArrayList<>();
    changes.forEach(change -> KeyReader.of(Simulation.BASE, change).ifPresent(read::add));
    return new Event.StoreChanged(header, read);
  }

  static Bugs deaf(Predicate<Event> to) {
    return hearing(event -> event != null && to.test(event) ? null : event);
  }

  static Bugs doing(UnaryOperator<@Nullable Action> mapper) {
    return new Bugs() {
      @Override
      @Nullable Action does(Action action) {
        return mapper.apply(action);
      }
    };
  }

  static Bugs idle(Predicate<Action> at) {
    return doing(action -> action != null && at.test(action) ? null : action);
  }

  /** Replaces each listed or changed key by the result of the function; null drops it. */
  static Bugs reading(Function<StoreChange, @Nullable StoreChange> mapper) {
    return hearing(
        event ->
            switch (event) {
              case Event.StoreListed(long at, List<StoreChange> keys, var recalled) ->
                  new Event.StoreListed(at, read(keys, mapper), recalled);
              case Event.StoreChanged(long at, List<StoreChange> changes) ->
                  new Event.StoreChanged(at, read(changes, mapper));
              case null, default -> event;
            });
  }

  /** Replaces each service by the result of the function. */
  static Bugs defining(UnaryOperator<Service> mapper) {
    return reading(
        key ->
            key
                    instanceof
                    StoreChange.OfService(
                        String name,
                        Parsed.Valid<Service>(Service service),
                        String json,
                        long at)
                ? new StoreChange.OfService(
                    name, new Parsed.Valid<>(mapper.apply(service)), json, at)
                : key);
  }

  /** Replaces the dependencies of each service by the result of the function. */
  static Bugs depending(UnaryOperator<List<Service.Dependency>> mapper) {
    return defining(
        of -> with(of, mapper.apply(of.dependsOn()), of.onUnhealthy(), of.update(), of.rollback()));
  }

  /** Returns a copy with another container but the original spec hash. */
  static Service with(Service of, ContainerSpec container) {
    return new Service(
        of.name(),
        of.generation(),
        container,
        of.specHash(),
        of.mode(),
        of.placement(),
        of.pin(),
        of.parent(),
        of.reschedule(),
        of.running(),
        of.dependsOn(),
        of.onUnhealthy(),
        of.update(),
        of.rollback(),
        of.membership(),
        of.restarts());
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
        rollback,
        of.membership(),
        of.restarts());
  }

  /** Also skips the re-read of the state before a container is stopped. */
  static Bugs trusting(Bugs bugs) {
    return new Bugs() {
      @Override
      @Nullable Event hears(Event event) {
        return bugs.hears(event);
      }

      @Override
      boolean stillHolds(boolean holds) {
        return true;
      }
    };
  }

  static List<StoreChange> read(
      List<StoreChange> keys, Function<StoreChange, @Nullable StoreChange> mapper) {
    List<StoreChange> read = new ArrayList<>();
    for (StoreChange key : keys) {
      StoreChange one = mapper.apply(key);
      if (one != null) {
        read.add(one);
      }
    }
    return read;
  }

  /** Replaces each observed container by the result of the function; null hides it. */
  static Bugs seeing(Function<Container, @Nullable Container> mapper) {
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
                  all.stream().map(mapper).filter(c -> c != null).toList(),
                  volumes);
          case Event.ContainerSeen(String host, String id, Container one, Instant asOf)
              when one != null ->
              mapper.apply(one) == null
                  ? null
                  : new Event.ContainerSeen(host, id, mapper.apply(one), asOf);
          default -> event;
        };
      }

      @Override
      EngineApi around(EngineApi engine) {
        return proxied(
            EngineApi.class,
            engine,
            (call, answer) -> answer instanceof Container one ? mapper.apply(one) : answer);
      }
    };
  }

  interface Twist {
    @Nullable Object of(String call, @Nullable Object answer);
  }

  /** Wraps an interface so that the twist can replace the result of each call. */
  static <T> T proxied(Class<T> type, T real, Twist twist) {
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
    return with(c, name, c.image(), labels, inherited);
  }

  /** Returns a copy whose image is only a tag. */
  static Container withoutDigest(Container c) {
    return with(c, c.name(), c.image().replaceFirst("@.*", ""), c.labels(), c.inherited());
  }

  private static Container with(
      Container c, String name, String image, Map<String, String> labels, boolean inherited) {
    return new Container(
        c.id(),
        name,
        image,
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

  /** Returns a copy in which an exited container has this exit code. */
  static Container exited(Container c, int code) {
    return new Container(
        c.id(),
        c.name(),
        c.image(),
        c.labels(),
        c.inherited(),
        c.state(),
        c.state() == Container.State.EXITED ? code : c.exitCode(),
        c.oomKilled(),
        c.error(),
        c.health(),
        c.restartCount(),
        c.startedAt(),
        c.finishedAt(),
        c.restart(),
        c.stopSignal(),
        c.stopGrace(),
        c.ports(),
        c.missing());
  }

  static Container ofLongRun(Container c) {
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

  /** Gives this incarnation to each allocation that the action writes. */
  static @Nullable Action numbered(@Nullable Action action, long incarnation) {
    return action instanceof Action.Allocate(List<Action.Change> changes, long sequence)
        ? new Action.Allocate(
            changes.stream().map(change -> numbered(change, incarnation)).toList(), sequence)
        : action;
  }

  private static Action.Change numbered(Action.Change change, long incarnation) {
    return change instanceof Action.Change.Put(Allocation r)
        ? new Action.Change.Put(
            new Allocation(
                r.job(),
                r.host(),
                r.service(),
                r.specHash(),
                r.generation(),
                incarnation,
                r.since(),
                r.reason(),
                r.revision()))
        : change;
  }
}
