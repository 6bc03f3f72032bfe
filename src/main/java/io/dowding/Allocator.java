package io.dowding;

import io.dowding.docker.Survey;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Allocation;
import io.dowding.model.Host;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses hosts for the library's ids and records them. Each transaction compares the key shared by
 * all allocators, so two processes that choose at the same time notice each other. Thread-safe.
 */
final class Allocator {

  /** How long answers of hosts may be reused; allocations made meanwhile are read from etcd. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  /** Below etcd's limit of operations in a transaction. */
  private static final int MOST_TOGETHER = 100;

  private static final int MOST_TRIES = 200;
  private static final int LONGEST_PAUSE_MILLIS = 20;

  private final EtcdKeys keys;
  private final Inventory inventory;
  private final Answers answers;
  private final @Nullable Function<List<DockerHost>, DockerHost> leastBusy;
  private final Waiting waiting = new Waiting(MOST_TOGETHER);

  /** What the last allocation knew, and when all of it was read; of the thread that allocates. */
  private @Nullable View kept;

  private long readAt;

  Allocator(
      EtcdKeys keys,
      Inventory inventory,
      Survey survey,
      @Nullable Function<List<DockerHost>, DockerHost> leastBusy) {
    this.keys = keys;
    this.inventory = inventory;
    this.answers = new Answers(survey);
    this.leastBusy = leastBusy;
  }

  /** The keys, and the hosts' present answers. */
  View look() throws InterruptedException {
    Collection<Host> hosts = inventory.over(new View(keys.snapshot())).inventory.values();
    Answers.Known known = answers.of(hosts, System.nanoTime());
    // Asking hosts takes a while, so allocations made meanwhile must be read too.
    return inventory.over(new View(keys.snapshot())).asked(known.answers());
  }

  Placed leastBusy() throws InterruptedException {
    return new Placing(look(), leastBusy).leastBusy();
  }

  Placed allocate(String id, @Nullable String parent) throws InterruptedException {
    Wanted wanted = new Wanted(id, parent);
    waiting.await(wanted, this::allocate);
    return wanted.result();
  }

  private void allocate(List<Wanted> together) throws InterruptedException {
    try {
      for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
        List<Wanted> open = together.stream().filter(wanted -> !wanted.hasEnded()).toList();
        if (open.isEmpty()) {
          return;
        }
        Draft draft = draft(open);
        if (record(draft)) {
          draft.end();
          return;
        }
        Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
      }
      together.forEach(
          wanted ->
              wanted.ended(
                  new SchedulerException.Conflict(
                      "other allocators were faster "
                          + MOST_TRIES
                          + " times in a row; try again")));
    } catch (EtcdException failed) {
      if (Thread.interrupted()) {
        // The others must not fail because this thread was interrupted.
        throw (InterruptedException) new InterruptedException().initCause(failed);
      }
      if (together.size() > 1 && failed.isRefusal()) {
        // Together they may be too much, or one of them not permitted.
        for (Wanted wanted : together) {
          allocate(List.of(wanted));
        }
      } else {
        together.forEach(wanted -> wanted.ended(failed));
      }
    }
  }

  /** Returns whether no other allocator was faster. */
  private boolean record(Draft draft) {
    View view = draft.view();
    if (!draft.records().isEmpty()) {
      long at = keys.record(draft.records(), view.sequence());
      if (at == 0) {
        return false;
      }
      view.recorded(draft.records(), at);
    }
    kept = view;
    return true;
  }

  /** A draft that needs no host's answer any more. */
  private Draft draft(List<Wanted> together) throws InterruptedException {
    while (true) {
      View view = present();
      Answers.Known known =
          answers.of(view.inventory.values(), System.nanoTime() - FRESH.toNanos());
      Draft draft = new Draft(view.asked(known.answers()), together, leastBusy);
      if (known.areSince(draft.toAsk(), draft.since())) {
        return draft;
      }
      answers.ask(draft.toAsk(), draft.since());
    }
  }

  /** All keys; those read last, if they are the same now. */
  private View present() {
    View last = kept;
    // Not until what is now drafted on it is recorded.
    kept = null;
    if (last != null
        && System.nanoTime() - readAt < FRESH.toNanos()
        && keys.isCurrent(last.snapshot(), last.sequence())) {
      return inventory.over(last);
    }
    readAt = System.nanoTime();
    return inventory.over(new View(keys.snapshot()));
  }

  boolean release(String id) throws InterruptedException {
    for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
      View view = new View(keys.snapshot());
      Allocation record = view.allocations.get(id);
      if (record == null || !record.isOfLibrary()) {
        return false;
      }
      if (keys.forget(id, record.revision())) {
        return true;
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
    }
    throw new SchedulerException.Conflict(id + " kept being changed by others; try again");
  }
}
