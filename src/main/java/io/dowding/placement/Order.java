package io.dowding.placement;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Some of the hosts, in groups, with the best of each group known. A tournament tree: a changed
 * host only replays its path to the top. Not thread-safe.
 */
final class Order {

  static final int NONE = -1;

  /** Which of two hosts is better. A strict order, so that the result is unique. */
  @FunctionalInterface
  interface Better {
    boolean isBetter(int host, int other);
  }

  final Grouping grouping;
  private final int[][] winners;
  private final boolean[] shared;

  private Order(Grouping grouping, int[][] winners, boolean[] shared) {
    this.grouping = grouping;
    this.winners = winners;
    this.shared = shared;
  }

  static Order of(Grouping grouping, IntPredicate isIn, Better better) {
    int groups = grouping.hosts.length;
    int[][] winners = new int[groups][];
    for (int group = 0; group < groups; group++) {
      int[] hosts = grouping.hosts[group];
      int[] tree = new int[2 * hosts.length];
      for (int place = 0; place < hosts.length; place++) {
        tree[hosts.length + place] = isIn.test(hosts[place]) ? hosts[place] : NONE;
      }
      for (int node = hosts.length - 1; node > 0; node--) {
        tree[node] = better(tree[2 * node], tree[2 * node + 1], better);
      }
      winners[group] = tree;
    }
    return new Order(grouping, winners, new boolean[groups]);
  }

  /** A copy that can be changed; this one must not be changed any more. */
  Order copy() {
    boolean[] all = new boolean[shared.length];
    Arrays.fill(all, true);
    return new Order(grouping, winners.clone(), all);
  }

  /** Updates a host that may be in or out, better or worse than before. */
  void update(int host, boolean isIn, Better better) {
    int group = grouping.groupOf[host];
    if (shared[group]) {
      shared[group] = false;
      winners[group] = winners[group].clone();
    }
    int[] tree = winners[group];
    int node = tree.length / 2 + grouping.placeOf[host];
    tree[node] = isIn ? host : NONE;
    for (node /= 2; node > 0; node /= 2) {
      tree[node] = better(tree[2 * node], tree[2 * node + 1], better);
    }
  }

  private static int better(int host, int other, Better better) {
    if (host == NONE || other == NONE) {
      return host == NONE ? other : host;
    }
    return better.isBetter(host, other) ? host : other;
  }

  boolean has(int host) {
    int[] tree = winners[grouping.groupOf[host]];
    return tree[tree.length / 2 + grouping.placeOf[host]] != NONE;
  }

  /** The best of a group, or {@link #NONE}. */
  int best(int group) {
    return winners[group][1];
  }

  /**
   * The best of a part of a group: part 1 is the whole group, and part n consists of 2n and 2n+1.
   */
  int best(int group, int part) {
    return winners[group][part];
  }

  /** Whether a part is a single host. */
  boolean isOne(int group, int part) {
    return part >= winners[group].length / 2;
  }
}
