package io.dowding.docker;

import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Store.Sink;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One host. A virtual thread connects, listens to the engine's events, lists its containers, and
 * asks for a sign of life; when one of these fails it says so, and begins anew. It alone looks, one
 * thing after another, so what it tells is in order.
 */
final class Lane implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The engine confirms the stream before it has begun to listen; its own memory bridges that. */
  private static final Duration OVERLAP = Duration.ofSeconds(2);

  private final Host host;
  private final DockerSettings settings;
  private final InstantSource clock;
  private final Calls calls;
  private final Sink sink;
  private final Guard guard;
  private final BlockingQueue<Notice> notices = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile @Nullable Connection connection;

  /** Something to look at. */
  private sealed interface Notice {
    record Changed(String id) implements Notice {}

    record ListAgain() implements Notice {}

    record StreamEnded(String why) implements Notice {}
  }

  Lane(Host host, DockerSettings settings, InstantSource clock, Calls calls, Sink sink) {
    this.host = host;
    this.settings = settings;
    this.clock = clock;
    this.calls = calls;
    this.sink = sink;
    this.guard = new Guard(host.hostname());
    this.thread = Thread.ofVirtual().name("host-" + host.hostname()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Host host() {
    return host;
  }

  Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    Connection present = connection;
    Outcome outcome =
        present == null
            ? new Outcome.Failed(Fault.UNASKED, "not connected", clock.instant())
            : perform(action, atMost, present);
    if (outcome instanceof Outcome.Failed failed && failed.fault() == Fault.LOST) {
      notices.add(new Notice.ListAgain());
    }
    return outcome;
  }

  private Outcome perform(Action.OnHost action, @Nullable Duration atMost, Connection present) {
    Duration own =
        switch (action) {
          case Action.Pull _ -> settings.pull();
          case Action.Exec exec -> exec.atMost().plus(settings.call());
          default -> settings.call();
        };
    Duration deadline = own;
    // What an Exec has begun in time goes on inside the container by itself.
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
    } catch (Exception failed) {
      return calls.failed(failed);
    }
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        session();
      } catch (InterruptedException stopped) {
        return;
      } catch (Exception failed) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        sink.accept(new Event.HostLost(host.hostname(), Failures.words(failed)));
      } finally {
        disconnect();
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  private void disconnect() {
    Connection last = connection;
    connection = null;
    if (last != null) {
      last.close();
    }
  }

  private void session() throws Exception {
    Connection present =
        guard.within(
            settings.connect().plus(settings.ping()).plus(settings.ping()),
            () -> new Connection(host, settings));
    connection = present;
    guard.heard();
    notices.clear();
    listen(present);
    list(present);
    Instant nextPing = clock.instant().plus(settings.ping());
    Instant nextList = clock.instant().plus(settings.resync());
    while (true) {
      List<Notice> batch = await(nextPing);
      Instant now = clock.instant();
      boolean list = !now.isBefore(nextList) || batch.contains(new Notice.ListAgain());
      if (list) {
        list(present);
        nextList = clock.instant().plus(settings.resync());
      }
      look(batch, present, list);
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

  private void listen(Connection present) {
    Instant since = present.engineTime().minus(OVERLAP);
    Thread.ofVirtual()
        .name("events-" + host.hostname())
        .start(
            () -> {
              String why = "the stream of events ended";
              try {
                EventStream.read(present, since, id -> notices.add(new Notice.Changed(id)));
              } catch (IOException | RuntimeException broken) {
                why = "the stream of events broke: " + Failures.words(broken);
              }
              if (connection == present) {
                notices.add(new Notice.StreamEnded(why));
              }
            });
  }

  private void look(List<Notice> batch, Connection present, boolean listed) throws Exception {
    Set<String> changed = new LinkedHashSet<>();
    for (Notice notice : batch) {
      switch (notice) {
        case Notice.Changed(String id) -> changed.add(id);
        case Notice.StreamEnded(String why) -> throw new IOException(why);
        case Notice.ListAgain _ -> {}
      }
    }
    if (listed) {
      return;
    }
    for (String id : changed) {
      Instant asOf = clock.instant();
      Container container =
          guard.within(settings.call(), () -> Found.of(present.engine().inspect(id))).container();
      sink.accept(new Event.ContainerSeen(host.hostname(), id, container, asOf));
    }
  }

  /** A container that may not be there, where null is not an answer. */
  private record Found(@Nullable Container container) {
    static Found of(@Nullable Container container) {
      return new Found(container);
    }
  }

  private void list(Connection present) throws Exception {
    Instant asOf = clock.instant();
    List<Container> all = guard.within(settings.call(), present.engine()::list);
    Set<String> volumes = guard.within(settings.call(), present.engine()::volumes);
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
    thread.interrupt();
    disconnect();
    guard.close();
  }
}
