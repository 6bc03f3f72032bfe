package io.dowding.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What agents publish about the cluster, as they wrote it: the keys below {@code status/} and
 * {@code work/}, and who leads. Thread-safe.
 */
public interface StatusSource {

  /**
   * Reads everything, then follows it, on a thread of its own.
   *
   * @param sink is called by one thread at a time
   * @return stops it; returns at once
   */
  Runnable follow(Sink sink);

  /** Receives keys, below the base key, with their values. Never blocks for long. */
  interface Sink {

    /** All there is at this moment; a key that is not in it does not exist. */
    void listed(SortedMap<String, String> values);

    /** These keys were written, or deleted if the value is empty. */
    void changed(Map<String, Optional<String>> values);

    /**
     * The source answered. Comes every few seconds while it does.
     *
     * @param candidates the values of the agents' keys in JSON, the leader's first
     */
    void alive(List<String> candidates);

    /** The source does not answer; what was reported may be outdated. */
    void lost(String why);
  }
}
