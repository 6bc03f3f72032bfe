package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Plan;
import io.dowding.plan.Planner;
import io.dowding.plan.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The deciding part: events in, actions out. An event only says where to look; what follows is
 * decided from the world as it is, so a lost, doubled or late event cannot hurt. Not thread-safe:
 * one thread owns it.
 */
public final class Controller {

  /** A pause of this process longer than this was no silence of the hosts. */
  private static final Duration LONGEST_STEP = Duration.ofSeconds(5);

  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  private final World world;
  private final Set<String> pinsUnderWay = new HashSet<>();
  private boolean publishing;
  private @Nullable Instant lastStep;
  private @Nullable Instant storeNotBefore;

  /**
   * What follows from a step.
   *
   * @param wake when to step again if nothing happens before, or null
   */
  public record Decision(List<Action> actions, @Nullable Instant wake) {}

  /**
   * @param inventoryInEtcd the hosts are those under {@code inventory/}; else those of {@link
   *     Event.InventoryRead}
   */
  public Controller(Settings settings, boolean inventoryInEtcd) {
    this.world = new World(settings, inventoryInEtcd);
  }

  /** The hosts that are to be followed. */
  public List<Host> hosts() {
    return world.hosts.values().stream().map(host -> host.host).toList();
  }

  /**
   * Takes in what happened, and says what is to be done now.
   *
   * @param now by a clock that never steps
   */
  public Decision step(List<Event> events, Instant now) {
    forgivePause(now);
    for (Event event : events) {
      world.apply(event, now);
      ended(event, now);
    }
    if (!world.isReady(now)) {
      return new Decision(List.of(), null);
    }
    world.remember(now);
    Holds holds = Holds.find(world);
    Plan plan = Planner.plan(world.situation(now));
    List<Action> actions = new ArrayList<>();
    // While etcd is away everything stays as it is: what was decided may no longer be wanted.
    if (world.storeUp) {
      boolean storeReady = storeNotBefore == null || !now.isBefore(storeNotBefore);
      plan.actions().stream().filter(action -> begin(action, storeReady)).forEach(actions::add);
      publish(plan, holds, storeReady, actions);
    }
    return new Decision(actions, wake(plan.wake(), now));
  }

  /**
   * If this process stood still, it could not have heard of the hosts: that is not their silence.
   */
  private void forgivePause(Instant now) {
    if (lastStep != null) {
      Duration pause = Duration.between(lastStep, now);
      if (pause.compareTo(LONGEST_STEP) > 0) {
        world.forgive(pause);
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
      case Action.WritePin pin -> storeReady && pinsUnderWay.add(pin.job());
      case Action.Publish _ -> storeReady;
      case Action.OnHost call -> {
        world.underWay(call);
        yield true;
      }
    };
  }

  private void publish(Plan plan, Holds holds, boolean storeReady, List<Action> actions) {
    if (publishing || !storeReady) {
      return;
    }
    SortedMap<String, Object> wanted = Statuses.of(world, plan, holds.all());
    SortedMap<String, Optional<Object>> changes = Statuses.difference(world.keys.published, wanted);
    if (!changes.isEmpty() || !holds.acknowledged().isEmpty()) {
      publishing = true;
      actions.add(Holds.publish(changes, holds.acknowledged()));
    }
  }

  private void ended(Event event, Instant now) {
    switch (event) {
      case Event.Allocated allocated -> {
        if (allocated.revision() <= 0) {
          storeNotBefore = now.plus(allocated.revision() < 0 ? STORE_RETRY : Duration.ofMillis(50));
        }
      }
      case Event.PinWritten written -> {
        pinsUnderWay.remove(written.action().job());
        if (!written.done()) {
          storeNotBefore = now.plus(STORE_RETRY);
        }
      }
      case Event.Published(Action.Publish action, boolean done) -> {
        publishing = false;
        if (done) {
          action.values().forEach(this::published);
        } else {
          storeNotBefore = now.plus(STORE_RETRY);
        }
      }
      default -> {}
    }
  }

  private void published(String key, Optional<Object> value) {
    if (value.isPresent()) {
      world.keys.published.put(key, value.get());
    } else {
      world.keys.published.remove(key);
    }
  }

  private @Nullable Instant wake(@Nullable Instant planned, Instant now) {
    Instant wake = planned;
    for (HostWorld host : world.hosts.values()) {
      Instant change = host.nextChange(now, world.settings);
      if (change.isAfter(now) && (wake == null || change.isBefore(wake))) {
        wake = change;
      }
    }
    return storeNotBefore != null
            && storeNotBefore.isAfter(now)
            && (wake == null || storeNotBefore.isBefore(wake))
        ? storeNotBefore
        : wake;
  }
}
