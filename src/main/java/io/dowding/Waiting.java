package io.dowding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that want to allocate at the same time: one of them allocates for all that wait, in one
 * transaction, while the others wait for their results. Thread-safe.
 */
final class Waiting {

  private final Queue<Wanted> queue = new ConcurrentLinkedQueue<>();
  private final int most;

  /** Fair: those that were served ask for more before the next one counts who waits. */
  private final ReentrantLock turn = new ReentrantLock(true);

  /** Allocates for all of these, of different ids; each of them has ended then. */
  @FunctionalInterface
  interface Allocating {
    void all(List<Wanted> together) throws InterruptedException;
  }

  /**
   * @param most how many may be served together
   */
  Waiting(int most) {
    this.most = most;
  }

  /**
   * Returns once this one has ended.
   *
   * @throws InterruptedException then it may have been served or not
   */
  void await(Wanted wanted, Allocating allocating) throws InterruptedException {
    queue.add(wanted);
    try {
      turn.lockInterruptibly();
    } catch (InterruptedException stopped) {
      wanted.ended(new SchedulerException.Interrupted(stopped));
      queue.remove(wanted);
      throw stopped;
    }
    try {
      while (!wanted.hasEnded()) {
        serve(take(), wanted, allocating);
      }
    } finally {
      turn.unlock();
    }
  }

  /** How many wait to be served. */
  int length() {
    return queue.size();
  }

  private void serve(List<Wanted> together, Wanted own, Allocating allocating)
      throws InterruptedException {
    boolean ended = false;
    try {
      allocating.all(together);
      ended = true;
    } finally {
      if (!ended) {
        // Only the thread that allocates was interrupted.
        queue.addAll(without(together, own));
        queue.remove(own);
      }
    }
  }

  private static Collection<Wanted> without(List<Wanted> together, Wanted own) {
    return together.stream().filter(other -> other != own && !other.hasEnded()).toList();
  }

  /** The first ones of each id. */
  private List<Wanted> take() {
    // Those that were interrupted while another thread wanted to serve them.
    queue.removeIf(Wanted::hasEnded);
    List<Wanted> taken = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Wanted wanted : queue) {
      if (taken.size() < most && ids.add(wanted.id())) {
        taken.add(wanted);
      }
    }
    queue.removeAll(taken);
    return taken;
  }
}
