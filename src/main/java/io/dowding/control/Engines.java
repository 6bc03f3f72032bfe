package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.plan.Action;
import java.util.Collection;

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
   */
  Event.Outcome perform(Action.OnHost action);

  @Override
  void close();
}
