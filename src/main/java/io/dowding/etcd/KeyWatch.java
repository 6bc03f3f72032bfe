package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.control.StoreChange;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

  private final EtcdSettings settings;
  private final KeyLister lister;
  private final String base;
  private final @Nullable String cluster;
  private Etcd etcd;
  private @Nullable Thread thread;
  private boolean listed;
  private boolean listNext = true;
  private long lastEvent;
  private long highest;

  private sealed interface Signal {
    record Response(WatchResponse response) implements Signal {}

    record Trouble(@Nullable Throwable error) implements Signal {}
  }

  /**
   * @param cluster the sentinel that must be there, or null where it does not matter
   */
  KeyWatch(EtcdSettings settings, String base, @Nullable String cluster) {
    this.settings = settings;
    this.base = base;
    this.cluster = cluster;
    this.lister = new KeyLister(base);
    this.etcd = new Etcd(settings);
  }

  void start(Sink sink) {
    thread = Thread.ofVirtual().name("etcd-watch").start(() -> run(sink));
  }

  private void run(Sink sink) {
    int failures = 0;
    boolean lost = false;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (listNext) {
          list(sink);
        } else {
          resume();
        }
        watch(sink, lost);
      } catch (InterruptedException stopped) {
        return;
      } catch (EtcdException trouble) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        boolean heard = trouble instanceof WatchEnded ended && ended.heard;
        failures = heard ? 0 : failures + 1;
        lost = true;
        sink.accept(new Event.StoreLost(String.valueOf(trouble.getMessage())));
        if (failures % FAILURES_BEFORE_NEW_CLIENT == FAILURES_BEFORE_NEW_CLIENT - 1) {
          etcd.close();
          etcd = new Etcd(settings);
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
    KeyLister.Listing listing = lister.list(etcd, !listed);
    check(listing.revision(), listing.cluster());
    sink.accept(new Event.StoreListed(listing.revision(), listing.keys(), listing.recalled()));
    lastEvent = listing.revision();
    listed = true;
    listNext = false;
  }

  /** Before a watch goes on from the past: is it the same past? */
  private void resume() {
    var response = Etcd.await(etcd.kv().get(Etcd.bytes(base + "/cluster")));
    String uuid =
        response.getKvs().isEmpty()
            ? null
            : KeyReader.uuid(response.getKvs().getFirst().getValue().getBytes());
    check(response.getHeader().getRevision(), uuid);
  }

  /**
   * A revision that falls means that etcd was wiped or restored, or that a member answers that was
   * left behind. Nothing read there is used: what is absent may only be absent from the past.
   */
  private void check(long revision, @Nullable String uuid) {
    if (cluster != null && !cluster.equals(uuid)) {
      throw new EtcdException(
          base
              + "/cluster is "
              + (uuid == null ? "gone" : uuid)
              + ", this agent's cluster is "
              + cluster
              + ": was etcd wiped or exchanged? Nothing is changed until it is back");
    }
    if (revision < highest) {
      throw new EtcdException(
          "etcd's revision fell from "
              + highest
              + " to "
              + revision
              + ": was it restored from a backup? Nothing is changed; restart the agent to accept it");
    }
    highest = revision;
  }

  /** Watches until there is trouble, and says what it was. */
  private void watch(Sink sink, boolean lost) throws InterruptedException {
    BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    WatchOption option =
        WatchOption.builder()
            .withRange(Etcd.bytes(base + "/status"))
            .withRevision(lastEvent + 1)
            .withCreateNotify(true)
            .withProgressNotify(true)
            .withRequireLeader(true)
            .build();
    // The listener only enqueues: jetcd calls it while holding its own lock.
    Watch.Listener listener =
        Watch.listener(
            response -> signals.add(new Signal.Response(response)),
            error -> signals.add(new Signal.Trouble(error)),
            () -> signals.add(new Signal.Trouble(null)));
    try (Watch.Watcher watcher = etcd.watch().watch(Etcd.bytes(base + "/"), option, listener)) {
      hear(signals, watcher, sink, lost);
    }
  }

  private void hear(BlockingQueue<Signal> signals, Watch.Watcher watcher, Sink sink, boolean lost)
      throws InterruptedException {
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
        case Signal.Response(WatchResponse response) -> {
          silent = 0;
          if (!heard && lost) {
            sink.accept(new Event.StoreBack());
          }
          heard = true;
          deliver(response, sink);
        }
        case Signal.Trouble(Throwable error) -> {
          // A compacted watch is told by an error; one that was cut off by who knows what.
          listNext = error instanceof CompactedException || isCompaction(signals);
          throw new WatchEnded(
              "the watch ended" + (error == null ? "" : ": " + error.getMessage()), heard);
        }
      }
    }
  }

  private static boolean isCompaction(BlockingQueue<Signal> signals) {
    return signals.stream()
        .anyMatch(
            signal ->
                signal instanceof Signal.Trouble(Throwable error)
                    && error instanceof CompactedException);
  }

  private void deliver(WatchResponse response, Sink sink) {
    long revision = response.getHeader().getRevision();
    highest = Math.max(highest, revision);
    if (response.getEvents().isEmpty()) {
      return;
    }
    List<StoreChange> changes = new ArrayList<>();
    for (WatchEvent event : response.getEvents()) {
      var kv = event.getKeyValue();
      lastEvent = Math.max(lastEvent, kv.getModRevision());
      String key = kv.getKey().toString(StandardCharsets.UTF_8).substring(base.length() + 1);
      boolean there = event.getEventType() == WatchEvent.EventType.PUT;
      KeyReader.read(key, there ? kv.getValue().getBytes() : null, kv.getModRevision())
          .ifPresent(changes::add);
    }
    sink.accept(new Event.StoreChanged(revision, changes));
    if (changes.stream().anyMatch(StoreChange.OfCluster.class::isInstance)) {
      throw new WatchEnded("the cluster key was written by somebody", true);
    }
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    etcd.close();
  }

  /** A watch that ended, after it was heard of or without. */
  static final class WatchEnded extends EtcdException {
    private static final long serialVersionUID = 1;
    private final boolean heard;

    WatchEnded(String message, boolean heard) {
      super(message);
      this.heard = heard;
    }
  }
}
