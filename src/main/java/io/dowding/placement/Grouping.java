package io.dowding.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hosts grouped by their values of some labels. Hosts are numbered in the order of their names.
 * Immutable.
 */
final class Grouping {

  /** By host: the number of its group. */
  final int[] groupOf;

  final int[] placeOf;

  /** By group: its hosts, in order. */
  final int[][] hosts;

  /** By group and label: the number of its value. */
  final int[][] valueOf;

  /** How many values each label has. */
  final int[] values;

  Grouping(Candidate[] all, List<String> labels) {
    groupOf = new int[all.length];
    placeOf = new int[all.length];
    values = new int[labels.size()];
    List<Map<String, Integer>> numbers = new ArrayList<>();
    labels.forEach(label -> numbers.add(new HashMap<>()));
    Map<List<Integer>, List<Integer>> groups = new HashMap<>();
    List<List<Integer>> members = new ArrayList<>();
    List<List<Integer>> tuples = new ArrayList<>();
    for (int host = 0; host < all.length; host++) {
      List<Integer> tuple = new ArrayList<>(labels.size());
      for (int label = 0; label < labels.size(); label++) {
        Map<String, Integer> known = numbers.get(label);
        String value = all[host].host().meta().getOrDefault(labels.get(label), "");
        tuple.add(known.computeIfAbsent(value, v -> known.size()));
      }
      List<Integer> group = groups.get(tuple);
      if (group == null) {
        group = new ArrayList<>();
        groups.put(tuple, group);
        tuples.add(tuple);
        members.add(group);
      }
      placeOf[host] = group.size();
      group.add(host);
    }
    hosts = new int[members.size()][];
    valueOf = new int[members.size()][];
    for (int group = 0; group < hosts.length; group++) {
      hosts[group] = numbers(members.get(group));
      valueOf[group] = numbers(tuples.get(group));
      for (int host : hosts[group]) {
        groupOf[host] = group;
      }
    }
    for (int label = 0; label < values.length; label++) {
      values[label] = numbers.get(label).size();
    }
  }

  /** Whether a host is in one of the first {@code count} of these groups. */
  boolean isAmong(int host, int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      if (groups[i] == groupOf[host]) {
        return true;
      }
    }
    return false;
  }

  private static int[] numbers(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
