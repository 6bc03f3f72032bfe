package io.dowding.control;

import io.dowding.control.Condition.Part;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.plan.Action;
import io.dowding.plan.Plan;
import io.dowding.plan.Scope;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides: events in, actions out. An event only says where to look; decisions follow from the
 * state of the world, so a lost, duplicate or late event does no harm. Not thread-safe: one thread
 * owns it.
 */
public final class Controller {

  /** After a longer pause of this process, silent hosts are not to blame. */
  private static final Duration LONGEST_STEP = Duration.ofSeconds(5);

  /** Everything is looked at again at least this often. */
  private static final Duration ROUND = Duration.ofSeconds(60);

  /** How often the cluster's age is written to the state directory. */
  private static final Duration REMEMBER = Duration.ofSeconds(5);

  private final World world;
  private final Publisher publisher;
  private final boolean observes;
  private final Planning planning;
  private final Writes writes = new Writes();
  private String term = "";
  private long remembered;
  private @Nullable Instant rememberedAt;
  private @Nullable Instant lastStep;
  private @Nullable Instant planAgain;
  private @Nullable Preview preview;

  /**
   * The result of a step.
   *
   * @param wake when to step again if nothing happens before, or null
   * @param bugs internal errors of this step; each affects only the event, job or status it
   *     occurred in
   */
  public record Decision(
      List<Action> actions, @Nullable Instant wake, List<RuntimeException> bugs) {}

  /**
   * Which cluster an agent works for.
   *
   * @param base the base key, as in labels
   * @param fresh an unused UUID, for a new cluster
   * @param known the UUID that this machine last worked for, or null
   * @param age the highest cluster age that this machine has seen
   */
  public record Origin(String base, String fresh, @Nullable String known, long age) {}

  /**
   * @param inventoryInEtcd whether hosts come from {@code inventory/}; otherwise from {@link
   *     Event.InventoryRead}
   * @param observes whether to decide as a leader would, without acting
   */
  public Controller(Settings settings, Origin origin, boolean inventoryInEtcd, boolean observes) {
    Identity identity = new Identity(origin.base(), origin.fresh(), origin.known(), origin.age());
    this.world = new World(settings, identity, inventoryInEtcd);
    this.publisher = new Publisher(world);
    this.planning = new Planning(world, publisher);
    this.observes = observes;
  }

  /** The hosts to follow; empty while another agent leads. */
  public List<Host> hosts() {
    return world.hosts.list();
  }

  /**
   * What a leader would do, as of the last step; null before everything is known, and on the
   * leader.
   */
  @Nullable Preview preview() {
    return preview;
  }

  /**
   * From now on compares each plan with a plan of everything, and each status likewise; a
   * difference is one of the {@link Decision#bugs}. For tests: slow.
   *
   * @param forgotten removes services from each scope, to test that the comparison finds them
   */
  public void proves(UnaryOperator<Scope> forgotten) {
    planning.proves(forgotten);
    publisher.proves();
  }

  /** What this agent does, as of the last step. */
  public Condition condition() {
    Part part = observes ? Part.OBSERVES : leads() ? Part.LEADS : Part.FOLLOWS;
    boolean known = part == Part.LEADS && world.isPlanned();
    return new Condition(part, world.whyNotReady(leads()), known ? publisher.census() : null);
  }

  Policy policy() {
    return world.settings.policy();
  }

  /** Whether this agent leads, as of the last step. */
  public boolean leads() {
    return !term.isEmpty();
  }

  /**
   * Applies events and decides what to do now.
   *
   * @param now from a clock that never jumps
   */
  public Decision step(List<Event> events, Instant now) {
    Bugs bugs = new Bugs();
    boolean completed = false;
    try {
      Decision decision = step(events, now, bugs);
      completed = true;
      return decision;
    } finally {
      if (!completed || bugs.areInWorld()) {
        world.changed.everything();
      }
    }
  }

  private Decision step(List<Event> events, Instant now, Bugs bugs) {
    forgivePause(now);
    for (Event event : events) {
      bugs.caughtInWorld(() -> world.apply(event, now));
      bugs.caughtInWorld(() -> writes.ended(event, now));
      if (event instanceof Event.Written written) {
        bugs.caughtInWorld(() -> publisher.written(written, now));
      }
    }
    bugs.caughtInWorld(() -> world.followInventory(now));
    List<Action> actions = new ArrayList<>();
    if (world.takeListAgain()) {
      actions.add(new Action.ListAgain());
    }
    lead(now, actions);
    if (!leads() || !world.isReady(now)) {
      planAgain = null;
      return new Decision(actions, null, bugs.all());
    }
    if (planAgain == null || !now.isBefore(planAgain) || !isNoNews(events)) {
      planAgain = null;
      bugs.caughtInWorld(() -> decide(now, actions, bugs));
    }
    return new Decision(actions, planAgain, bugs.all());
  }

