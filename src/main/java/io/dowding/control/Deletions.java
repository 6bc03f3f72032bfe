package io.dowding.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Services that were deleted. One is acted upon at once; many at the same time are more likely a
 * slip than a wish, and are held until a person says so.
 */
final class Deletions {

  static final Duration WINDOW = Duration.ofSeconds(10);

  private final Map<String, Instant> recent = new TreeMap<>();
  private final Set<String> held = new TreeSet<>();

  /** All that were seen to go, so that none counts twice. */
  private final Set<String> known = new TreeSet<>();

  private final Set<String> told = new TreeSet<>();

  /** Those that perhaps came back and went once more while another agent led. */
  private final Set<String> again = new TreeSet<>();

  /**
   * @param remaining how many services there still are
   */
  void deleted(Collection<String> services, int remaining, Instant now) {
    recent.values().removeIf(at -> !now.isBefore(at.plus(WINDOW)));
    known.addAll(services);
    services.forEach(service -> recent.put(service, now));
    if (isMany(recent.size(), remaining + recent.size())) {
      held.addAll(recent.keySet());
    }
  }

  /** More than three, and more than 30 % of those there were. */
  static boolean isMany(int deleted, int before) {
    return deleted > 3 && deleted * 100 > before * 30;
  }

  /** Gone already when this agent began to look. */
  void unseen(Collection<String> services, int remaining, Instant now) {
    Set<String> others = new TreeSet<>(services);
    others.removeAll(known);
    others.removeIf(service -> held.contains(service) && !again.contains(service));
    again.clear();
    if (!others.isEmpty()) {
      deleted(others, remaining, now);
    }
  }

  /** A watch told of these: so they were deleted, and not lost. */
  void told(Collection<String> services) {
    told.addAll(services);
  }

  boolean wasTold(String service) {
    return told.contains(service);
  }

  void back(String service) {
    known.remove(service);
    told.remove(service);
    recent.remove(service);
    held.remove(service);
  }

  /** As an earlier agent held them. */
  void hold(Collection<String> services) {
    held.addAll(services);
  }

  /** Those that are held and not among these count once more; held they stay. */
  void recount(Collection<String> heldByLeader) {
    again.addAll(held);
    again.removeAll(heldByLeader);
    known.removeAll(again);
  }

  void release() {
    recent.clear();
    held.clear();
  }

  /**
   * Forgets those of which nothing is left.
   *
   * @return those of them that were held
   */
  Set<String> retain(Predicate<String> withRemains, Instant now) {
    recent.values().removeIf(at -> !now.isBefore(at.plus(WINDOW)));
    Set<String> forgotten = new TreeSet<>(held);
    forgotten.removeIf(withRemains);
    held.removeAll(forgotten);
    known.removeIf(service -> !withRemains.test(service) && !recent.containsKey(service));
    told.removeIf(withRemains.negate());
    return forgotten;
  }

  /** Whether there is nothing to remember. */
  boolean isQuiet() {
    return held.isEmpty() && known.isEmpty() && told.isEmpty();
  }

  Set<String> held() {
    return held;
  }
}
