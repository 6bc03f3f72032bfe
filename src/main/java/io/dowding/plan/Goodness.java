package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Service;
import io.dowding.plan.Running.Located;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the container that a record speaks of has been well for long enough. */
sealed interface Goodness {

  /**
   * @param since null for one that has ended as it may
   */
  record Good(@Nullable Instant since) implements Goodness {}

  /**
   * It is well, and has not been for long.
   *
   * @param wake when it will have been
   */
  record NotYet(Instant wake) implements Goodness {}

  /**
   * It was well when it was looked at last, which is too long ago.
   *
   * @param asks whether to look once more; the next list of its host will tell of what is old
   */
  record Unseen(String container, boolean asks) implements Goodness {}

  /** It is not well, or its host cannot say. */
  record Bad() implements Goodness {}

  static Goodness of(Situation situation, Allocation record, Service service) {
    JobMemory memory = situation.memory(record.job());
    Duration monitor = situation.settings().monitor(service);
    Instant well = memory.wellSince();
    Instant from = well == null ? null : well.plus(monitor);
    if (memory.completed() == record.incarnation()) {
      return new Good(from);
    }
    Located current = situation.running().current(record);
    if (current == null
        || !current.host().usable()
        || current.owned().container().state() != Container.State.RUNNING
        || from == null) {
      return new Bad();
    }
    if (situation.now().isBefore(from)) {
      return new NotYet(from);
    }
    // That nothing was heard of an end says little: a busy host may be late to tell.
    String id = current.owned().container().id();
    if (!current.host().seenAt().apply(id).isBefore(from)) {
      return new Good(from);
    }
    Duration window = service.container().restart().window();
    return new Unseen(id, situation.now().isBefore(record.since().plus(monitor).plus(window)));
  }

  default boolean isGood() {
    return this instanceof Good;
  }
}
