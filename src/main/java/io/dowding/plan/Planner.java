package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Running.Located;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Stream;

/** Compares desired with actual state and decides what to do. */
public final class Planner {

  private final Pass pass;
  private final Situation situation;
  private final Stopping stopping;

  private Planner(Situation situation) {
    this.pass = new Pass(situation);
    this.situation = situation;
    this.stopping = new Stopping(pass);
  }

  /** Plans everything. The same situation always gives the same plan. */
  public static Plan plan(Situation situation) {
    return plan(situation, new Scope.All());
  }

  /**
   * Plans some services. If nothing changed that the plans of the others depend on, those plans
   * remain valid, and together they equal a plan of everything.
   */
  public static Plan plan(Situation situation, Scope scope) {
    return new Planner(situation).run(scope);
  }

  /**
   * Why each host would or would not be chosen for a job, as things are now.
   *
   * @return by hostname; empty if no service has this job
   */
  public static SortedMap<String, String> explain(Situation situation, String job) {
    Service service = situation.services().get(Names.serviceOf(job));
    if (service == null) {
      return Collections.emptySortedMap();
    }
    Pass pass = new Pass(situation);
    Member member = new Member(job, service, situation.allocations().get(job));
    return pass.fleet.explain(new Leaving(pass).request(member));
  }

  /**
   * Whether so many hosts are lost together that probably this node is cut off.
   *
   * @param lost hosts that are not up, and that no operator set to gone
   * @param all how many hosts there are
   */
  public static boolean mostAreLost(long lost, long all) {
    return lost >= Settings.LOST_AT_LEAST && lost * 100 >= all * Settings.LOST_PERCENT;
  }

  private Plan run(Scope scope) {
    Pins pins = new Pins(pass);
    Groups groups = new Groups(pass, pins);
    Set<String> desired = new HashSet<>();
    for (Turn turn : turns(scope, pins)) {
      pass.turn(turn);
      Service service = Objects.requireNonNull(situation.services().get(turn.service()));
      ServicePass servicePass = new ServicePass(pass, pins, groups, service);
      List<String> jobs = servicePass.jobs();
      desired.addAll(jobs);
      isolated(service.name(), () -> servicePass.run(jobs));
      isolated(service.name(), () -> desired.addAll(servicePass.steps()));
      pass.turnEnds();
    }
    for (Allocation record : records(scope)) {
      if (!desired.contains(record.job()) && !record.isOfLibrary()) {
        pass.about(record.service());
        isolated(record.job(), () -> retire(record));
      }
    }
    for (String job : running(scope)) {
      if (!desired.contains(job) && !situation.allocations().has(job)) {
        pass.about(Names.serviceOf(job));
        isolated(job, () -> removeOrphan(job));
      }
    }
    return pass.plan();
  }

  private List<Turn> turns(Scope scope, Pins pins) {
    Stream<Service> some =
        switch (scope) {
          case Scope.All() -> situation.services().values().stream();
          case Scope.Of(SortedSet<String> names) -> {
            names.forEach(pass::about);
            yield names.stream()
                .map(name -> situation.services().get(name))
                .filter(Objects::nonNull);
          }
        };
    return some.map(service -> new Turn(pins.isPinned(service), service.name())).sorted().toList();
  }

  private Collection<Allocation> records(Scope scope) {
    return switch (scope) {
      case Scope.All() -> situation.allocations().all().values();
      case Scope.Of(SortedSet<String> names) ->
          names.stream()
              .flatMap(name -> situation.allocations().of(name).stream())
              .sorted(Comparator.comparing(Allocation::job))
              .toList();
    };
  }

  private Collection<String> running(Scope scope) {
    return switch (scope) {
      case Scope.All() -> pass.running.jobs();
      case Scope.Of(SortedSet<String> names) ->
          names.stream().flatMap(name -> pass.running.jobs(name).stream()).sorted().toList();
    };
  }

  /** A bug that concerns one service or job must not affect the others. */
  private void isolated(String serviceOrJob, Runnable decide) {
    try {
      decide.run();
    } catch (RuntimeException | StackOverflowError bug) {
      String job = serviceOrJob.contains(".") ? serviceOrJob : Names.replica(serviceOrJob, 1);
      pass.view(
          new JobView(
              job,
              null,
              null,
              State.PENDING,
              "internal error, please report it: " + bug,
              null,
              false,
              false));
    }
  }

  /**
   * Removes a job that is no longer wanted. Its record goes last, after the removal was seen. While
   * its host is lost the record stays as a tombstone, so that a returning container is recognized
   * as unwanted.
   */
  private void retire(Allocation record) {
    List<Located> containers = pass.running.of(record.job());
    if (situation.untouchable().contains(record.service())) {
      pass.view(asItIs(record, containers, "left alone: the service's key cannot be used"));
      return;
    }
    if (situation.held().contains(record.service())) {
      pass.view(held(asItIs(record, containers, "held: many services were deleted at once")));
      return;
    }
    Located renamed = pass.running.renamed(record);
    if (renamed != null) {
      pass.view(removing(record, JobView.renamed(record, renamed.owned()).reason()));
      return;
    }
    boolean left = stopping.clear(record.job(), containers, whyUnwanted(record.service()));
    HostState host = situation.host(record.host());
    if (situation.gone().contains(record.host())) {
      pass.forget(record, record.host() + " is gone");
    } else if (host == null || !host.usable()) {
      String problem = host == null ? "is not in the inventory" : host.unusable();
      pass.view(removing(record, "waiting for " + record.host() + ": " + problem));
    } else if (left || pass.isBusy(record.job())) {
      pass.view(removing(record, ""));
    } else {
      pass.forget(record, "its container was removed");
    }
  }

  private String whyUnwanted(String name) {
    Service service = situation.services().get(name);
    if (service == null) {
      return "the service was removed";
    }
    return service.running() ? "the service was scaled down" : "the service was stopped";
  }

  private JobView removing(Allocation record, String reason) {
    Located current = pass.running.current(record);
    return new JobView(
        record.job(),
        record.host(),
        current == null ? null : current.owned().container(),
        State.REMOVING,
        reason,
        null,
        false,
        false);
  }

  private static JobView held(JobView view) {
    return new JobView(
        view.job(), view.host(), view.container(), State.HELD, view.reason(), null, false, false);
  }

  private JobView asItIs(Allocation record, List<Located> containers, String why) {
    Located current =
        containers.stream().filter(located -> located.isOf(record)).findFirst().orElse(null);
    boolean runs = current != null && current.owned().container().isAlive();
    return new JobView(
        record.job(),
        record.host(),
        current == null ? null : current.owned().container(),
        runs ? State.RUNNING : State.PENDING,
        why,
        null,
        false,
        runs);
  }

  /**
   * Removes containers that no key and no record asks for. Spares those that are newer than
   * anything etcd knows, or that a lost key may have asked for.
   */
  private void removeOrphan(String job) {
    String service = Names.serviceOf(job);
    if (situation.untouchable().contains(service) || situation.held().contains(service)) {
      return;
    }
    List<Located> known =
        pass.running.of(job).stream()
            .filter(located -> located.owned().incarnation() <= situation.age())
            .toList();
    if (situation.lost().test(job)) {
      pass.spare(job);
      return;
    }
    pass.readsAge();
    stopping.clear(job, known, "orphan: no key asks for it");
  }
}
