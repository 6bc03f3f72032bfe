package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the world. It takes events as they come, has the {@link Controller} decide,
 * and hands out the actions, each to a virtual thread of its own, so that it never waits for etcd
 * or a host itself. Whatever goes wrong in one action ends as that action's outcome.
 */
public final class Loop implements AutoCloseable {

  private static final Duration AFTER_STALE = Duration.ofMillis(200);

  /** The longest sleep, so that a step is never long ago. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Controller controller;
  private final Store store;
  private final Engines engines;
  private final SteadyClock clock;
  private final Journal journal = new Journal();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private List<Host> followed = List.of();
  private @Nullable Thread thread;

  public Loop(Controller controller, Store store, Engines engines, SteadyClock clock) {
    this.controller = controller;
    this.store = store;
    this.engines = engines;
    this.clock = clock;
  }

  /** Where events go; callable from any thread, never blocks. */
  public void accept(Event event) {
    events.add(event);
  }

  /** Begins to follow etcd and to act; returns at once. */
  public void start() {
    thread = Thread.ofPlatform().name("loop").start(this::run);
    store.follow(this::accept);
  }

  private void run() {
    Instant wake = null;
    try {
      while (!Thread.interrupted()) {
        List<Event> batch = next(wake);
        try {
          wake = step(batch);
        } catch (RuntimeException bug) {
          // Whatever it is, it must not be the end of all services; time or news may get past it.
          journal.failed(bug);
          wake = null;
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Event> next(@Nullable Instant wake) throws InterruptedException {
    Duration wait = TICK;
    if (wake != null) {
      Duration until = Duration.between(clock.now(), wake);
      wait = until.compareTo(TICK) < 0 ? until : TICK;
    }
    Event first = events.poll(Math.max(1, wait.toMillis() + 1), TimeUnit.MILLISECONDS);
    List<Event> batch = new ArrayList<>();
    batch.add(first == null ? new Event.Tick() : first);
    events.drainTo(batch);
    return batch;
  }

  private @Nullable Instant step(List<Event> batch) {
    batch.forEach(journal::happened);
    Controller.Decision decision = controller.step(batch, clock.now());
    List<Host> hosts = controller.hosts();
    if (!hosts.equals(followed)) {
      followed = hosts;
      engines.follow(hosts, this::accept);
    }
    for (Action action : decision.actions()) {
      journal.decided(action);
      workers.execute(() -> accept(perform(action)));
    }
    return decision.wake();
  }

  private Event perform(Action action) {
    return switch (action) {
      case Action.Allocate allocate -> store.allocate(allocate);
      case Action.WritePin pin -> store.writePin(pin);
      case Action.Publish publish -> store.publish(publish);
      case Action.OnHost call -> new Event.CallEnded(call, call(call));
    };
  }

  /** Nothing is stopped or removed on old news: what it rests on is read again just before. */
  private Outcome call(Action.OnHost call) {
    try {
      Action.Basis basis =
          switch (call) {
            case Action.Signal signal -> signal.basis();
            case Action.Remove remove -> remove.basis();
            case Action.Pull _, Action.Create _, Action.Start _, Action.SetRestart _ -> null;
          };
      if (basis == null || store.stillHolds(basis)) {
        return engines.perform(call);
      }
      // The watch will tell what has changed; until then there is nothing new to decide on.
      Thread.sleep(AFTER_STALE);
      return new Outcome.Failed(
          Fault.STALE, "etcd has changed, or could not be asked", clock.now());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return new Outcome.Failed(Fault.STALE, "the agent stops", clock.now());
    } catch (RuntimeException bug) {
      return new Outcome.Failed(Fault.BUSY, "internal error: " + bug, clock.now());
    }
  }

  /** Stops deciding and acting; what runs on the hosts stays as it is. */
  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join(Duration.ofSeconds(5));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
    workers.shutdownNow();
    store.close();
    engines.close();
  }
}
