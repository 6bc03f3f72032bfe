package io.dowding.control;

import io.dowding.plan.Plan;
import io.dowding.plan.Planner;
import io.dowding.plan.Scope;
import io.dowding.plan.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Plans the services that changes affect, and from time to time compares with a plan of all. */
final class Planning {

  /** The time between two comparisons. */
  private static final Duration COMPARE = Duration.ofSeconds(60);

  /**
   * More time for each service: some hundred times of what comparing it takes, so that comparing
   * takes less than a hundredth of the time.
   */
  private static final Duration COMPARE_EACH = Duration.ofMillis(40);

  private final World world;
  private final Publisher publisher;
  private UnaryOperator<Scope> forgets = scope -> scope;
  private boolean proves;
  private @Nullable Instant comparedAt;

  Planning(World world, Publisher publisher) {
    this.world = world;
    this.publisher = publisher;
  }

  /** See {@link Controller#proves}. */
  void proves(UnaryOperator<Scope> forgotten) {
    proves = true;
    forgets = forgotten;
  }

  /** Plans what has changed. */
  Plan plan(Situation situation, Scope affected, Instant now, Bugs bugs) {
    Scope scope = forgets.apply(affected);
    Plan plan = plan(situation, scope);
    if (scope instanceof Scope.All) {
      comparedAt = now;
      return plan;
    }
    return isToCompare(now) ? compared(plan, now, bugs) : plan;
  }

  /** Plans these services, and those affected by where they are placed. */
  private Plan plan(Situation situation, Scope scope) {
    Plan plan = Planner.plan(situation, scope);
    Scope whole = scope;
    while (whole instanceof Scope.Of(SortedSet<String> names)) {
      SortedSet<String> more = new TreeSet<>(names);
      more.addAll(world.plans.unawareOf(plan));
      more.addAll(world.plans.nextAfter(plan, situation.settings().recordsAtOnce()));
      if (more.size() == names.size()) {
        break;
      }
      whole = new Scope.Of(more);
      plan = Planner.plan(situation, whole);
    }
    world.plans.keep(whole, plan);
    publisher.outdated(whole, world.changed);
    world.changed.clear();
    return plan;
  }

  private boolean isToCompare(Instant now) {
    Duration pause = COMPARE.plus(COMPARE_EACH.multipliedBy(world.plans.all().size()));
    return proves || comparedAt == null || !now.isBefore(comparedAt.plus(pause));
  }

  /**
   * Plans everything from scratch. A difference means that a change was missed: a bug. The plan of
   * everything wins.
   */
  private Plan compared(Plan plan, Instant now, Bugs bugs) {
    comparedAt = now;
    List<String> forgotten = world.derived.missed(now, bugs);
    Plan whole = Planner.plan(world.fresh(now));
    forgotten.addAll(world.plans.differences(plan, whole));
    if (forgotten.isEmpty()) {
      return plan;
    }
    bugs.caughtInWorld(
        () -> {
          throw new IllegalStateException(
              "a change was not planned: " + String.join("; ", forgotten));
        });
    world.plans.keep(new Scope.All(), whole);
    return whole;
  }
}
