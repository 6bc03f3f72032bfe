package io.dowding.systemd;

import io.dowding.control.Health;
import io.dowding.control.SteadyClock;
import io.dowding.control.Tireless;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service manager that started this process, if it wants reports. */
public final class Systemd {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration TURN = Duration.ofSeconds(1);

  private Systemd() {}

  /**
   * Reports until the process ends, on a thread of its own, if systemd asks for it.
   *
   * @param environment of this process
   * @return to be run when the process begins to stop
   * @throws IllegalArgumentException if a variable of systemd cannot be used
   */
  public static Runnable report(Map<String, String> environment, Health health) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (path.isEmpty()) {
      return () -> {};
    }
    UnixDatagrams socket = socket(path);
    SteadyClock clock = new SteadyClock();
    Supervision supervision = new Supervision(health, watchdog(environment), socket::send);
    Thread thread =
        Tireless.start(
            Thread.ofPlatform().daemon().name("systemd"),
            TURN,
            () -> {
              supervision.turn(clock.instant());
              Thread.sleep(TURN);
            },
            Systemd::failed);
    return () -> {
      thread.interrupt();
      try {
        socket.send("STOPPING=1\nSTATUS=stopping; containers keep running");
      } catch (IOException unheard) {
        failed(unheard);
      }
    };
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
