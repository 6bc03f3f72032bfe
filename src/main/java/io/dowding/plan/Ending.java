package io.dowding.plan;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Containers of a job that are being stopped.
 *
 * @param killAt when to kill each container that was told to stop
 * @param preStopped the container whose pre_stop commands have had their chance, or empty
 */
record Ending(Map<String, Instant> killAt, String preStopped) {

  static final Ending NONE = new Ending(Map.of(), "");

  Ending killAt(String container, Instant when) {
    Map<String, Instant> all = new TreeMap<>(killAt);
    all.put(container, when);
    return new Ending(all, preStopped);
  }

  Ending preStopped(String container) {
    return new Ending(killAt, container);
  }
}
