package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.plan.Action;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The Docker hosts, as the loop uses them. Thread-safe. Each host has its own lane; no host waits
 * for another.
 */
public interface Engines extends AutoCloseable {

  /** Follows exactly these hosts from now on and sends observations to {@code sink}. */
  void follow(Collection<Host> hosts, Store.Sink sink);

  /**
   * Makes one call and returns its outcome. Blocks at most until the deadline; throws nothing. If
   * there is no answer, the host is listed again.
   *
   * @param atMost a deadline shorter than the call's own, or null. No request that changes a
   *     container is sent after it; an {@link Action.Exec} that has begun may run longer
   */
  Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost);

  @Override
  void close();
}
