package io.dowding.plan;

import io.dowding.model.Container;
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
}
