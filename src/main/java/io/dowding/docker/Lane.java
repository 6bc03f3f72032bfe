package io.dowding.docker;

import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Store.Sink;
import io.dowding.control.Tireless;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One host. A virtual thread connects, listens to the engine's events, lists its containers and
 * pings it; when one of these fails it reports that and starts over. Only this thread observes the
 * host, one step at a time, so its events are in order.
 */
final class Lane implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The engine confirms the stream before it listens; its own memory of events covers the gap. */
  private static final Duration OVERLAP = Duration.ofSeconds(2);

  private static final int MOST_NOTICES = 1_000;

  /** A list is cheaper than inspecting more containers than this. */
  private static final int MOST_LOOKS = 100;

  private final Host host;
  private final DockerSettings settings;
  private final InstantSource clock;
  private final Calls calls;
  private final Sink sink;
  private final Guard guard;

  /** Bounded: an engine that reports more than can be inspected has to wait. */
  private final BlockingQueue<Notice> notices = new ArrayBlockingQueue<>(MOST_NOTICES);

  private volatile boolean listAgain;
  private @Nullable Thread thread;
  private @Nullable Thread events;
  private volatile @Nullable Connection connection;
  private volatile String lost = "";

  /** Work for the lane's thread. */
  private sealed interface Notice {
    record Changed(String id) implements Notice {}

    /** There may be more to do than inspecting a container. */
    record Wake() implements Notice {}

    record StreamEnded(Connection of, String why) implements Notice {}
  }

  Lane(Host host, DockerSettings settings, InstantSource clock, Calls calls, Sink sink) {
    this.host = host;
    this.settings = settings;
    this.clock = clock;
    this.calls = calls;
    this.sink = sink;
    this.guard = new Guard(host.hostname());
  }

  void start() {
    thread =
        Tireless.start(
            Thread.ofVirtual().name("host-" + host.hostname()), PAUSE, this::turn, this::failed);
  }

  Host host() {
    return host;
  }

  Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    Connection present = connection;
    Outcome outcome =
        present == null
            ? new Outcome.Failed(Fault.UNASKED, unasked(), clock.instant())
            : perform(action, atMost, present);
    if (outcome instanceof Outcome.Failed failed && failed.fault() == Fault.LOST) {
      listAgain = true;
      // If the queue is full, the thread is awake anyway.
      var _ = notices.offer(new Notice.Wake());
    }
    return outcome;
  }

  private String unasked() {
    String why = lost;
    return why.isEmpty() ? "not connected" : "not connected: " + why;
  }

  private Outcome perform(Action.OnHost action, @Nullable Duration atMost, Connection present) {
    Duration own =
        switch (action) {
          case Action.Pull _ -> settings.pull();
          case Action.Exec exec -> exec.atMost().plus(settings.call());
          default -> settings.call();
        };
    Duration deadline = own;
    // A command that began in time may continue inside the container.
    if (atMost != null && atMost.compareTo(own) < 0 && !(action instanceof Action.Exec)) {
      deadline = atMost;
    }
    Instant until = atMost == null ? Instant.MAX : clock.instant().plus(atMost);
    try {
      return guard.call(
          deadline,
          () ->
              calls.perform(
                  action,
                  present.engine(),
                  until,
                  text -> sink.accept(new Event.Progress(action.job(), text))));
    } catch (Throwable failed) {
      return connection == present
          ? calls.failed(action, failed)
          : calls.failed(action, new IOException("the connection was closed: " + lost, failed));
    }
  }

  private void turn() throws Exception {
    try (Connection present =
        guard.within(
            settings.connect().plus(settings.ping()).plus(settings.ping()),
            () -> new Connection(host, settings))) {
      session(present);
    } catch (Throwable failed) {
      // Set before the connection is closed: calls under way fail for this reason.
      lost = Failures.words(failed);
      throw failed;
    } finally {
      disconnect();
    }
  }

  private void failed(Throwable failed) {
    sink.accept(new Event.HostLost(host.hostname(), Failures.words(failed)));
  }

  private void disconnect() {
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

  private void session(Connection present) throws Exception {
    notices.clear();
    listen(present);
    list(present);
    Instant nextPing = clock.instant().plus(settings.ping());
    Instant nextList = clock.instant().plus(settings.resync());
    while (true) {
      List<Notice> batch = await(nextPing);
      Instant now = clock.instant();
      boolean due = !now.isBefore(nextList);
      Set<String> changed = changed(batch, present);
      boolean list = due || listAgain || changed.size() > MOST_LOOKS;
      if (list) {
        if (due) {
          guard.within(settings.call(), () -> refreshed(present));
        }
        list(present);
        nextList = clock.instant().plus(settings.resync());
      }
      look(list ? Set.of() : changed, present);
      if (!now.isBefore(nextPing)) {
        ping(present);
        nextPing = clock.instant().plus(settings.ping());
      }
    }
  }

  private List<Notice> await(Instant until) throws InterruptedException {
    long wait = Math.max(1, Duration.between(clock.instant(), until).toMillis());
    List<Notice> batch = new ArrayList<>();
    Notice first = notices.poll(wait, TimeUnit.MILLISECONDS);
    if (first != null) {
      batch.add(first);
      notices.drainTo(batch);
    }
    return batch;
  }

  private static boolean refreshed(Connection present) {
    present.refresh();
    return true;
  }

  /** Ends with the session, and ends the session. */
  private void listen(Connection present) {
    Instant since = present.engineTime().minus(OVERLAP);
    events =
        Thread.ofVirtual()
            .name("events-" + host.hostname())
            .start(
                () -> {
                  String why = "the stream of events ended";
                  try {
                    EventStream.read(present, since, id -> tell(new Notice.Changed(id)));
                  } catch (Throwable broken) {
                    why = "the stream of events broke: " + Failures.words(broken);
                  }
                  tell(new Notice.StreamEnded(present, why));
                });
  }

  private void tell(Notice notice) {
    try {
      notices.put(notice);
    } catch (InterruptedException disconnected) {
      Thread.currentThread().interrupt();
    }
  }

  private static Set<String> changed(List<Notice> batch, Connection present) throws IOException {
    Set<String> changed = new LinkedHashSet<>();
    for (Notice notice : batch) {
      switch (notice) {
        case Notice.Changed(String id) -> changed.add(id);
        case Notice.StreamEnded(Connection of, String why) -> {
          if (of == present) {
            throw new IOException(why);
          }
        }
        case Notice.Wake _ -> {}
      }
    }
    return changed;
  }

  private void look(Set<String> changed, Connection present) throws Exception {
    for (String id : changed) {
      Instant asOf = clock.instant();
      Container container =
          guard.within(settings.call(), () -> Found.of(present.engine().inspect(id))).container();
      sink.accept(new Event.ContainerSeen(host.hostname(), id, container, asOf));
    }
  }

  /** A container or its absence, where null means no answer. */
  private record Found(@Nullable Container container) {
    static Found of(@Nullable Container container) {
      return new Found(container);
    }
  }

  private void list(Connection present) throws Exception {
    listAgain = false;
    Instant asOf = clock.instant();
    List<Container> all = guard.within(settings.call(), present.engine()::list);
    Set<String> volumes = guard.within(settings.call(), present.engine()::volumes);
    // Only now: a host that answers but cannot list must not be used.
    connection = present;
    lost = "";
    sink.accept(new Event.HostListed(host.hostname(), present.info(), asOf, all, volumes));
  }

  private void ping(Connection present) throws Exception {
    guard.within(
        settings.ping(),
        () -> {
          present.engine().ping();
          return true;
        });
    sink.accept(new Event.HostAnswered(host.hostname()));
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    disconnect();
    guard.close();
  }
}
