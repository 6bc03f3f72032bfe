package io.dowding.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What viewers see, and its last changes, so that a viewer that was away for a moment gets only
 * those. Viewers pull: however many and however slow they are, there is one copy. Thread-safe.
 */
final class RoomFeed {

  private static final int MOST_CHANGES = 10_000;
  private static final int MOST_CHARACTERS = 2_000_000;

  private final int most;
  private final SortedMap<String, String> units = new TreeMap<>();
  private final Deque<Change> last = new ArrayDeque<>();
  private int characters;
  private String epoch = UUID.randomUUID().toString();
  private long number;

  private record Change(long number, String unit, Optional<String> value) {
    int size() {
      return unit.length() + value.map(String::length).orElse(0);
    }
  }

  /**
   * What a viewer does not know yet.
   *
   * @param id of the viewer's state after this
   * @param whole whether these are all units, instead of those that changed
   * @param units empty for one that does not exist any more
   */
  record Batch(String id, boolean whole, SortedMap<String, Optional<String>> units) {}

  RoomFeed() {
    this(MOST_CHANGES);
  }

  /**
   * @param most changes to keep
   */
  RoomFeed(int most) {
    this.most = most;
  }

  /** Adds changes; an empty value removes a unit. */
  synchronized void add(Map<String, Optional<String>> changes) {
    changes.forEach(
        (unit, value) -> {
          value.ifPresentOrElse(text -> units.put(unit, text), () -> units.remove(unit));
          Change change = new Change(++number, unit, value);
          last.addLast(change);
          characters += change.size();
          while (last.size() > most || characters > MOST_CHARACTERS) {
            characters -= last.removeFirst().size();
          }
        });
    notifyAll();
  }

  /** Forgets everything; viewers who return get all units. */
  synchronized void clear() {
    units.clear();
    last.clear();
    characters = 0;
    number = 0;
    epoch = UUID.randomUUID().toString();
    notifyAll();
  }

  /**
   * Waits until there is something that a viewer does not know.
   *
   * @param id of the viewer's state; null, or anything that is not known, for all units
   * @param atMost how long to wait
   * @return null if there was nothing
   */
  synchronized @Nullable Batch next(@Nullable String id, Duration atMost)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (id != null && id.equals(id())) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      wait(left);
    }
    return since(id);
  }

  private String id() {
    return epoch + "." + number;
  }

  private Batch since(@Nullable String id) {
    SortedMap<String, Optional<String>> found = new TreeMap<>();
    long known = id == null ? -1 : known(id);
    boolean whole = known < 0 || known > number || known < number - last.size();
    if (whole) {
      units.forEach((unit, value) -> found.put(unit, Optional.of(value)));
    } else {
      for (Change change : last) {
        if (change.number() > known) {
          found.put(change.unit(), change.value());
        }
      }
    }
    return new Batch(id(), whole, found);
  }

  private long known(String id) {
    String prefix = epoch + ".";
    try {
      return id.startsWith(prefix) ? Long.parseLong(id.substring(prefix.length())) : -1;
    } catch (NumberFormatException unknown) {
      return -1;
    }
  }
}
