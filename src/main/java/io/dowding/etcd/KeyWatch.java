package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.control.Tireless;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Always knows the keys, or reports that it does not. It lists all keys at one revision, then
 * watches from the next; after any trouble it starts over with a list. Resuming the watch after the
 * last event would be cheaper, but would miss what was written to an etcd that was restored from a
 * backup: once that has caught up with the old revision, only the keys can show it.
 *
 * <p>jetcd's own resumption is not trusted either: it resumes from the newest header it has seen,
 * which may be ahead of events that it has not delivered.
 */
final class KeyWatch implements AutoCloseable {

  private static final Duration PROGRESS = Duration.ofSeconds(3);
  private static final int SILENT_ROUNDS = 2;
  private static final Duration PAUSE = Duration.ofMillis(300);

  /** In tests, an old client needed half a minute after a long outage; a new one needed none. */
  private static final int FAILURES_BEFORE_NEW_CLIENT = 5;

  private final Supplier<Kv> clients;
  private final KeyLister lister;
  private final String base;
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Kv kv;
  private @Nullable Thread thread;
  private volatile boolean listWanted;
  private long listedAt;
  private long attempt;
  private int failures;

  private sealed interface Signal {
    /** Belongs to one attempt at watching; late signals of earlier attempts are dropped. */
    record Changed(long attempt, long revision, List<Kv.Change> changes) implements Signal {}

    record Ended(long attempt, String why) implements Signal {}

    record ListAgain() implements Signal {}
  }

  /**
   * @param clients creates a new client
   */
  KeyWatch(Supplier<Kv> clients, String base) {
    this.clients = clients;
    this.base = base;
    this.lister = new KeyLister(base);
    this.kv = clients.get();
  }

  void start(Sink sink) {
    thread =
        Tireless.start(
            Thread.ofVirtual().name("etcd-watch"),
            PAUSE,
            () -> follow(sink),
            trouble -> failed(trouble, sink));
  }

  /** Lists again soon, with what earlier leaders left. */
  void listAgain() {
    listWanted = true;
    signals.add(new Signal.ListAgain());
  }

  private void follow(Sink sink) throws InterruptedException {
    try {
      list(sink);
      watch(sink);
    } catch (ListWanted wanted) {
      failures = 0;
    }
  }

  private void failed(Throwable trouble, Sink sink) {
    boolean heard = trouble instanceof WatchEnded ended && ended.heard;
    failures = heard ? 0 : failures + 1;
    sink.accept(
        new Event.StoreLost(
            trouble instanceof EtcdException
                ? String.valueOf(trouble.getMessage())
                : trouble.toString()));
    if (failures % FAILURES_BEFORE_NEW_CLIENT == FAILURES_BEFORE_NEW_CLIENT - 1) {
      kv.close();
      kv = clients.get();
    }
  }

  private void list(Sink sink) {
    // Reset first, so that a request during the list causes another one.
    listWanted = false;
    KeyLister.Listing listing = lister.list(kv, true);
    sink.accept(new Event.StoreListed(listing.revision(), listing.keys(), listing.recalled()));
    listedAt = listing.revision();
  }

  /** Watches until there is trouble, which it throws. */
  private void watch(Sink sink) throws InterruptedException {
    long present = ++attempt;
    Kv.Watching watching =
        new Kv.Watching() {
          @Override
          public void changed(long revision, List<Kv.Change> changes) {
            signals.add(new Signal.Changed(present, revision, changes));
          }

          @Override
          public void ended(String why) {
            signals.add(new Signal.Ended(present, why));
          }
        };
    try (Kv.Watcher watcher = kv.watch(base + "/", base + "/status", listedAt + 1, watching)) {
      hear(watcher, sink);
    }
  }

  private void hear(Kv.Watcher watcher, Sink sink) throws InterruptedException {
    WatchReader reader = new WatchReader(base, listedAt);
    boolean heard = false;
    int silent = 0;
    while (true) {
      Signal signal = signals.poll(PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
      switch (signal) {
        case null -> {
          if (++silent > SILENT_ROUNDS) {
            throw new WatchEnded("the watch fell silent", heard);
          }
          watcher.requestProgress();
        }
        case Signal.Changed(long of, long revision, List<Kv.Change> changes) -> {
          if (of == attempt) {
            silent = 0;
            heard = true;
            deliver(reader, revision, changes, sink);
          }
        }
        case Signal.Ended(long of, String why) -> {
          if (of == attempt) {
            throw new WatchEnded("the watch ended: " + why, heard);
          }
        }
        case Signal.ListAgain _ -> {
          if (listWanted) {
            throw new ListWanted();
          }
        }
      }
    }
  }

  private static void deliver(
      WatchReader reader, long revision, List<Kv.Change> changes, Sink sink) {
    Event.StoreChanged changed;
    try {
      changed = reader.read(revision, changes);
    } catch (EtcdException old) {
      throw new WatchEnded(String.valueOf(old.getMessage()), true);
    }
    if (!changes.isEmpty()) {
      sink.accept(changed);
    }
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    kv.close();
  }

  /** A watch ended. */
  private static final class WatchEnded extends EtcdException {
    private static final long serialVersionUID = 1;
    private final boolean heard;

    WatchEnded(String message, boolean heard) {
      super(message);
      this.heard = heard;
    }
  }

  /** Not an error: another list was requested. */
  private static final class ListWanted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
