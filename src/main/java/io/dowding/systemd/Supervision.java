package io.dowding.systemd;

import io.dowding.control.Condition;
import io.dowding.control.Health;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to systemd: {@code READY} once the agent does its part for the first time, {@code STATUS}
 * when its line changes, and {@code WATCHDOG} while all vital threads take turns. If one hangs,
 * systemd hears nothing and restarts the process. Before the agent is ready, {@code
 * EXTEND_TIMEOUT_USEC} does the same: it may wait for etcd for any time, but may not hang. While it
 * reads its configuration again it is {@code RELOADING}, until the agent with the new one is ready.
 *
 * <p>Thread-safe.
 */
final class Supervision {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  /** How long the start may go on without another message. */
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(60);

  private static final int SIGNS_PER_LIMIT = 3;

  private final Duration watchdog;
  private final Channel channel;
  private Health health;

  /** Why the last configuration is still used; empty if none was refused. */
  private String refused = "";

  private String status = "";
  private boolean reading;

  /** Whether systemd knows that the agent is ready. */
  private boolean ready;

  /** Whether systemd waits for signs of life: from the first time that the agent is ready. */
  private boolean watched;

  private Instant nextSign = Instant.MIN;
  private Set<String> silent = Set.of();

  /** Whether the last message could not be sent. */
  private boolean unheard;

  /** Where messages go. */
  @FunctionalInterface
  interface Channel {
    void send(String message) throws IOException;
  }

  /**
   * @param watchdog how long systemd waits for a sign of life; zero if it does not
   */
  Supervision(Health health, Duration watchdog, Channel channel) {
    this.health = health;
    this.watchdog = watchdog;
    this.channel = channel;
  }

  /** The configuration is being read again: the agent is not ready until {@link #follow}. */
  synchronized void reload() {
    reading = true;
    ready = false;
    sends("RELOADING=1");
  }

  /**
   * Reports this agent from now on.
   *
   * @param why its configuration is not the one that is in the file; empty if it is
   */
  synchronized void follow(Health agent, String why) {
    health = agent;
    refused = why;
    reading = false;
  }

  /**
   * Sends what is new or due. What could not be sent is sent again by the next call; a failure is
   * logged once, until something was sent again.
   */
  synchronized void turn(Instant now) {
    Condition condition = health.condition();
    List<String> lines = new ArrayList<>();
    boolean readyNow = ready || (condition.isReady() && !reading);
    boolean watchedNow = watched || readyNow;
    boolean first = watchedNow && !watched;
    if (readyNow && !ready) {
      lines.add("READY=1");
    }
    Set<String> silentNow = health.pulses().silentVitals().keySet();
    String statusNow =
        silentNow.isEmpty()
            ? StatusLine.of(condition) + (refused.isEmpty() ? "" : "; " + refused)
            : "hangs: " + String.join(", ", silentNow);
    if (!statusNow.equals(status)) {
      lines.add("STATUS=" + statusNow);
    }
    Duration limit = watchedNow ? watchdog : PATIENCE_AT_START;
    boolean due = first || !now.isBefore(nextSign);
    boolean sign = due && silentNow.isEmpty() && limit.isPositive();
    if (sign) {
      lines.add(watchedNow ? "WATCHDOG=1" : "EXTEND_TIMEOUT_USEC=" + limit.toNanos() / 1000);
    }
    report(silentNow);
    if (!lines.isEmpty() && !sends(String.join("\n", lines))) {
      return;
    }
    ready = readyNow;
    watched = watchedNow;
    status = statusNow;
    nextSign = sign ? now.plus(limit.dividedBy(SIGNS_PER_LIMIT)) : nextSign;
  }

  private boolean sends(String message) {
    try {
      channel.send(message);
      unheard = false;
      return true;
    } catch (IOException failed) {
      if (!unheard) {
        log.warn("systemd was not notified reason=\"{}\"", failed.getMessage());
      }
      unheard = true;
      return false;
    }
  }

  private void report(Set<String> silentNow) {
    if (!silentNow.equals(silent)) {
      silent = Set.copyOf(silentNow);
      if (!silent.isEmpty()) {
        log.error(
            "threads hang; systemd restarts the process unless they recover threads={}", silent);
      }
    }
  }
}
