package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Service;
import io.dowding.plan.Running.Located;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the recorded container has been well for long enough. */
sealed interface Goodness {

  /**
   * @param since when it became good; null if it ended successfully
   */
  record Good(@Nullable Instant since) implements Goodness {}

  /**
   * Well, but not for long enough.
   *
   * @param wake when it will be
   */
  record NotYet(Instant wake) implements Goodness {}

  /**
   * Well when last seen, but that was too long ago.
   *
   * @param asks whether to inspect it again; for an old container the host's next list is enough
   */
  record Unseen(String container, boolean asks) implements Goodness {}

  /** Not well, or its host cannot be asked. */
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
    // Silence does not prove that it still runs: a busy host may report late.
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
