package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.plan.Action;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What the loop owes the Docker hosts, and they the loop. Thread-safe. Each host has a lane of its
 * own: none waits for another.
 */
public interface Engines extends AutoCloseable {

  /** Follows exactly these hosts from now on; what is seen goes to {@code sink}. */
  void follow(Collection<Host> hosts, Store.Sink sink);

  /**
   * Makes one call and says how it ended; blocks until its deadline at the most, throws nothing.
   * Where there was no answer, the host is listed again.
   *
   * @param atMost the deadline, where that is shorter than the call's own; null for its own. No
   *     request that changes a container is sent later; an {@link Action.Exec} that was begun
   *     before may last longer
   */
  Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost);

  @Override
  void close();
}
