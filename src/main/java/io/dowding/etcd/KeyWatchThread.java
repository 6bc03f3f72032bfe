package io.dowding.etcd;

import io.dowding.control.Store.Sink;
import io.dowding.control.Tireless;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Follows the keys on a virtual thread, as {@link KeyWatch} decides. */
final class KeyWatchThread implements AutoCloseable {

  private static final Duration AFTER_A_BUG = Duration.ofMillis(100);

  private final Supplier<Kv> clients;
  private final String base;
  private final KeyLister lister;
  private final InstantSource clock;
  private final BlockingQueue<Consumer<KeyWatch>> signals = new LinkedBlockingQueue<>();
  private volatile Kv kv;
  private volatile @Nullable Thread thread;
  private Kv.@Nullable Watcher watcher;

  /**
   * @param clients creates a new client
   */
  KeyWatchThread(Supplier<Kv> clients, String base, InstantSource clock) {
    this.clients = clients;
    this.base = base;
    this.lister = new KeyLister(base);
    this.clock = clock;
    this.kv = clients.get();
  }

  /**
   * @param around wraps each turn of the thread
   */
  void start(Sink sink, UnaryOperator<Tireless.Turn> around) {
    KeyWatch watch = new KeyWatch(base, WatchReader::read, sink);
    thread =
        Tireless.start(
            Thread.ofVirtual().name("etcd-watch"),
            AFTER_A_BUG,
            around.apply(() -> turn(watch)),
            trouble -> watch.failed(trouble, clock.instant()));
  }

  /** Lists again soon, with what earlier leaders left. */
  void listAgain() {
    signals.add(KeyWatch::listAgain);
  }

  private void turn(KeyWatch watch) throws InterruptedException {
    hear(signals.poll(), watch);
    switch (watch.next(clock.instant())) {
      case KeyWatch.Step.Wait(Instant until) -> {
        long wait = Math.max(1, Duration.between(clock.instant(), until).toMillis());
        hear(signals.poll(wait, TimeUnit.MILLISECONDS), watch);
      }
      case KeyWatch.Step.ListAll(boolean newClient) -> {
        endWatch();
        if (newClient) {
          kv.close();
          kv = clients.get();
        }
        watch.listed(lister.list(kv, true));
      }
      case KeyWatch.Step.Watch(long from, long attempt) ->
          watcher = kv.watch(base + "/", base + "/status", from, reporting(attempt));
      case KeyWatch.Step.RequestProgress _ -> Objects.requireNonNull(watcher).requestProgress();
    }
  }

  /** This signal and all that follow it. */
  private void hear(@Nullable Consumer<KeyWatch> first, KeyWatch watch) {
    for (Consumer<KeyWatch> signal = first; signal != null; signal = signals.poll()) {
      signal.accept(watch);
    }
  }

  private void endWatch() {
    Kv.Watcher last = watcher;
    watcher = null;
    if (last != null) {
      last.close();
    }
  }

  private Kv.Watching reporting(long attempt) {
    return new Kv.Watching() {
      @Override
      public void changed(long revision, List<Kv.Change> changes) {
        signals.add(watch -> watch.changed(attempt, revision, changes, clock.instant()));
      }

      @Override
      public void ended(String why) {
        signals.add(watch -> watch.ended(attempt, why));
      }
    };
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    kv.close();
  }
}
