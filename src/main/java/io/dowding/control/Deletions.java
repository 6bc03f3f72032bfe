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
 * Deleted services. A single deletion is acted on at once. Many at the same time look accidental,
 * and are held until a person confirms them.
 */
public final class Deletions {

  static final Duration WINDOW = Duration.ofSeconds(10);

  private final Map<String, Instant> recent = new TreeMap<>();
  private final Set<String> held = new TreeSet<>();

  /** All services seen to go, so that none counts twice. */
  private final Set<String> known = new TreeSet<>();

  private final Set<String> reported = new TreeSet<>();

  /** Held services that may have returned and gone again under another leader. */
  private final Set<String> again = new TreeSet<>();

  /**
   * @param remaining how many services are left
   */
  void deleted(Collection<String> services, int remaining, Instant now) {
    recent.values().removeIf(at -> !now.isBefore(at.plus(WINDOW)));
    known.addAll(services);
    services.forEach(service -> recent.put(service, now));
    if (isMany(recent.size(), remaining + recent.size())) {
      held.addAll(recent.keySet());
    }
  }

  /** More than three, and more than 30 % of all services. */
  public static boolean isMany(int deleted, int before) {
    return deleted > 3 && deleted * 100 > before * 30;
  }

  /** Deleted before this agent began to look. */
  void unseen(Collection<String> services, int remaining, Instant now) {
    Set<String> others = new TreeSet<>(services);
    others.removeAll(known);
    others.removeIf(service -> held.contains(service) && !again.contains(service));
    again.clear();
    if (!others.isEmpty()) {
      deleted(others, remaining, now);
    }
  }

  /** Deletions that a watch reported: they are real, not lost keys. */
  void reported(Collection<String> services) {
    reported.addAll(services);
  }

  boolean wasReported(String service) {
    return reported.contains(service);
  }

  void back(String service) {
    known.remove(service);
    reported.remove(service);
    recent.remove(service);
    held.remove(service);
  }

  /** Holds what an earlier agent held. */
  void hold(Collection<String> services) {
    held.addAll(services);
  }

  /** Lets held services that the leader did not hold count once more; they stay held. */
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
   * Forgets services without remains.
   *
   * @return those that were held
   */
  Set<String> retain(Predicate<String> withRemains, Instant now) {
    recent.values().removeIf(at -> !now.isBefore(at.plus(WINDOW)));
    Set<String> forgotten = new TreeSet<>(held);
    forgotten.removeIf(withRemains);
    held.removeAll(forgotten);
    known.removeIf(service -> !withRemains.test(service) && !recent.containsKey(service));
    reported.removeIf(withRemains.negate());
    return forgotten;
  }

  boolean isQuiet() {
    return held.isEmpty() && known.isEmpty() && reported.isEmpty();
  }

  Set<String> held() {
    return held;
  }
}
