package io.dowding.sim;

import io.dowding.model.Allocation;
import io.dowding.model.Membership;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.sim.PlantedBugs.Planted;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Bugs in placing services together. */
final class PlantedTogetherBugs {

  private PlantedTogetherBugs() {}

  static List<Planted> all() {
    return List.of(
        new Planted(
            "one service of a project stays on a drained host",
            "together",
            () ->
                recording(
                    record ->
                        record.reason().contains("is drained; together with ") ? null : record)),
        new Planted(
            "the first service of a project ignores the others",
            "together",
            () -> Planting.doing(PlantedTogetherBugs::firstAlone)),
        new Planted(
            "a service of a project is placed alone",
            "together",
            () ->
                Planting.defining(
                    of -> of.name().equals("web") || of.name().endsWith("3") ? apart(of) : of)));
  }

  /** Writes only the first allocation of a group, so that the others follow it. */
  private static @Nullable Action firstAlone(@Nullable Action action) {
    if (!(action instanceof Action.Allocate(List<Action.Change> changes, long sequence))) {
      return action;
    }
    List<Action.Change> first =
        changes.stream()
            .map(Action.Change::record)
            .filter(record -> record.reason().startsWith("the best host that fits all"))
            .limit(1)
            .map(record -> on("host1", record))
            .<Action.Change>map(Action.Change.Put::new)
            .toList();
    return first.isEmpty() ? action : new Action.Allocate(first, sequence);
  }

  private static Bugs recording(UnaryOperator<@Nullable Allocation> mapper) {
    return Planting.doing(
        action ->
            action instanceof Action.Allocate(List<Action.Change> changes, long sequence)
                ? allocate(
                    changes.stream().flatMap(change -> some(change, mapper)).toList(), sequence)
                : action);
  }

  private static @Nullable Action allocate(List<Action.Change> changes, long sequence) {
    return changes.isEmpty() ? null : new Action.Allocate(changes, sequence);
  }

  private static Stream<Action.Change> some(
      Action.Change change, UnaryOperator<@Nullable Allocation> mapper) {
    if (!(change instanceof Action.Change.Put(Allocation record))) {
      return Stream.of(change);
    }
    Allocation seen = mapper.apply(record);
    return seen == null ? Stream.empty() : Stream.of(new Action.Change.Put(seen));
  }

  private static Allocation on(String host, Allocation of) {
    return new Allocation(
        of.job(),
        host,
        of.service(),
        of.specHash(),
        of.generation(),
        of.incarnation(),
        of.replaces(),
        of.since(),
        of.reason(),
        of.revision());
  }

  private static Service apart(Service of) {
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
        of.dependsOn(),
        of.onUnhealthy(),
        of.update(),
        of.rollback(),
        Membership.NONE,
        of.restarts());
  }
}
