package io.dowding.docker;

import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Pulses.Pulse;
import io.dowding.control.Store.Sink;
import io.dowding.control.Tireless;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows one host on a virtual thread, as its {@link Lane} decides. */
final class LaneThread implements DockerEngines.Follower {

  private static final Duration AFTER_A_BUG = Duration.ofMillis(100);

  /** The engine confirms the stream before it listens; its own memory of events covers the gap. */
  private static final Duration OVERLAP = Duration.ofSeconds(2);

  private static final int MOST_SIGNALS = 1_000;

  private final Host host;
  private final DockerSettings settings;
  private final InstantSource clock;
  private final Calls calls;
  private final Sink sink;
  private final Guard guard;
  private final Lane lane;
  private final Pulse pulse;
  private final Thread thread;

  /** Bounded: an engine that reports more than can be inspected has to wait. */
  private final BlockingQueue<Consumer<Lane>> signals = new ArrayBlockingQueue<>(MOST_SIGNALS);

  /**
   * The containers that are being started, each with the time of the last event about it. The look
   * at the end of the call shows what led to the events before it.
   */
  private final Map<String, Instant> starting = new ConcurrentHashMap<>();

  private volatile boolean listAgain;
  private volatile @Nullable Thread events;
  private volatile @Nullable Connection connection;

  /** The connection, once calls may be made over it. */
  private volatile @Nullable Connection usable;

  private volatile String lost = "";

  LaneThread(
      Host host,
      DockerSettings settings,
      InstantSource clock,
      Calls calls,
      Sink sink,
      Pulse pulse) {
    this.host = host;
    this.settings = settings;
    this.clock = clock;
    this.calls = calls;
    this.sink = sink;
    this.guard = new Guard();
    this.lane = new Lane(settings);
    this.pulse = pulse;
    this.thread =
        Tireless.start(
            Thread.ofVirtual().name("host-" + host.hostname()),
            AFTER_A_BUG,
            pulse.around(this::turn),
            this::failed);
  }

  private void turn() throws Exception {
    hear(signals.poll());
    if (listAgain) {
      listAgain = false;
      lane.listAgain();
    }
    Lane.Step step = lane.next(clock.instant());
    switch (step) {
      case Lane.Step.Wait(Instant until) -> {
        long wait = Math.max(1, Duration.between(clock.instant(), until).toMillis());
        hear(signals.poll(wait, TimeUnit.MILLISECONDS));
      }
      case Lane.Step.Connect _ -> {
        connect();
        lane.done(step, clock.instant());
      }
      case Lane.Step.Question question -> {
        Connection present = Objects.requireNonNull(connection);
        Event seen = session(present).ask(question);
        lane.done(question, clock.instant());
        usable = lane.isUsable() ? present : null;
        sink.accept(seen);
      }
    }
  }

  private void failed(Throwable failed) {
    // Set before the connection is closed: calls under way fail for this reason.
    lost = Failures.words(failed);
    lane.failed(clock.instant());
    disconnect();
    sink.accept(new Event.HostLost(host.hostname(), lost));
  }

  /** This signal and all that follow it. */
  private void hear(@Nullable Consumer<Lane> first) {
    for (Consumer<Lane> signal = first; signal != null; signal = signals.poll()) {
      signal.accept(lane);
    }
  }

  private Session session(Connection over) {
    return new Session(host.hostname(), over, guard, settings, clock, calls, sink);
  }

  private void connect() throws Exception {
    Connection opened = Connection.open(host, settings, guard, settings.connecting(host));
    connection = opened;
    if (Thread.interrupted()) {
      disconnect();
      throw new InterruptedException("closed while it connected");
    }
    Instant since = opened.engineTime().minus(OVERLAP);
    events =
        Thread.ofVirtual().name("events-" + host.hostname()).start(() -> listen(opened, since));
  }

  /** Ends with the connection, and ends it. */
  private void listen(Connection to, Instant since) {
    String why = "the stream of events ended";
    try {
      EventStream.read(to, since, this::heard);
    } catch (Throwable broken) {
      why = "the stream of events broke: " + Failures.words(broken);
    }
    IOException ended = new IOException(why);
    tell(
        lane -> {
          if (to == connection) {
            throw new UncheckedIOException(ended);
          }
        });
  }

  private void heard(String id) {
    if (starting.computeIfPresent(id, (same, before) -> clock.instant()) == null) {
      tell(lane -> lane.changed(id));
    }
  }

  private void tell(Consumer<Lane> signal) {
    try {
      signals.put(signal);
    } catch (InterruptedException disconnected) {
      Thread.currentThread().interrupt();
    }
  }

  private void disconnect() {
    usable = null;
    Connection last = connection;
    connection = null;
    if (last != null) {
      last.close();
    }
    Thread listening = events;
    if (listening != null) {
      listening.interrupt();
    }
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    Connection present = usable;
    if (present == null) {
      return calls.unasked(lost);
    }
    Outcome outcome =
        action instanceof Action.Start start
            ? start(start, atMost, present)
            : perform(action, atMost, present);
    if (Calls.isLost(outcome)) {
      listAgain = true;
      // Wakes the thread; if the queue is full, it is awake anyway.
      var _ = signals.offer(lane -> {});
    }
    return outcome;
  }

  private Outcome start(Action.Start start, @Nullable Duration atMost, Connection present) {
    String id = start.container();
    starting.put(id, Instant.MIN);
    Outcome outcome = perform(start, atMost, present);
    Instant heard = Objects.requireNonNullElse(starting.remove(id), Instant.MIN);
    boolean isSeen = outcome instanceof Outcome.Done done && done.asOf().isAfter(heard);
    if (!isSeen && !signals.offer(lane -> lane.changed(id))) {
      listAgain = true;
    }
    return outcome;
  }

  private Outcome perform(Action.OnHost action, @Nullable Duration atMost, Connection present) {
    try {
      return session(present).perform(action, atMost);
    } catch (Throwable failed) {
      return usable == present
          ? calls.failed(action, failed)
          : calls.failed(action, new IOException("the connection was closed: " + lost, failed));
    }
  }

  @Override
  public void close() {
    pulse.close();
    thread.interrupt();
    disconnect();
    guard.close();
  }
}
