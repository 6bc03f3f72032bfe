package io.dowding.plan;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Failures of a job that are to blame on hosts. After several on one host, another one is used for
 * a while.
 *
 * @param counts failures by host
 */
record HostFaults(Map<String, Integer> counts, Map<String, Avoided> avoided) {

  static final HostFaults NONE = new HostFaults(Map.of(), Map.of());

  record Avoided(Instant until, String why) {}

  HostFaults blame(String host, String error, Instant now) {
    Map<String, Integer> faults = new TreeMap<>(counts);
    if (faults.merge(host, 1, Integer::sum) < Settings.TRIES_ON_ONE_HOST) {
      return new HostFaults(faults, avoided);
    }
    faults.remove(host);
    Map<String, Avoided> hosts = new TreeMap<>(avoided);
    hosts.put(host, new Avoided(now.plus(Settings.AVOID), error));
    return new HostFaults(faults, hosts);
  }

  /** Forgets the failures, but not which hosts to avoid. */
  HostFaults withoutCounts() {
    return new HostFaults(Map.of(), avoided);
  }

  /** The hosts to avoid now, each with the reason. */
  Map<String, String> avoidedAt(Instant now) {
    if (avoided.isEmpty()) {
      return Map.of();
    }
    Map<String, String> hosts = new TreeMap<>();
    avoided.forEach(
        (host, avoid) -> {
          if (now.isBefore(avoid.until())) {
            hosts.put(host, "failed there: " + avoid.why());
          }
        });
    return hosts;
  }

  /** When the next of those hosts may be tried again; null if there is none. */
  @Nullable Instant avoidsUntil(Instant now) {
    return avoided.values().stream()
        .map(Avoided::until)
        .filter(now::isBefore)
        .min(Instant::compareTo)
        .orElse(null);
  }
}
