package io.dowding.etcd;

import io.dowding.control.StatusSource;
import io.dowding.control.Tireless;
import io.dowding.keys.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows what agents publish, with a client of its own. It lists the keys, watches them from the
 * next revision, and starts over with a list after any trouble, and on a slow timer. Thread-safe.
 */
public final class StatusWatch implements StatusSource {

  /** {@code versions/} lies between the two; it has the content of secrets. */
  private static final List<String> PREFIXES = List.of(Key.STATUS, Key.WORK);

  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);

  /** A watch may die without an end, while other calls are answered. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(9);

  private static final Duration LIST_AGAIN = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * What a watch reported.
   *
   * @param changes none as a sign of life
   * @param ended why it ended, or null
   */
  private record Signal(String prefix, List<Kv.Change> changes, @Nullable String ended) {}

  private final Supplier<Kv> clients;
  private final String base;
  private final InstantSource clock;

  /**
   * @param base the base key, without a trailing slash
   * @param clock a monotonic one
   */
  public StatusWatch(EtcdSettings settings, String base, InstantSource clock) {
    Function<Runnable, Kv> clients = Etcd.clients(settings);
    this(() -> clients.apply(() -> {}), base, clock);
  }

  /**
   * @param clients creates a new client
   */
  public StatusWatch(Supplier<Kv> clients, String base, InstantSource clock) {
    this.clients = clients;
    this.base = base;
    this.clock = clock;
  }

  @Override
  public Runnable follow(Sink sink) {
    Thread thread =
        Tireless.start(
            Thread.ofVirtual().name("status-watch"),
            PAUSE,
            () -> turn(sink),
            trouble ->
                sink.lost(
                    trouble instanceof EtcdException
                        ? String.valueOf(trouble.getMessage())
                        : trouble.toString()));
    return thread::interrupt;
  }

  /** From one list to the next, with a new client: an old one may be what is in trouble. */
  private void turn(Sink sink) throws InterruptedException {
    try (Kv kv = clients.get()) {
      EtcdKeys agents = new EtcdKeys(kv, base);
      SortedMap<String, String> all = new TreeMap<>();
      long listed = list(kv, all);
      sink.listed(all);
      BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
      List<Kv.Watcher> watchers = new ArrayList<>();
      Map<String, Instant> heard = new HashMap<>();
      try {
        for (String prefix : PREFIXES) {
          heard.put(prefix, clock.instant());
          watchers.add(kv.watch(from(prefix), to(prefix), listed + 1, into(signals, prefix)));
        }
        Instant again = clock.instant().plus(LIST_AGAIN);
        while (clock.instant().isBefore(again)) {
          sink.alive(agents.candidates());
          watchers.forEach(Kv.Watcher::requestProgress);
          pass(signals, listed, heard, sink);
        }
      } finally {
        watchers.forEach(Kv.Watcher::close);
      }
    }
  }

  private long list(Kv kv, SortedMap<String, String> all) {
    long revision = 0;
    for (String prefix : PREFIXES) {
      Kv.Listing found = kv.range(from(prefix), to(prefix), revision);
      revision = found.revision();
      found.entries().forEach(entry -> all.put(name(entry.key()), entry.text()));
    }
    return revision;
  }

  private static Kv.Watching into(BlockingQueue<Signal> signals, String prefix) {
    return new Kv.Watching() {
      @Override
      public void changed(long revision, List<Kv.Change> changes) {
        signals.add(new Signal(prefix, changes, null));
      }

      @Override
      public void ended(String why) {
        signals.add(new Signal(prefix, List.of(), why));
      }
    };
  }

  /** Passes changes on until the next sign of life is due. */
  private void pass(
      BlockingQueue<Signal> signals, long listed, Map<String, Instant> heard, Sink sink)
      throws InterruptedException {
    Instant end = clock.instant().plus(SIGN_OF_LIFE);
    for (long wait = SIGN_OF_LIFE.toMillis();
        wait > 0;
        wait = Duration.between(clock.instant(), end).toMillis()) {
      Signal signal = signals.poll(wait, TimeUnit.MILLISECONDS);
      if (signal != null) {
        if (signal.ended() != null) {
          throw new EtcdException("the watch ended: " + signal.ended());
        }
        heard.put(signal.prefix(), clock.instant());
        pass(signal.changes(), listed, sink);
      }
    }
    Instant tooLongAgo = clock.instant().minus(LONGEST_SILENCE);
    if (heard.values().stream().anyMatch(tooLongAgo::isAfter)) {
      throw new EtcdException("the watch fell silent");
    }
  }

  private void pass(List<Kv.Change> changes, long listed, Sink sink) {
    Map<String, Optional<String>> values = new HashMap<>();
    for (Kv.Change change : changes) {
      // Some etcd releases deliver changes from before the list.
      if (change.revision() > listed) {
        values.put(name(change.key()), Optional.ofNullable(change.entry()).map(Kv.Entry::text));
      }
    }
    if (!values.isEmpty()) {
      sink.changed(values);
    }
  }

  private String from(String prefix) {
    return base + "/" + prefix;
  }

  private String to(String prefix) {
    return from(prefix) + '\uffff';
  }

  private String name(String key) {
    return key.substring(base.length() + 1);
  }
}
