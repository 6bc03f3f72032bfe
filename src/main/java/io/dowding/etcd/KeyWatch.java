package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.control.StoreChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows at any time what the keys are, or says that it does not. Lists all keys at one revision,
 * then watches from the next; after any trouble watches anew from its own last event, and lists
 * again where that is not possible.
 *
 * <p>jetcd's own resumption is not trusted: it resumes from the newest header it has seen, which
 * may be beyond events that it has not delivered.
 */
final class KeyWatch implements AutoCloseable {

  private static final Duration PROGRESS = Duration.ofSeconds(3);
  private static final int SILENT_ROUNDS = 2;
  private static final Duration PAUSE = Duration.ofMillis(300);

  /** After a long outage an old client was seen to need half a minute, a new one none. */
  private static final int FAILURES_BEFORE_NEW_CLIENT = 5;

  private final Supplier<Kv> clients;
  private final KeyLister lister;
  private final String base;
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Kv kv;
  private @Nullable Thread thread;
  private boolean listNext = true;
  private volatile boolean recallNext = true;
  private long lastEvent;
  private long attempt;

  private sealed interface Signal {
    /** Of one attempt at watching: what comes late from an earlier one is dropped. */
    record Changed(long attempt, long revision, List<Kv.Change> changes) implements Signal {}

    record Ended(long attempt, String why, boolean compacted) implements Signal {}

    record ListAgain() implements Signal {}
  }

  /**
   * @param clients makes a new client
   */
  KeyWatch(Supplier<Kv> clients, String base) {
    this.clients = clients;
    this.base = base;
    this.lister = new KeyLister(base);
    this.kv = clients.get();
  }

  void start(Sink sink) {
    thread = Thread.ofVirtual().name("etcd-watch").start(() -> run(sink));
  }

  /** The next list comes soon, and with what earlier leaders left. */
  void listAgain() {
    recallNext = true;
    signals.add(new Signal.ListAgain());
  }

  private void run(Sink sink) {
    int failures = 0;
    boolean lost = false;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (listNext || recallNext) {
          list(sink);
        } else if (isPast(revisionNow())) {
          listNext = true;
          continue;
        }
        watch(sink, lost);
      } catch (InterruptedException stopped) {
        return;
      } catch (ListWanted wanted) {
        lost = false;
      } catch (EtcdException trouble) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        boolean heard = trouble instanceof WatchEnded ended && ended.heard;
        failures = heard ? 0 : failures + 1;
        lost = true;
        sink.accept(new Event.StoreLost(String.valueOf(trouble.getMessage())));
        if (failures % FAILURES_BEFORE_NEW_CLIENT == FAILURES_BEFORE_NEW_CLIENT - 1) {
          kv.close();
          kv = clients.get();
        }
        try {
          Thread.sleep(PAUSE);
        } catch (InterruptedException stopped) {
          return;
        }
      }
    }
  }

  private void list(Sink sink) {
    boolean recall = recallNext;
    recallNext = false;
    try {
      KeyLister.Listing listing = lister.list(kv, recall);
      sink.accept(new Event.StoreListed(listing.revision(), listing.keys(), listing.recalled()));
      lastEvent = listing.revision();
      listNext = false;
      recall = false;
    } finally {
      recallNext |= recall;
    }
  }

  private long revisionNow() {
    String any = base + "/cluster";
    return kv.range(any, any + '\0', 0).revision();
  }

  /** etcd is behind what was seen already: it was wiped or restored, and a watch would be blind. */
  private boolean isPast(long revision) {
    return revision < lastEvent;
  }

  /** Watches until there is trouble, and says what it was. */
  private void watch(Sink sink, boolean lost) throws InterruptedException {
    long present = ++attempt;
    Kv.Watching watching =
        new Kv.Watching() {
          @Override
          public void changed(long revision, List<Kv.Change> changes) {
            signals.add(new Signal.Changed(present, revision, changes));
          }

          @Override
          public void ended(String why, boolean compacted) {
            signals.add(new Signal.Ended(present, why, compacted));
          }
        };
    try (Kv.Watcher watcher = kv.watch(base + "/", base + "/status", lastEvent + 1, watching)) {
      hear(watcher, sink, lost);
    }
  }

  private void hear(Kv.Watcher watcher, Sink sink, boolean lost) throws InterruptedException {
    boolean heard = false;
    int silent = 0;
    while (true) {
      Signal signal = signals.poll(PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
      switch (signal) {
        case null -> {
          if (++silent > SILENT_ROUNDS) {
            listNext = true;
            throw new WatchEnded("the watch fell silent", heard);
          }
          watcher.requestProgress();
        }
        case Signal.Changed(long of, long revision, List<Kv.Change> changes) -> {
          if (of == attempt) {
            silent = 0;
            if (!heard && lost) {
              sink.accept(new Event.StoreBack());
            }
            heard = true;
            deliver(revision, changes, sink);
          }
        }
        case Signal.Ended(long of, String why, boolean compacted) -> {
          if (of == attempt) {
            // A compacted watch may say so after it said that it failed.
            listNext = compacted || signals.stream().anyMatch(this::isCompaction);
            throw new WatchEnded("the watch ended: " + why, heard);
          }
        }
        case Signal.ListAgain _ -> {
          if (recallNext) {
            throw new ListWanted();
          }
        }
      }
    }
  }

  private boolean isCompaction(Signal signal) {
    return signal instanceof Signal.Ended(long of, String _, boolean compacted)
        && of == attempt
        && compacted;
  }

  private void deliver(long revision, List<Kv.Change> changes, Sink sink) {
    if (changes.isEmpty()) {
      return;
    }
    List<StoreChange> read = new ArrayList<>();
    for (Kv.Change change : changes) {
      lastEvent = Math.max(lastEvent, change.revision());
      KeyReader.of(base, change).ifPresent(read::add);
    }
    sink.accept(new Event.StoreChanged(revision, read));
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    kv.close();
  }

  /** A watch that ended, after it was heard of or without. */
  private static final class WatchEnded extends EtcdException {
    private static final long serialVersionUID = 1;
    private final boolean heard;

    WatchEnded(String message, boolean heard) {
      super(message);
      this.heard = heard;
    }
  }

  /** No trouble: somebody asked for a list. */
  private static final class ListWanted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
