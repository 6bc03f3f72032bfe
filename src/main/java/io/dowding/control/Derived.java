package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.plan.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What follows from events, or from time alone: facts, holds, and what is observed of jobs. */
final class Derived {

  private final World world;
  private final Observations observations;

  private @Nullable Facts facts;
  private @Nullable Holds holds;

  /** Services held in the last plan. */
  private Set<String> heldServices = Set.of();

  private boolean holdsDue;

  Derived(World world) {
    this.world = world;
    this.observations = new Observations(world);
  }

  void beginTerm() {
    observations.clear();
  }

  /** Something that holds depend on changed. */
  void findHoldsAgain() {
    holdsDue = true;
  }

  /** The facts as of the last {@link #settle}. */
  Facts facts() {
    return Objects.requireNonNull(facts);
  }

  /** The same; null before the first. */
  @Nullable Facts factsIfAny() {
    return facts;
  }

  Holds holds() {
    return Objects.requireNonNull(holds);
  }

  /**
   * Updates everything.
   *
   * @return the services whose plans may be outdated
   */
  Scope settle(Instant now, Bugs bugs) {
    Facts present = refreshed(now);
    SortedSet<String> outdated =
        world.plans.outdated(world.changed, present.takeTouched(), present.takeWordsChanged(), now);
    boolean all = world.changed.isEverything();
    observations.remember(all ? world.keys.allocations.services() : outdated, present, now, bugs);
    return all ? new Scope.All() : new Scope.Of(outdated);
  }

  private Facts refreshed(Instant now) {
    Changed changed = world.changed;
    observations.due(now).forEach(changed::job);
    world.underWay.endRests(now);
    Facts present = facts;
    if (present == null || changed.isEverything()) {
      changed.everything();
      present = new Facts(world, now);
      facts = present;
    } else {
      present.due(now, changed);
      if (holds != null && !holds.isQuiet()) {
        // If two hostnames share an engine, a change to one can change the other.
        heldHosts().forEach(changed::host);
      }
      boolean mostWereLost = present.mostAreLost();
      present.refresh(changed, now);
      if (mostWereLost != present.mostAreLost()) {
        changed.everything();
      }
    }
    List<Host> followedBefore = world.hosts.list();
    findHolds(present, now);
    if (!world.hosts.list().equals(followedBefore)) {
      // A person confirmed the inventory.
      present = new Facts(world, now);
      facts = present;
    }
    return present;
  }

  /** Holds need no new search until something they depend on changes. */
  private void findHolds(Facts present, Instant now) {
    Changed changed = world.changed;
    Holds before = holds;
    boolean due =
        holdsDue
            || changed.isEverything()
            || world.earlier.hasRemainsToLookAt()
            || before == null
            || !before.isQuiet();
    if (due) {
      Set<String> heldBefore = heldHosts();
      holdsDue = false;
      holds = Holds.find(world, present, now);
      Changed held = new Changed();
      heldBefore.forEach(held::host);
      heldHosts().forEach(held::host);
      present.refresh(held, now);
      held.services.forEach(changed::service);
      held.hosts.forEach(changed::host);
    }
    Set<String> heldNow = world.keys.deletions.held();
    if (!heldNow.equals(heldServices)) {
      Stream.concat(heldServices.stream(), heldNow.stream())
          .filter(name -> heldServices.contains(name) != heldNow.contains(name))
          .forEach(changed::service);
      heldServices = Set.copyOf(heldNow);
    }
  }

  private Set<String> heldHosts() {
    Set<String> held = new HashSet<>();
    world.hosts.forEach(
        (name, host) -> {
          if (!host.hold.isEmpty() || host.twinOf != null) {
            held.add(name);
          }
        });
    return held;
  }

  /** What looking at everything again would have learned or held. */
  List<String> missed(Instant now, Bugs bugs) {
    List<String> missed = new ArrayList<>();
    Facts whole = new Facts(world, now);
    observations.remember(world.keys.allocations.services(), whole, now, bugs);
    if (!world.changed.services.isEmpty()) {
      missed.add("missed what is remembered of the jobs of " + world.changed.services);
    }
    if (holds().isQuiet()) {
      Holds found = Holds.find(world, whole, now);
      if (!found.isQuiet()) {
        missed.add("missed a hold");
        holds = found;
        holdsDue = true;
      }
    }
    return missed;
  }
}
