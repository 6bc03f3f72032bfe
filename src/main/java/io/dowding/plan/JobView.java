package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import io.dowding.model.Ownership.Owned;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of one job, for the status.
 *
 * @param host where it is or will be, or null
 * @param container its recorded container, or null if there is none
 * @param reason why it does not run as desired, and what to do; otherwise empty
 * @param nextTry when the next try is, or null
 * @param current whether it is at its target; false for a job still to be replaced or removed
 * @param settled whether it runs as desired and counts as up
 */
public record JobView(
    String job,
    @Nullable String host,
    @Nullable Container container,
    State state,
    String reason,
    @Nullable Instant nextTry,
    boolean current,
    boolean settled) {

  /** The state in one word. */
  public enum State {
    PENDING,
    STARTING,
    RUNNING,
    UNHEALTHY,
    PAUSED,
    BACKOFF,
    REPLACING,
    UNREACHABLE,
    COMPLETED,
    REMOVING,
    HELD
  }

  /** As recorded. A job that ended successfully or was paused by a person counts as up. */
  static JobView of(Allocation record, @Nullable Container container, State state, String reason) {
    boolean settled = state == State.COMPLETED || state == State.PAUSED;
    return new JobView(record.job(), record.host(), container, state, reason, null, true, settled);
  }

  /** Its container has another name, so it is not ours to touch. */
  static JobView renamed(Allocation record, Owned owned) {
    Container container = owned.container();
    String why =
        "its container was renamed: run docker rename "
            + container.name()
            + " "
            + Ownership.nameOf(owned)
            + " on "
            + record.host()
            + ", or remove it";
    return new JobView(record.job(), record.host(), container, State.HELD, why, null, true, false);
  }

  /** Waits for its next try. */
  static JobView backoff(Allocation record, @Nullable Container container, JobMemory memory) {
    return new JobView(
        record.job(),
        record.host(),
        container,
        State.BACKOFF,
        memory.lastError(),
        memory.nextTry(),
        true,
        false);
  }

  JobView withReason(String why) {
    return new JobView(job, host, container, state, why, nextTry, current, settled);
  }
}
