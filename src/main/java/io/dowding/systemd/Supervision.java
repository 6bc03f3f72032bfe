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
 * EXTEND_TIMEOUT_USEC} does the same: it may wait for etcd for any time, but may not hang.
 *
 * <p>Not thread-safe.
 */
final class Supervision {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  /** How long the start may go on without another message. */
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(60);

  private static final int SIGNS_PER_LIMIT = 3;

  private final Health health;
  private final Duration watchdog;
  private final Channel channel;
  private String status = "";
  private boolean ready;
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

  /**
   * Sends what is new or due. What could not be sent is sent again by the next call; a failure is
   * logged once, until something was sent again.
   */
  void turn(Instant now) {
    Condition condition = health.condition();
    List<String> lines = new ArrayList<>();
    boolean readyNow = ready || condition.isReady();
    boolean first = readyNow && !ready;
    if (first) {
      lines.add("READY=1");
    }
    Set<String> silentNow = health.pulses().silentVitals().keySet();
    String statusNow =
        silentNow.isEmpty() ? StatusLine.of(condition) : "hangs: " + String.join(", ", silentNow);
    if (!statusNow.equals(status)) {
      lines.add("STATUS=" + statusNow);
    }
    Duration limit = readyNow ? watchdog : PATIENCE_AT_START;
    boolean due = first || !now.isBefore(nextSign);
    boolean sign = due && silentNow.isEmpty() && limit.isPositive();
    if (sign) {
      lines.add(readyNow ? "WATCHDOG=1" : "EXTEND_TIMEOUT_USEC=" + limit.toNanos() / 1000);
    }
    report(silentNow);
    if (!lines.isEmpty() && !sends(String.join("\n", lines))) {
      return;
    }
    ready = readyNow;
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
