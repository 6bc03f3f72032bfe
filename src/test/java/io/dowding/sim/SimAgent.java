package io.dowding.sim;

import io.dowding.control.Controller;
import io.dowding.control.Engines;
import io.dowding.control.Event;
import io.dowding.control.Performer;
import io.dowding.docker.Calls;
import io.dowding.docker.DockerEngines;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.sim.Faults.Crashed;
import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An agent, as {@code Loop} runs it, but in virtual time: it may crash and start again, stand still
 * for a while, and have a clock of its own.
 */
final class SimAgent {

  final Simulation sim;
  final String name;
  final InstantSource clock = this::clock;

  /** Counts its lives; what an earlier life had under way comes to nothing. */
  int life;

  @Nullable Performer performer;
  @Nullable Controller controller;
  private @Nullable SimStore store;
  private @Nullable Engines engines;
  private List<Event> inbox = new ArrayList<>();
  private List<Host> followed = List.of();
  private Turns turns = new Turns(this, this::turn);
  private boolean alive;
  private long pausedUntil;
  private double rate = 1;
  private long clockBase;
  private long clockStart;
  private long spent;
  private long lastRenewal = Long.MIN_VALUE / 2;
  private @Nullable String knownCluster;
  private long knownAge;

  SimAgent(Simulation sim, String name) {
    this.sim = sim;
    this.name = name;
  }

  private Instant clock() {
    return sim.bugs.clock(
        VirtualTime.START.plusMillis(clockBase + (long) ((sim.time.now() - clockStart) * rate)));
  }

  /** From now on its clock runs so much faster. */
  void drift(double newRate) {
    clockBase += (long) ((sim.time.now() - clockStart) * rate);
    clockStart = sim.time.now();
    rate = newRate;
  }

  boolean isAlive() {
    return alive;
  }

  boolean isLife(int of) {
    return alive && life == of;
  }

  boolean leads() {
    return alive && controller != null && controller.leads();
  }

  /** When the last renewal that was answered had been sent. */
  long lastRenewal() {
    return lastRenewal;
  }

  void renewed(long sent) {
    lastRenewal = Math.max(lastRenewal, sent);
  }

  double rate() {
    return rate;
  }

  /** From now on compares its plans, if the simulation does. */
  void prove() {
    if (sim.proves && controller != null) {
      controller.proves(sim.bugs::forgets);
    }
  }

  void start() {
    if (alive) {
      return;
    }
    alive = true;
    life++;
    inbox = new ArrayList<>();
    turns = new Turns(this, this::turn);
    followed = List.of();
    controller =
        new Controller(
            sim.bugs.settings(Simulation.SETTINGS),
            new Controller.Origin(Simulation.BASE, "uuid-" + name + life, knownCluster, knownAge),
            sim.inventoryInEtcd,
            false);
    prove();
    store = new SimStore(this);
    Calls calls = new Calls(clock, Simulation.BASE);
    engines =
        new DockerEngines(
            Simulation.DOCKER, clock, (host, sink) -> new SimLane(this, host, calls, sink));
    performer =
        new Performer(
            sim.bugs.around(store),
            engines,
            clock,
            seen -> {
              knownCluster = seen.cluster();
              knownAge = seen.age();
            },
            Simulation.SETTINGS.policy());
    if (!sim.inventoryInEtcd) {
      accept(new Event.InventoryRead(sim.inventory));
    }
    int of = life;
    sim.time.after(sim.latency(1, 50), () -> ifLife(of, () -> store.follow(this::accept)));
  }

  /** Its state directory is lost. */
  void forget() {
    knownCluster = null;
    knownAge = 0;
  }

  void crash() {
    if (alive) {
      alive = false;
      life++;
      sim.trace(name + " crashes");
      if (engines != null) {
        engines.close();
      }
    }
  }

  /** As on SIGTERM. */
  void stop() {
    if (alive) {
      sim.trace(name + " stops");
      sim.bugs.stops(sim);
      Engines mine = engines;
      SimStore left = store;
      alive = false;
      life++;
      if (mine != null) {
        mine.close();
      }
      if (left != null) {
        try {
          left.close();
        } catch (Crashed crashed) {
          // Then the lease ends by itself.
        }
      }
    }
  }

  void pause(long millis) {
    pausedUntil = Math.max(pausedUntil, sim.time.now() + millis);
  }

  boolean isPaused() {
    return sim.time.now() < pausedUntil;
  }

  void accept(Event event) {
    Event heard = sim.bugs.hears(event);
    if (heard == null) {
      return;
    }
    if (performer != null) {
      sim.bugs.heard(performer, heard);
    }
    if (inbox.isEmpty()) {
      turns.after(Simulation.GATHER);
    }
    inbox.add(heard);
  }

  /** What an agent does later it does only if it still lives, and not while it stands still. */
  void later(long wait, Runnable what) {
    int of = life;
    sim.time.after(wait, () -> ifLife(of, what));
  }

  /** How long until its clock shows this. */
  long until(Instant due) {
    return Math.max(1, (long) (Duration.between(clock.instant(), due).toMillis() / rate) + 1);
  }

  private void ifLife(int of, Runnable what) {
    if (!isLife(of)) {
      return;
    }
    if (isPaused()) {
      sim.time.after(pausedUntil - sim.time.now(), () -> ifLife(of, what));
      return;
    }
    try {
      spent = 0;
      what.run();
    } catch (Crashed crashed) {
      crash();
      sim.crashed(this);
    }
  }

  private void turn() {
    List<Event> batch = inbox.isEmpty() ? List.of(new Event.Tick()) : inbox;
    inbox = new ArrayList<>();
    Controller present = controller;
    Engines hosts = engines;
    if (present == null || hosts == null) {
      return;
    }
    Controller.Decision decision = sim.bugs.decide(present, batch, clock.instant());
    for (RuntimeException bug : decision.bugs()) {
      throw new IllegalStateException(bug);
    }
    if (!present.hosts().equals(followed)) {
      followed = present.hosts();
      hosts.follow(followed, this::accept);
    }
    if (!decision.actions().isEmpty() && sim.chance(sim.standsStill)) {
      // Just between deciding and doing.
      pause(sim.random().nextLong(5000, 30_000));
    }
    for (Action action : decision.actions()) {
      Action done = sim.bugs.does(action);
      if (done != null) {
        later(sim.latency(0, 3), () -> perform(done));
      }
    }
    Instant tick = clock.instant().plusMillis(Simulation.TICK);
    Instant wake = decision.wake();
    if (inbox.isEmpty()) {
      turns.at(wake != null && wake.isBefore(tick) ? wake : tick);
    }
  }

  private void perform(Action action) {
    Performer present = performer;
    if (present == null) {
      return;
    }
    if (sim.isTraced()) {
      sim.trace(name + " " + sim.describe(action));
    }
    Event ended = present.perform(action);
    long took = spent();
    if (ended != null) {
      later(Math.max(1, took), () -> accept(ended));
    }
  }

  Verdict verdict(String target, String call, boolean changes) {
    return sim.verdict(this, target, call, changes);
  }

  /** A call that is being made takes so long. */
  void spend(long millis) {
    spent += millis;
  }

  long peekSpent() {
    return spent;
  }

  /** How long the calls of this moment took, which is then counted. */
  long spent() {
    long took = spent;
    spent = 0;
    return took;
  }
}
