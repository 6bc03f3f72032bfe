package io.dowding.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows which of the threads that never end still take turns. One that hangs, or that is dead, has
 * no pulse. Thread-safe.
 */
public final class Pulses {

  private final Map<String, Pulse> all = new ConcurrentHashMap<>();
  private final InstantSource clock;

  /**
   * @param clock a monotonic one
   */
  public Pulses(InstantSource clock) {
    this.clock = clock;
  }

  /** The pulse of one thread. */
  public final class Pulse implements AutoCloseable {
    private final String name;
    private final Duration limit;
    private final boolean vital;
    private volatile Instant last = clock.instant();

    private Pulse(String name, Duration limit, boolean vital) {
      this.name = name;
      this.limit = limit;
      this.vital = vital;
    }

    /** The same turn, with a beat before it. */
    public Tireless.Turn around(Tireless.Turn turn) {
      return () -> {
        beat();
        turn.take();
      };
    }

    public void beat() {
      last = clock.instant();
    }

    private Duration silence(Instant now) {
      return Duration.between(last, now);
    }

    /** The thread was stopped. */
    @Override
    public void close() {
      all.remove(name, this);
    }
  }

  /**
   * Adds the pulse of a thread that the whole process depends on.
   *
   * @param limit longer than any turn with the pause after it
   */
  public Pulse vital(String name, Duration limit) {
    return add(new Pulse(name, limit, true));
  }

  /** Adds the pulse of a thread on which little else depends, such as that of one host. */
  public Pulse minor(String name, Duration limit) {
    return add(new Pulse(name, limit, false));
  }

  private Pulse add(Pulse pulse) {
    all.put(pulse.name, pulse);
    return pulse;
  }

  /** The threads without a pulse, and for how long. */
  public SortedMap<String, Duration> silent() {
    return silent(false);
  }

  /** The same for those that the whole process depends on. */
  public SortedMap<String, Duration> silentVitals() {
    return silent(true);
  }

  private SortedMap<String, Duration> silent(boolean onlyVital) {
    Instant now = clock.instant();
    SortedMap<String, Duration> silent = new TreeMap<>();
    for (Pulse pulse : all.values()) {
      Duration silence = pulse.silence(now);
      if ((pulse.vital || !onlyVital) && silence.compareTo(pulse.limit) > 0) {
        silent.put(pulse.name, silence);
      }
    }
    return silent;
  }
}