  /** Actions come last: once one has begun, nothing may keep it from being handed out. */
  private void decide(Instant now, List<Action> actions, Bugs bugs) {
    Scope affected = world.derived.settle(now, bugs);
    Situation situation = world.situation(now);
    Plan plan = planning.plan(situation, affected, now, bugs);
    Holds holds = world.derived.holds();
    holds.mostHosts(situation);
    holds.orphans(world.plans.spared());
    if (observes) {
      preview =
          new Preview(
              new Plan(plan.actions(), new TreeMap<>(world.plans.all())),
              world.keys.definitions.allVersions(),
              holds.all(),
              situation);
      actions.addAll(holds.isFrozen() ? List.of() : plan.actions());
    } else if (world.storeUp) {
      // While etcd is away nothing changes: earlier decisions may no longer be wanted.
      boolean storeReady = writes.mayBegin(now);
      bugs.caught(() -> claim(holds, storeReady, actions));
      if (storeReady) {
        bugs.caught(() -> publisher.keep(now, actions, bugs));
        bugs.caught(() -> publisher.publish(holds, now, actions, bugs));
      }
      bugs.caught(() -> remember(now, actions));
      if (!holds.isFrozen()) {
        plan.actions().stream().filter(action -> begin(action, storeReady)).forEach(actions::add);
      }
    }
    planAgain = wake(world.plans.wake(), now);
  }

  /** Signs of life from hosts that are up change nothing, and cost nothing. */
  private boolean isNoNews(List<Event> events) {
    return events.stream()
        .allMatch(
            event ->
                switch (event) {
                  case Event.Tick _, Event.Standing _ -> true;
                  case Event.HostAnswered(String host) -> world.hosts.isWell(host);
                  default -> false;
                });
  }

  private void lead(Instant now, List<Action> actions) {
    String present = term(now);
    boolean isNew = !present.equals(term);
    // After a pause of this process, one step may end a term and begin the next.
    if (isNew && leads()) {
      world.endTerm();
    }
    term = present;
    if (isNew && leads()) {
      world.beginTerm(now);
      actions.add(new Action.ListAgain());
    } else if (leads() && world.isForgotten()) {
      world.recallAgain();
      actions.add(new Action.ListAgain());
    }
  }

  private String term(Instant now) {
    if (observes) {
      return world.keys.isListed() ? "observes" : "";
    }
    return world.leadership.term(now);
  }

  private void claim(Holds holds, boolean storeReady, List<Action> actions) {
    Action.Claim claim = holds.claim();
    if (claim != null && storeReady && writes.begin(claim)) {
      actions.add(claim);
    }
  }

  private void remember(Instant now, List<Action> actions) {
    if (rememberedAt == null || !now.isBefore(rememberedAt.plus(REMEMBER))) {
      unremembered()
          .ifPresent(
              remember -> {
                remembered = remember.age();
                rememberedAt = now;
                actions.add(remember);
              });
    }
  }

  /** What this agent knows of its cluster but has not remembered yet; for its end. */
  Optional<Action.Remember> unremembered() {
    long age = world.identity.highest();
    return world.identity.isKnown() && age != remembered
        ? Optional.of(new Action.Remember(world.identity.uuid(), age))
        : Optional.empty();
  }

  /** While this process stood still it could not hear from hosts; that is not their silence. */
  private void forgivePause(Instant now) {
    if (lastStep != null) {
      Duration pause = Duration.between(lastStep, now);
      if (pause.compareTo(LONGEST_STEP) > 0) {
        world.hosts.forgive(pause);
        world.hosts.forEach((name, host) -> world.changed.host(name));
      }
    }
    lastStep = now;
  }

  private boolean begin(Action action, boolean storeReady) {
    return switch (action) {
      case Action.Allocate _ -> {
        world.allocating |= storeReady;
        yield storeReady;
      }
      case Action.WritePin pin -> storeReady && writes.begin(pin);
      case Action.Write _, Action.Claim _ -> storeReady;
      case Action.ListAgain _, Action.Remember _ -> true;
      case Action.OnHost call -> {
        world.underWay.began(call);
        yield true;
      }
    };
  }

  private Instant wake(@Nullable Instant planned, Instant now) {
    // A missing timer is made up for within a round.
    Instant wake = earlier(planned, now.plus(ROUND), now);
    wake = earlier(wake, world.wake(now), now);
    if (rememberedAt != null && world.identity.highest() != remembered) {
      wake = earlier(wake, rememberedAt.plus(REMEMBER), now);
    }
    wake = earlier(wake, publisher.wake(), now);
    wake = earlier(wake, world.keys.published.refusals.next(now), now);
    return earlier(earlier(wake, writes.notBefore(), now), world.underWay.restsUntil(), now);
  }

  /** The earlier of the two that is still in the future; a round from now if there is none. */
  private static Instant earlier(@Nullable Instant wake, @Nullable Instant other, Instant now) {
    Instant first = wake == null ? now.plus(ROUND) : wake;
    return other != null && other.isAfter(now) && other.isBefore(first) ? other : first;
  }
}
