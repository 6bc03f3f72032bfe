package io.dowding.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each kind of request came, and how many containers run. Thread-safe. */
final class Tally {

  static final String RUNNING = "running";

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  void add(String what, long more) {
    counts.computeIfAbsent(what, w -> new LongAdder()).add(more);
    if (what.equals(RUNNING)) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Waits until so many containers run, or the time is over. */
  synchronized void await(long running, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    LongAdder now = counts.computeIfAbsent(RUNNING, w -> new LongAdder());
    while (now.sum() < running) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  String json() {
    StringBuilder json = new StringBuilder("{");
    new TreeMap<>(counts)
        .forEach(
            (what, count) ->
                json.append(json.length() == 1 ? "\"" : ",\"")
                    .append(what)
                    .append("\":")
                    .append(count.sum()));
    return json.append('}').toString();
  }
}
