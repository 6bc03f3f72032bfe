package io.dowding.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which of all that can happen may happen in one run. A run with everything in it hides what only
 * comes about when some of it is away: two operations that undo each other, say.
 */
final class Swarm {

  private final SplittableRandom random;
  private final boolean all;

  /** Something that happens, this much oftener than what has a weight of 1. */
  record Operation(int weight, Runnable what) {}

  Swarm(SplittableRandom random) {
    this.random = random;
    this.all = random.nextInt(4) == 0;
  }

  /** Some of these, at least one; in some runs all. */
  <T> List<T> some(List<T> from) {
    List<T> some = new ArrayList<>(from);
    if (!all) {
      some.removeIf(one -> random.nextBoolean());
    }
    return some.isEmpty() ? List.of(from.get(random.nextInt(from.size()))) : some;
  }

  /** Each as often as its weight. */
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
