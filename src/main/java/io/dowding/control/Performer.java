package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Performs actions, one call each, and returns their outcome. It only decides whether an action may
 * still begin: every change to a host needs the lease, and every stop or removal also needs the
 * keys behind it to be unchanged when read again. Thread-safe.
 */
public final class Performer {

  private final Store store;
  private final Engines engines;
  private final InstantSource clock;
  private final Consumer<Action.Remember> memory;
  private final Policy policy;
  private volatile Instant until = Instant.MIN;

  /**
   * @param memory stores what must not be in etcd alone
   * @param policy what services may have of their hosts
   */
  public Performer(
      Store store,
      Engines engines,
      InstantSource clock,
      Consumer<Action.Remember> memory,
      Policy policy) {
    this.policy = policy;
    this.store = store;
    this.engines = engines;
    this.clock = clock;
    this.memory = memory;
  }

  /**
   * Must be called at once with every change of this agent's candidacy, before it is decided on.
   */
  public void heard(Event event) {
    if (event instanceof Event.Standing standing) {
      until = standing.until();
    } else if (event instanceof Event.NotStanding) {
      until = Instant.MIN;
    }
  }

  /**
   * Returns the outcome, or null if there is nothing to report. Internal errors become outcomes
   * too: every action ends, so no job stays busy forever.
   */
  public @Nullable Event perform(Action action) {
    try {
      return attempt(action);
    } catch (RuntimeException | StackOverflowError bug) {
      return failed(action, bug, clock.instant());
    }
  }

  private @Nullable Event attempt(Action action) {
    return switch (action) {
      case Action.Allocate allocate -> store.allocate(allocate);
      case Action.WritePin pin -> store.writePin(pin);
      case Action.Write write -> store.write(write);
      case Action.Claim claim -> store.claim(claim);
      case Action.ListAgain _ -> {
        store.listAgain();
        yield null;
      }
      case Action.Remember remember -> {
        memory.accept(remember);
        yield null;
      }
      case Action.OnHost call -> new Event.CallEnded(call, call(call));
    };
  }

  private Outcome call(Action.OnHost call) {
    Action.Basis basis =
        switch (call) {
          case Action.Signal signal -> signal.basis();
          case Action.Remove remove -> remove.basis();
          case Action.Exec exec -> exec.basis();
          case Action.Pull _,
              Action.Resolve _,
              Action.Create _,
              Action.Start _,
              Action.Connect _,
              Action.SetRestart _,
              Action.Look _ ->
              null;
        };
    if (basis != null && !store.stillHolds(basis)) {
      return stale("etcd changed or could not be read");
    }
    if (call instanceof Action.Create(_, _, _, _, Service service, _)) {
      List<String> refusals = policy.refusals(service.name(), service.container());
      if (!refusals.isEmpty()) {
        return new Outcome.Failed(Fault.SPEC, String.join("; ", refusals), clock.instant());
      }
    }
    if (call instanceof Action.Pull || call instanceof Action.Resolve) {
      // Changes no container, and may take longer than a lease.
      return engines.perform(call, null);
    }
    Instant end = until;
    // S7: no call that changes a container begins after the lease may have expired, or outlasts it.
    return clock.instant().isBefore(end)
        ? engines.perform(call, Duration.between(clock.instant(), end))
        : stale("this agent's lease may have expired");
  }

  /**
   * The outcome of an action that failed with a bug: treated like a lost answer, because it may
   * have had an effect. Null if nothing waits for it.
   */
  static @Nullable Event failed(Action action, Throwable bug, Instant now) {
    return switch (action) {
      case Action.Allocate allocate -> new Event.Allocated(allocate, -1);
      case Action.WritePin pin -> new Event.PinWritten(pin, false);
      case Action.Write write -> new Event.Written(write, false);
      case Action.Claim claim -> new Event.Claimed(claim, false);
      case Action.ListAgain _, Action.Remember _ -> null;
      case Action.OnHost call ->
          new Event.CallEnded(
              call,
              new Outcome.Failed(Fault.LOST, "internal error, please report it: " + bug, now));
    };
  }

  private Outcome stale(String why) {
    return new Outcome.Failed(Fault.STALE, why, clock.instant());
  }
}
