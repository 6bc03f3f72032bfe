package io.dowding.control;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** One timer per name. Finding the next one does not scan the others. */
final class Timers {

  private record Timer(Instant at, String name) {}

  private final Map<String, Instant> set = new HashMap<>();

  /** Includes timers that were replaced since. */
  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(Comparator.comparing(Timer::at).thenComparing(Timer::name));

  /** Sets or replaces the timer of a name; null clears it. */
  void set(String name, @Nullable Instant at) {
    if (at == null) {
      set.remove(name);
    } else if (!at.equals(set.put(name, at))) {
      queue.add(new Timer(at, name));
    }
  }

  @Nullable Instant next() {
    Timer first = first();
    return first == null ? null : first.at();
  }

  /** The names that are due, each once. */
  List<String> due(Instant now) {
    List<String> due = new ArrayList<>();
    for (Timer first = first(); first != null && !now.isBefore(first.at()); first = first()) {
      set.remove(first.name());
      due.add(first.name());
    }
    return due;
  }

  @Nullable String nextName() {
    Timer first = first();
    return first == null ? null : first.name();
  }

  private @Nullable Timer first() {
    Timer first = queue.peek();
    while (first != null && !first.at().equals(set.get(first.name()))) {
      queue.remove();
      first = queue.peek();
    }
    return first;
  }

  void clear() {
    set.clear();
    queue.clear();
  }
}
