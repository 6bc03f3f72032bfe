package io.dowding.sim;

import io.dowding.control.Event;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.keys.Versions;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Hooks;
import io.dowding.model.Ownership;
import io.dowding.model.PreStart;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import io.dowding.model.UpdateConfig.OnFailure;
import io.dowding.model.UpdateConfig.Order;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.PlantedBugs.Planted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bugs in updates, rollbacks and health. */
final class PlantedUpdateBugs {

  private static final List<Planted> ALL = new ArrayList<>();

  private PlantedUpdateBugs() {}

  static List<Planted> all() {
    return ALL;
  }

  private static void plant(String name, String breaks, java.util.function.Supplier<Bugs> bug) {
    ALL.add(new Planted(name, breaks, bug));
  }

  private static Bugs updating(UnaryOperator<UpdateConfig> mapper) {
    return Planting.defining(
        of -> with(of, of.onUnhealthy(), mapper.apply(of.update()), of.rollback()));
  }

  private static Service with(
      Service of, Service.OnUnhealthy unhealthy, UpdateConfig update, UpdateConfig rollback) {
    return Planting.with(of, of.dependsOn(), unhealthy, update, rollback);
  }

  private static UpdateConfig failing(UpdateConfig of, OnFailure action, double ratio) {
    return new UpdateConfig(of.parallelism(), of.delay(), action, of.monitor(), ratio, of.order());
  }

  private static UpdateConfig ordered(UpdateConfig of, Order order) {
    return new UpdateConfig(
        of.parallelism(), of.delay(), of.onFailure(), of.monitor(), of.maxFailureRatio(), order);
  }

  private static UpdateConfig paced(UpdateConfig of, int parallelism, Duration delay) {
    return new UpdateConfig(
        parallelism, delay, of.onFailure(), of.monitor(), of.maxFailureRatio(), of.order());
  }

  /** Replaces each written versions key by the result of the function. */
  private static Bugs keeping(UnaryOperator<Versions> mapper) {
    return Planting.doing(
        action -> {
          if (!(action instanceof Action.Keep(SortedMap<String, Optional<Object>> values))) {
            return action;
          }
          SortedMap<String, Optional<Object>> changed = new TreeMap<>();
          values.forEach(
              (key, value) ->
                  changed.put(
                      key, value.map(v -> v instanceof Versions of ? mapper.apply(of) : v)));
          return new Action.Keep(changed);
        });
  }

  private static Bugs recalling(UnaryOperator<Versions> mapper) {
    return Planting.hearing(
        event -> {
          if (!(event instanceof Event.StoreListed(long at, List<StoreChange> keys, var left))) {
            return event;
          }
          Map<String, Versions> versions = new HashMap<>();
          left.versions().forEach((name, of) -> versions.put(name, mapper.apply(of)));
          return new Event.StoreListed(
              at,
              keys,
              new Recalled(left.keys(), versions, left.services(), left.hosts(), left.holds()));
        });
  }

  private static Bugs health(UnaryOperator<@Nullable String> mapper) {
    return Planting.seeing(
        c ->
            new Container(
                c.id(),
                c.name(),
                c.image(),
                c.labels(),
                c.inherited(),
                c.state(),
                c.exitCode(),
                c.oomKilled(),
                c.error(),
                mapper.apply(c.health()),
                c.restartCount(),
                c.startedAt(),
                c.finishedAt(),
                c.restart(),
                c.stopSignal(),
                c.stopGrace(),
                c.ports()));
  }

  private static Action.Change replacingNone(Action.Change change) {
    if (!(change instanceof Action.Change.Put(Allocation of))) {
      return change;
    }
    return new Action.Change.Put(
        new Allocation(
            of.job(),
            of.host(),
            of.service(),
            of.specHash(),
            of.generation(),
            of.incarnation(),
            of.since(),
            of.reason(),
            of.revision()));
  }

  static {
    pace();
    failures();
    kept();
    contents();
    images();
    hooks();
    preStart();
    unhealthy();
  }

