package io.dowding.systemd;

import io.dowding.control.Health;
import io.dowding.control.SteadyClock;
import io.dowding.control.Tireless;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service manager that started this process, if it wants reports. Thread-safe. */
public final class Systemd {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration TURN = Duration.ofSeconds(1);

  private final Supervision supervision;
  private final Supervision.Channel channel;
  private @Nullable Thread thread;

  private Systemd(Health agent, Duration watchdog, Supervision.Channel channel) {
    this.supervision = new Supervision(agent, watchdog, channel);
    this.channel = channel;
  }

  /**
   * Reports until the process ends, on a thread of its own, if systemd asks for it.
   *
   * @param environment of this process
   * @throws IllegalArgumentException if a variable of systemd cannot be used
   */
  public static Systemd report(Map<String, String> environment, Health agent) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (path.isEmpty()) {
      return new Systemd(agent, Duration.ZERO, _ -> {});
    }
    Systemd systemd = new Systemd(agent, watchdog(environment), socket(path)::send);
    systemd.start();
    return systemd;
  }

  private void start() {
    SteadyClock clock = new SteadyClock();
    thread =
        Tireless.start(
            Thread.ofPlatform().daemon().name("systemd"),
            TURN,
            () -> {
              supervision.turn(clock.instant());
              Thread.sleep(TURN);
            },
            Systemd::failed);
  }

  /** The configuration is being read again; {@link #follow} ends that. */
  public void reload() {
    supervision.reload();
  }

  /**
   * Reports this agent from now on.
   *
   * @param refused why its configuration is not the one in the file; empty if it is
   */
  public void follow(Health agent, String refused) {
    supervision.follow(agent, refused);
  }

  /** The process begins to stop. */
  public void stop() {
    if (thread != null) {
      thread.interrupt();
    }
    try {
      channel.send("STOPPING=1\nSTATUS=stopping; containers keep running");
    } catch (IOException unheard) {
      failed(unheard);
    }
  }

  private static UnixDatagrams socket(String path) {
    try {
      return new UnixDatagrams(path);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("NOTIFY_SOCKET: " + wrong.getMessage(), wrong);
    }
  }

  private static void failed(Throwable why) {
    log.warn("systemd was not notified reason=\"{}\"", why.getMessage());
  }

  private static Duration watchdog(Map<String, String> environment) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "0");
    try {
      return Duration.of(Long.parseLong(micros), ChronoUnit.MICROS);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException("WATCHDOG_USEC: " + micros + " is not a number", wrong);
    }
  }
}
