package io.dowding.control;

import io.dowding.keys.Key;
import io.dowding.keys.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Values that etcd refused because they are too large or forbidden. Each is retried after a pause
 * and blocks no other; meanwhile the status of a service is shortened.
 */
final class Refusals {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /**
   * @param shorter whether the shortened value was refused too
   */
  private record Refusal(String why, Duration pause, Instant notBefore, boolean shorter) {}

  private final SortedMap<String, Refusal> byKey = new TreeMap<>();

  void refused(String key, String why, Instant now) {
    Refusal before = byKey.get(key);
    Duration twice = before == null ? FIRST : before.pause().multipliedBy(2);
    Duration pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    byKey.put(key, new Refusal(why, pause, now.plus(pause), before != null && waits(key, now)));
  }

  /** Only a successful write of the full value ends a refusal. */
  void written(String key, Instant now) {
    if (!waits(key, now)) {
      byKey.remove(key);
    }
  }

  private boolean waits(String key, Instant now) {
    Refusal refusal = byKey.get(key);
    return refusal != null && now.isBefore(refusal.notBefore());
  }

  /** Forgets keys that are no longer wanted, once their pause is over. */
  void forget(Predicate<String> unwanted, Instant now) {
    byKey.keySet().removeIf(key -> unwanted.test(key) && !waits(key, now));
  }

  Set<String> keys() {
    return byKey.keySet();
  }

  /** The full value, or a shortened one until the next try. */
  @Nullable Object shortened(String key, @Nullable Object value, Instant now) {
    return value instanceof ServiceStatus status && waits(key, now)
        ? status.withoutJobs(why(key))
        : value;
  }

  private String why(String key) {
    Refusal refusal = byKey.get(key);
    return refusal == null ? "" : refusal.why();
  }

  /** Whether this key must not be written for now. */
  boolean blocks(String key, Instant now) {
    Refusal refusal = byKey.get(key);
    return refusal != null
        && waits(key, now)
        && (refusal.shorter() || !key.startsWith(Key.SERVICE_STATUS));
  }

  /** When the next refused value is retried, or null. */
  @Nullable Instant next(Instant now) {
    return byKey.values().stream()
        .map(Refusal::notBefore)
        .filter(now::isBefore)
        .min(Instant::compareTo)
        .orElse(null);
  }

  /** The refused keys, with the reason. */
  SortedMap<String, String> problems() {
    SortedMap<String, String> all = new TreeMap<>();
    for (Map.Entry<String, Refusal> one : byKey.entrySet()) {
      all.put(one.getKey(), "etcd refuses the agent's value: " + one.getValue().why());
    }
    return all;
  }
}