  private static void pace() {
    plant(
        "the order is always stop-first",
        "S8",
        () -> updating(of -> ordered(of, Order.STOP_FIRST)));
    plant(
        "a rollback is always stop-first",
        "S8",
        () ->
            Planting.defining(
                of ->
                    with(
                        of,
                        of.onUnhealthy(),
                        of.update(),
                        ordered(of.rollback(), Order.STOP_FIRST))));
    plant("all jobs are replaced at once", "27", () -> updating(of -> paced(of, 0, of.delay())));
    plant(
        "the delay is forgotten",
        "27",
        () -> updating(of -> paced(of, of.parallelism(), Duration.ZERO)));
    plant(
        "a new job is good as soon as it runs",
        "S8",
        () -> {
          Bugs eyes =
              updating(
                  of ->
                      new UpdateConfig(
                          of.parallelism(),
                          of.delay(),
                          of.onFailure(),
                          Duration.ZERO,
                          of.maxFailureRatio(),
                          of.order()));
          return new Bugs() {
            @Override
            @Nullable Event hears(Event event) {
              return eyes.hears(event);
            }

            @Override
            Settings settings(Settings of) {
              return new Settings(
                  of.unknownAfter(),
                  of.grace(),
                  Duration.ZERO,
                  of.callDeadline(),
                  of.callsPerHost(),
                  of.recordsAtOnce(),
                  of.policy(),
                  of.reserve());
            }
          };
        });
    plant(
        "a new container's record does not name the old one",
        "S8",
        () ->
            Planting.doing(
                action ->
                    action instanceof Action.Allocate(List<Action.Change> changes, long sequence)
                        ? new Action.Allocate(
                            changes.stream().map(PlantedUpdateBugs::replacingNone).toList(),
                            sequence)
                        : action));
  }

  private static void failures() {
    plant(
        "a failed update continues",
        "27",
        () -> updating(of -> failing(of, OnFailure.CONTINUE, of.maxFailureRatio())));
    plant(
        "a failed update is never rolled back",
        "L1",
        () -> updating(of -> failing(of, OnFailure.PAUSE, of.maxFailureRatio())));
    plant("all jobs may fail", "27", () -> updating(of -> failing(of, of.onFailure(), 1)));
  }

  private static void kept() {
    plant(
        "the good definition is not kept",
        "L1",
        () -> keeping(of -> new Versions(of.valid(), null, of.failed())));
    plant(
        "the failed definition is not kept",
        "L1",
        () -> keeping(of -> new Versions(of.valid(), of.good(), null)));
    plant(
        "the failed definition is kept as good",
        "L1",
        () -> keeping(of -> new Versions(of.valid(), of.valid(), of.failed())));
    plant(
        "the next leader forgets the failed definition",
        "27",
        () -> recalling(of -> new Versions(of.valid(), of.good(), null)));
    plant(
        "the next leader forgets the good definition",
        "27",
        () -> recalling(of -> new Versions(of.valid(), null, of.failed())));
  }

  private static Versions withoutDigests(Versions of) {
    UnaryOperator<Versions.Definition> blank =
        one -> new Versions.Definition(one.service(), one.json(), "");
    return new Versions(
        blank.apply(of.valid()), of.good() == null ? null : blank.apply(of.good()), of.failed());
  }

  private static void images() {
    plant(
        "the digest of a tag is not kept",
        "digest",
        () -> keeping(PlantedUpdateBugs::withoutDigests));
    plant(
        "the next leader forgets the digest of a tag, and does not see which one is in use",
        "digest",
        () -> {
          Bugs forgets = recalling(PlantedUpdateBugs::withoutDigests);
          Bugs isBlind = Planting.seeing(Planting::withoutDigest);
          return Planting.hearing(
              event -> {
                Event seen = isBlind.hears(event);
                return seen == null ? null : forgets.hears(seen);
              });
        });
    plant(
        "a digest that failed is forgotten",
        "follow",
        () ->
            keeping(
                of ->
                    new Versions(
                        of.valid(),
                        of.good(),
                        of.failed(),
                        of.earlier(),
                        List.of(),
                        of.replaced())));
    plant(
        "the digest of a tag is not asked for",
        "digest",
        () ->
            Planting.hearing(
                event ->
                    event instanceof Event.CallEnded(var call, Event.Outcome.Pulled _)
                        ? new Event.CallEnded(call, new Event.Outcome.Pulled(""))
                        : event));
  }

