package io.dowding.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Chooses the operations that may happen in one run (swarm testing). With all operations enabled,
 * some bugs stay hidden, for example because two operations undo each other.
 */
final class Swarm {

  private final SplittableRandom random;
  private final boolean all;

  /** An operation; it happens this much more often than one with a weight of 1. */
  record Operation(int weight, Runnable what) {}

  Swarm(SplittableRandom random) {
    this.random = random;
    this.all = random.nextInt(4) == 0;
  }

  /** Chooses some elements, at least one; in some runs all. */
  <T> List<T> some(List<T> from) {
    List<T> some = new ArrayList<>(from);
    if (!all) {
      some.removeIf(one -> random.nextBoolean());
    }
    return some.isEmpty() ? List.of(from.get(random.nextInt(from.size()))) : some;
  }

  /** Repeats each operation according to its weight. */
  static List<Runnable> weighed(List<Operation> operations) {
    List<Runnable> weighed = new ArrayList<>();
    for (Operation operation : operations) {
      for (int n = 0; n < operation.weight(); n++) {
        weighed.add(operation.what());
      }
    }
    return weighed;
  }
}
