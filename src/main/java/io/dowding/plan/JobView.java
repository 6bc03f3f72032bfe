package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import io.dowding.model.Ownership.Owned;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one job stands, for the status.
 *
 * @param host where it is or is to be, or null
 * @param container its right container, or null while there is none
 * @param reason for what does not run as it should: why, and what to do; else empty
 * @param nextTry when the next try is, or null
 * @param settled runs as asked for, and has come up
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

  /** One word for it. */
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

  /** As it is by its record; it has come up where it ended as it may, or somebody paused it. */
  static JobView of(Allocation record, @Nullable Container container, State state, String reason) {
    boolean settled = state == State.COMPLETED || state == State.PAUSED;
    return new JobView(record.job(), record.host(), container, state, reason, null, true, settled);
  }

  /** Its container has another name, which is not ours to touch. */
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