  private static Bugs unlabelled(String label) {
    return Planting.seeing(
        c -> {
          Map<String, String> labels = new HashMap<>(c.labels());
          labels.remove(label);
          return Planting.with(c, c.name(), labels, c.inherited());
        });
  }

  private static void hooks() {
    plant("pre_stop hooks are not run", "pre_stop", () -> unlabelled(Hooks.PRE_STOP));
    plant("post_start hooks are not run", "L1", () -> unlabelled(Hooks.POST_START));
    plant(
        "a failed post_start hook counts as done",
        "L1",
        () ->
            Planting.hearing(
                event ->
                    event instanceof Event.CallEnded(Action.Exec exec, Event.Outcome.Failed failed)
                        ? new Event.CallEnded(exec, new Event.Outcome.Done("", null, failed.at()))
                        : event));
  }

  private static void preStart() {
    plant(
        "a job is created before its steps succeed",
        "pre_start",
        () -> Planting.defining(PlantedUpdateBugs::withoutSteps));
    plant(
        "a successful step counts as failed",
        "pre_start",
        () -> Planting.seeing(c -> isStep(c) ? Planting.exited(c, 1) : c));
    plant(
        "the next leader repeats a successful step",
        "pre_start",
        PlantedUpdateBugs::forgettingSteps);
    plant(
        "a failed step counts as done",
        "L1",
        () -> Planting.seeing(c -> isStep(c) ? Planting.exited(c, 0) : c));
  }

  /** Hides the records of earlier leaders, and exited steps in lists. */
  private static Bugs forgettingSteps() {
    return Planting.hearing(
        event ->
            switch (event) {
              case Event.StoreListed(long at, List<StoreChange> keys, Recalled left) ->
                  new Event.StoreListed(
                      at,
                      keys,
                      new Recalled(
                          left.keys(), left.versions(), Map.of(), left.hosts(), left.holds()));
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
                      all.stream()
                          .filter(c -> !isStep(c) || c.state() != Container.State.EXITED)
                          .toList(),
                      volumes);
              case null, default -> event;
            });
  }

  private static boolean isStep(Container c) {
    return PreStart.isJob(c.labels().getOrDefault(Ownership.JOB, ""));
  }

  /** Removes the steps but keeps the spec hash. */
  private static Service withoutSteps(Service of) {
    SortedMap<String, Object> engine = new TreeMap<>(of.container().engine());
    engine.remove(PreStart.FIELD);
    return Planting.with(of, of.container().withEngine(engine));
  }

  private static void contents() {
    plant(
        "a container is started without its files",
        "files",
        () ->
            Planting.doing(
                action ->
                    action instanceof Action.Start s
                        ? new Action.Start(
                            s.host(), s.job(), s.container(), s.networks(), List.of(), s.reason())
                        : action));
    plant(
        "a changed config is missed",
        "L1",
        () ->
            Planting.hearing(
                event ->
                    event instanceof Event.StoreChanged changed
                            && changed.changes().stream()
                                .anyMatch(key -> key instanceof StoreChange.OfContent)
                        ? null
                        : event));
    plant(
        "the spec of the failed definition is not kept",
        "L1",
        () ->
            keeping(
                of ->
                    of.failed() == null
                        ? of
                        : new Versions(
                            of.valid(),
                            of.good(),
                            new Versions.Failure(
                                of.failed().generation(), "", of.failed().why()))));
  }

  private static void unhealthy() {
    plant("health is ignored", "L1", () -> health(word -> null));
    plant(
        "a starting container counts as healthy",
        "S8",
        () -> health(word -> "starting".equals(word) ? "healthy" : word));
    plant(
        "an unhealthy container is left alone",
        "L1",
        () ->
            Planting.defining(
                of -> with(of, Service.OnUnhealthy.IGNORE, of.update(), of.rollback())));
    plant(
        "an unhealthy container is recreated instead of restarted",
        "27",
        () ->
            Planting.defining(
                of -> with(of, Service.OnUnhealthy.REPLACE, of.update(), of.rollback())));
  }
}
