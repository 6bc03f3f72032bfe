package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the world. It takes events, lets the {@link Controller} decide, and hands
 * each action to its own virtual thread, so it never waits for etcd or a host. An error in an
 * action becomes that action's outcome.
 */
public final class Loop implements AutoCloseable {

  /** The longest pause between steps. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private static final Duration LONGEST_TURN = Duration.ofSeconds(30);
  private static final Duration AFTER_A_BUG = Duration.ofMillis(100);
  private static final Duration LAST_CALLS = Duration.ofSeconds(2);
  private static final int PIN_WRITERS = 8;
  private static final String BUG = "an internal error: see the log";

  private final Controller controller;
  private final Store store;
  private final Engines engines;
  private final InstantSource clock;
  private final Performer performer;
  private final boolean observes;
  private final Watchers watchers;
  private final Journal journal = new Journal();
  private final Audit audit = new Audit();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /** Writes to etcd must not queue behind thousands of calls to hosts. */
  private final ExecutorService writers =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("write-", 1).factory());

  /** There may be a pin for each of thousands of jobs at once. */
  private final ExecutorService pinWriters =
      Executors.newFixedThreadPool(
          PIN_WRITERS, Thread.ofPlatform().daemon().name("pin-", 1).factory());

  private List<Host> followed = List.of();
  private @Nullable Instant wake;
  private @Nullable Thread thread;

  /**
   * Those who watch the loop.
   *
   * @param previews receives each preview, on the loop's thread
   * @param health learns what this agent does
   */
  public record Watchers(Consumer<Preview> previews, Health health, Monitor monitor) {}

  /**
   * @param observes whether to log actions instead of performing them
   */
  public Loop(
      Controller controller,
      Store store,
      Engines engines,
      InstantSource clock,
      Consumer<Action.Remember> memory,
      boolean observes,
      Watchers watchers) {
    this.watchers = watchers;
    this.controller = controller;
    this.store = store;
    this.engines = engines;
    this.clock = clock;
    this.performer = new Performer(store, engines, clock, memory, controller.policy());
    this.observes = observes;
  }

  /** Accepts an event. Callable from any thread; never blocks. */
  public void accept(Event event) {
    performer.heard(event);
    events.add(event);
  }

  /** The events that no step has taken yet. Callable from any thread. */
  public int queued() {
    return events.size();
  }

  /** Starts following etcd and acting; returns at once. */
  public void start() {
    thread =
        Tireless.start(
            Thread.ofPlatform().name("loop"),
            AFTER_A_BUG,
            watchers
                .health()
                .pulses()
                .vital("loop", LONGEST_TURN)
                .around(() -> wake = step(next(wake))),
            bug -> {
              // No bug may stop all services; time or other events may get past it.
              failed(bug);
              watchers.health().set(watchers.health().condition().notReady(BUG));
              wake = null;
            });
    store.follow(this::accept);
  }

  private List<Event> next(@Nullable Instant wake) throws InterruptedException {
    Duration wait = TICK;
    if (wake != null) {
      Duration until = Duration.between(clock.instant(), wake);
      wait = until.compareTo(TICK) < 0 ? until : TICK;
    }
    Event first = events.poll(Math.max(1, wait.toMillis() + 1), TimeUnit.MILLISECONDS);
    List<Event> batch = new ArrayList<>();
    batch.add(first == null ? new Event.Tick() : first);
    events.drainTo(batch);
    return batch;
  }

  private @Nullable Instant step(List<Event> batch) {
    Instant now = clock.instant();
    for (Event event : batch) {
      watch(() -> journal.happened(event));
      watch(() -> watchers.monitor().happened(event, now));
    }
    Controller.Decision decision = controller.step(batch, now);
    decision.bugs().forEach(this::failed);
    boolean follows = follow(controller.hosts());
    if (observes) {
      journal.would(decision.actions());
      Preview preview = controller.preview();
      if (preview != null) {
        watchers.previews().accept(preview);
      }
    } else {
      journal.leads(controller.leads());
    }
    for (Action action : decision.actions()) {
      // An observer only reads.
      if (observes && !(action instanceof Action.ListAgain)) {
        continue;
      }
      watch(() -> journal.decided(action));
      begin(action);
      watch(() -> watchers.monitor().decided(action, now));
    }
    Condition condition = controller.condition();
    watchers.health().set(follows ? condition : condition.notReady(BUG));
    watch(() -> watchers.monitor().stepped(Duration.between(now, clock.instant())));
    return decision.wake();
  }

  /** Whether it could; otherwise the next step tries again, and actions begin all the same. */
  private boolean follow(List<Host> hosts) {
    try {
      if (!hosts.equals(followed)) {
        engines.follow(hosts, this::accept);
        followed = hosts;
      }
      return true;
    } catch (RuntimeException bug) {
      failed(bug);
      return false;
    }
  }

  /** No watcher may keep the loop from its work. */
  private void watch(Runnable watcher) {
    try {
      watcher.run();
    } catch (RuntimeException bug) {
      journal.failed(bug);
    }
  }

  private void failed(Throwable bug) {
    journal.failed(bug);
    watch(watchers.monitor()::bug);
  }

  private void begin(Action action) {
    ExecutorService by =
        switch (action) {
          case Action.OnHost _ -> workers;
          case Action.WritePin _ -> pinWriters;
          default -> writers;
        };
    Instant begun = clock.instant();
    try {
      by.execute(() -> perform(action, begun));
    } catch (Throwable refused) {
      // Closed, or no thread could be made: the action ends all the same.
      ended(action, Performer.failed(action, refused, clock.instant()), begun);
    }
  }

  private void perform(Action action, Instant begun) {
    @Nullable Event ended;
    try {
      ended = performer.perform(action);
    } catch (Throwable bug) {
      failed(bug);
      ended = Performer.failed(action, bug, clock.instant());
    }
    ended(action, ended, begun);
  }

  private void ended(Action action, @Nullable Event ended, Instant begun) {
    try {
      watch(() -> audit.ended(action, ended));
      watch(
          () -> watchers.monitor().ended(action, ended, Duration.between(begun, clock.instant())));
    } finally {
      // Without this event the job would stay busy forever.
      if (ended != null) {
        accept(ended);
      }
    }
  }

  /** Stops deciding and acting. Containers keep running. */
  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        // The age of the cluster must be exact when the next agent starts: etcd may be restored
        // meanwhile.
        if (running.join(Duration.ofSeconds(5)) && !observes) {
          controller.unremembered().ifPresent(performer::perform);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
    List<ExecutorService> all = List.of(workers, writers, pinWriters);
    all.forEach(ExecutorService::shutdownNow);
    try {
      // Calls that have begun may finish, so that none takes effect after the lead is released.
      for (ExecutorService each : all) {
        each.awaitTermination(LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    store.close();
    engines.close();
  }
}
