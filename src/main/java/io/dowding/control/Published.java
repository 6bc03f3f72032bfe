package io.dowding.control;

import io.dowding.keys.Key;
import io.dowding.keys.Recalled;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The keys that this agent publishes, as they are in etcd. */
final class Published {

  /** By key; an unreadable value equals nothing else. */
  final SortedMap<String, Object> values = new TreeMap<>();

  /** Keys whose last write may or may not have happened, or may still happen. */
  final Set<String> unsure = new TreeSet<>();

  /** Values that etcd refused. */
  final Refusals refusals = new Refusals();

  /** Keys that were written since the last list; it may have been read before that. */
  private final Set<String> writtenSince = new HashSet<>();

  /** All keys were listed. */
  void listed(Recalled recalled) {
    Map<String, Object> written = new HashMap<>();
    writtenSince.forEach(key -> written.put(key, values.getOrDefault(key, "")));
    values.clear();
    recalled.keys().forEach(key -> values.put(key, "unread"));
    recalled.services().forEach((name, of) -> values.put(Key.SERVICE_STATUS + name, of));
    recalled.hosts().forEach((name, of) -> values.put(Key.HOST_STATUS + name, of));
    recalled.holds().forEach((name, of) -> values.put(Key.HOLDS + name, of));
    written.forEach(
        (key, value) -> {
          if (!value.equals(values.getOrDefault(key, ""))) {
            unsure.add(key);
          }
        });
    writtenSince.clear();
  }

  /** This agent wrote a key; null if it deleted it. */
  void wrote(String key, @Nullable Object value) {
    writtenSince.add(key);
    if (value == null) {
      values.remove(key);
    } else {
      values.put(key, value);
    }
  }
}
