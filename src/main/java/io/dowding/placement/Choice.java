package io.dowding.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A chosen host and why; or null and why not.
 *
 * @param refused if no host fits, every host with its reason
 */
public record Choice(@Nullable String host, String why, SortedMap<String, String> refused) {

  private static final int NAMED = 5;
  private static final SortedMap<String, String> NONE =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  static Choice of(String host, String why) {
    return new Choice(host, why, NONE);
  }

  /** {@code no host fits: host1: port 80 is taken by api.1; host2: drained}. */
  static String explain(SortedMap<String, String> refused) {
    if (refused.isEmpty()) {
      return "no host fits: the inventory is empty";
    }
    List<String> parts = new ArrayList<>();
    if (refused.size() <= NAMED) {
      refused.forEach((host, reason) -> parts.add(host + ": " + reason));
    } else {
      Map<String, List<String>> byReason = new TreeMap<>();
      refused.forEach(
          (host, reason) -> byReason.computeIfAbsent(reason, r -> new ArrayList<>()).add(host));
      byReason.forEach((reason, hosts) -> parts.add(names(hosts) + ": " + reason));
    }
    return "no host fits: " + String.join("; ", parts);
  }

  /** The load of a host in words: without decimals if it is a whole number. */
  public static String load(Candidate of) {
    return of.load() == Math.rint(of.load())
        ? Long.toString((long) of.load())
        : Double.toString(of.load());
  }

  private static String names(List<String> hosts) {
    return hosts.size() <= NAMED
        ? String.join(", ", hosts)
        : String.join(", ", hosts.subList(0, NAMED)) + " and " + (hosts.size() - NAMED) + " more";
  }
}
