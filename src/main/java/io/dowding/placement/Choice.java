package io.dowding.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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

  /** A reason may name a job or an address, so that each host has its own. */
  private static final int REASONS = 10;

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
      List<Map.Entry<String, List<String>>> most = mostCommon(byReason);
      int left = refused.size();
      for (Map.Entry<String, List<String>> each : most) {
        parts.add(names(each.getValue()) + ": " + each.getKey());
        left -= each.getValue().size();
      }
      if (left > 0) {
        parts.add(left + (left == 1 ? " more host" : " more hosts") + " for other reasons");
      }
    }
    return "no host fits: " + String.join("; ", parts);
  }

  private static List<Map.Entry<String, List<String>>> mostCommon(
      Map<String, List<String>> byReason) {
    List<Map.Entry<String, List<String>>> reasons = new ArrayList<>(byReason.entrySet());
    if (reasons.size() > REASONS) {
      reasons.sort(Comparator.comparingInt(reason -> -reason.getValue().size()));
      return reasons.subList(0, REASONS);
    }
    return reasons;
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
