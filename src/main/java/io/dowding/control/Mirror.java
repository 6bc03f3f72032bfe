package io.dowding.control;

import io.dowding.keys.Key;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What keys of this agent should hold, next to what etcd holds. */
final class Mirror {

  private final World world;
  private final Predicate<String> isMine;
  private final SortedMap<String, Object> wanted = new TreeMap<>();

  /** Keys that may have to be written. */
  private final Set<String> differing = new TreeSet<>();

  private Census.Taker census = new Census.Taker();

  /**
   * @param isMine which keys it covers
   */
  Mirror(World world, Predicate<String> isMine) {
    this.world = world;
    this.isMine = isMine;
  }

  /** Wants nothing, so that every key in etcd differs. */
  void clear() {
    wanted.clear();
    census = new Census.Taker();
    differing.clear();
    world.keys.published.values.keySet().stream().filter(isMine).forEach(differing::add);
  }

  /** Null deletes the key. */
  void want(String key, @Nullable Object value) {
    Object before = value == null ? wanted.remove(key) : wanted.put(key, value);
    census.changed(before, value);
    compare(key);
  }

  /**
   * Wants what this supplies. If that throws, the key stays as it is, and does not block others.
   *
   * @param bugs receives what it throws
   * @return whether it did not throw
   */
  boolean want(String key, Supplier<@Nullable Object> value, Bugs bugs) {
    boolean built = bugs.caught(() -> want(key, value.get()));
    if (!built) {
      want(key, world.keys.published.values.get(key));
    }
    return built;
  }

  /** Counts of the wanted values. */
  Census census() {
    return census.take();
  }

  /** The value of this key in etcd changed. */
  void written(String key) {
    if (isMine.test(key)) {
      compare(key);
    }
  }

  private void compare(String key) {
    if (Objects.equals(wanted.get(key), world.keys.published.values.get(key))) {
      differing.remove(key);
    } else {
      differing.add(key);
    }
  }

  /** The values to write, or to delete, so that etcd matches. */
  SortedMap<String, Optional<Object>> changes(Instant now) {
    Refusals refusals = world.keys.published.refusals;
    refusals.forget(key -> isMine.test(key) && !wanted.containsKey(key), now);
    SortedMap<String, Optional<Object>> changes = new TreeMap<>();
    Set<String> keys = new TreeSet<>(differing);
    refusals.keys().stream().filter(isMine).forEach(keys::add);
    for (String key : keys) {
      Object value = refusals.shortened(key, wanted.get(key), now);
      if (!Objects.equals(value, world.keys.published.values.get(key))) {
        changes.put(key, Optional.ofNullable(value));
      }
    }
    // Writes of unknown outcome may have left anything there, or may still arrive.
    for (String key : world.keys.published.unsure) {
      if (isMine.test(key)) {
        changes.put(key, Optional.ofNullable(refusals.shortened(key, wanted.get(key), now)));
      }
    }
    return changes;
  }

  /**
   * @param whole built from scratch
   * @throws IllegalStateException if this one differs from it
   */
  void prove(Mirror whole) {
    Set<String> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(whole.wanted.keySet());
    keys.removeIf(key -> Objects.equals(wanted.get(key), whole.wanted.get(key)));
    if (!keys.isEmpty()) {
      String key = keys.iterator().next();
      throw new IllegalStateException(
          "a change was not published: "
              + keys
              + (key.startsWith(Key.STATUS)
                  ? ": " + wanted.get(key) + ", not " + whole.wanted.get(key)
                  : ""));
    }
    if (!differing.equals(whole.differing)) {
      throw new IllegalStateException(
          "keys to write are " + differing + ", should be " + whole.differing);
    }
  }
}
