package io.dowding.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.dowding.control.Census;
import io.dowding.control.Condition;
import io.dowding.control.Condition.Part;
import io.dowding.control.Health;
import io.dowding.control.Pulses.Pulse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SupervisionTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<String> sent = new ArrayList<>();
  private final Health health = new Health(() -> now);
  private final Supervision supervision = new Supervision(health, LIMIT, sent::add);

  private List<String> after(Duration time) {
    sent.clear();
    now = now.plus(time);
    supervision.turn(now);
    return sent.stream().flatMap(String::lines).toList();
  }

  private void ready() {
    health.set(new Condition(Part.FOLLOWS, "", null));
    after(Duration.ZERO);
  }

  @Test
  @DisplayName("an agent that waits for etcd is not ready, and gets more time as long as it lives")
  void waits() {
    health.setWaitingFor("etcd");
    assertThat(after(Duration.ZERO))
        .containsExactly("STATUS=waiting for etcd", "EXTEND_TIMEOUT_USEC=60000000");
    assertThat(after(Duration.ofSeconds(19))).isEmpty();
    assertThat(after(Duration.ofSeconds(1))).containsExactly("EXTEND_TIMEOUT_USEC=60000000");
  }

  @Test
  @DisplayName("it is ready once, even if it later waits for etcd again")
  void readyOnce() {
    ready();
    assertThat(sent).singleElement().asString().startsWith("READY=1\n");
    health.setWaitingFor("etcd");
    assertThat(after(Duration.ofSeconds(1))).containsExactly("STATUS=waiting for etcd");
    health.set(new Condition(Part.FOLLOWS, "", null));
    assertThat(after(Duration.ofSeconds(1)))
        .containsExactly("STATUS=following: ready to take over");
  }

  @Test
  @DisplayName(
      "while it reads its configuration again it is reloading, until the next agent is ready")
  void reloads() {
    ready();
    supervision.reload();
    assertThat(sent).last().isEqualTo("RELOADING=1");
    assertThat(after(Duration.ofSeconds(10))).containsExactly("WATCHDOG=1");
    Health next = new Health(() -> now);
    supervision.follow(next, "");
    assertThat(after(Duration.ofSeconds(10))).containsExactly("STATUS=starting", "WATCHDOG=1");
    next.set(new Condition(Part.FOLLOWS, "", null));
    assertThat(after(Duration.ofSeconds(1)))
        .containsExactly("READY=1", "STATUS=following: ready to take over");
  }

  @Test
  @DisplayName("a configuration that cannot be used is in the status until one can")
  void refuses() {
    ready();
    supervision.reload();
    supervision.follow(health, "the file is broken");
    assertThat(after(Duration.ofSeconds(1)))
        .containsExactly("READY=1", "STATUS=following: ready to take over; the file is broken");
    supervision.reload();
    supervision.follow(health, "");
    assertThat(after(Duration.ofSeconds(1)))
        .containsExactly("READY=1", "STATUS=following: ready to take over");
  }

  @Test
  @DisplayName("signs of life come three times within the limit")
  void signs() {
    ready();
    assertThat(after(Duration.ofSeconds(9))).isEmpty();
    assertThat(after(Duration.ofSeconds(1))).containsExactly("WATCHDOG=1");
  }

  @Test
  @DisplayName("if any vital thread hangs there is no sign of life, and the status names it")
  void hangs() {
    Pulse loop = health.pulses().vital("loop", Duration.ofSeconds(20));
    Pulse watch = health.pulses().vital("watch", Duration.ofSeconds(20));
    Pulse candidacy = health.pulses().vital("candidacy", Duration.ofSeconds(20));
    ready();
    for (Pulse hanging : List.of(loop, watch, candidacy)) {
      now = now.plusSeconds(21);
      List.of(loop, watch, candidacy).stream()
          .filter(pulse -> pulse != hanging)
          .forEach(Pulse::beat);
      assertThat(after(Duration.ZERO))
          .singleElement()
          .asString()
          .startsWith("STATUS=hangs: ")
          .isIn("STATUS=hangs: loop", "STATUS=hangs: watch", "STATUS=hangs: candidacy");
      hanging.beat();
      assertThat(after(Duration.ZERO)).contains("WATCHDOG=1");
    }
  }

  @Test
  @DisplayName("a host's thread that hangs does not restart the agent")
  void host() {
    health.pulses().minor("host-host1", Duration.ofSeconds(20));
    ready();
    assertThat(after(Duration.ofMinutes(5))).containsExactly("WATCHDOG=1");
  }

  @Test
  @DisplayName("what could not be sent is sent again")
  void again() {
    List<String> received = new ArrayList<>();
    boolean[] deaf = {true};
    Supervision failing =
        new Supervision(
            health,
            LIMIT,
            message -> {
              if (deaf[0]) {
                throw new IOException("full");
              }
              received.add(message);
            });
    health.set(new Condition(Part.FOLLOWS, "", null));
    failing.turn(now);
    deaf[0] = false;
    failing.turn(now);
    assertThat(received)
        .containsExactly("READY=1\nSTATUS=following: ready to take over\nWATCHDOG=1");
  }

  @Test
  @DisplayName("that systemd hears nothing is logged once, and again after it heard something")
  void loggedOnce() {
    List<String> logged = new CopyOnWriteArrayList<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().contains("as deaf as a post")) {
              logged.add(event.getFormattedMessage());
            }
          }
        };
    appender.start();
    Logger logger = (Logger) LoggerFactory.getLogger("dowding");
    logger.addAppender(appender);
    boolean[] deaf = {true};
    Supervision failing =
        new Supervision(
            health,
            LIMIT,
            message -> {
              if (deaf[0]) {
                throw new IOException("as deaf as a post");
              }
            });
    try {
      failing.turn(now);
      failing.turn(now);
      assertThat(logged).hasSize(1);
      deaf[0] = false;
      failing.turn(now);
      deaf[0] = true;
      health.setWaitingFor("etcd");
      failing.turn(now);
      assertThat(logged).hasSize(2);
    } finally {
      logger.detachAppender(appender);
    }
  }

  @Test
  @DisplayName("the status of an observer does not promise that it takes over")
  void observing() {
    assertThat(StatusLine.of(new Condition(Part.OBSERVES, "", null)))
        .isEqualTo("observing: changes nothing");
    assertThat(StatusLine.of(new Condition(Part.OBSERVES, "waiting for etcd", null)))
        .isEqualTo("waiting for etcd");
  }

  @Test
  @DisplayName("the status of a leader says what runs, and what does not")
  void leading() {
    Census census =
        new Census(
            new TreeMap<>(Map.of("running", 2, "pending", 1)),
            new TreeMap<>(Map.of("running", 8, "pending", 1)),
            11,
            8,
            2,
            new TreeMap<>(Map.of("up", 2, "down", 1)),
            new TreeMap<>(),
            1,
            1,
            2);
    assertThat(StatusLine.of(new Condition(Part.LEADS, "", census)))
        .isEqualTo(
            "leading: 3 services, 8 of 9 jobs running, 1 job pending, 1 host down, 1 host with a"
                + " problem, 1 hold to release, 2 unusable keys");
    assertThat(StatusLine.of(new Condition(Part.LEADS, "waiting for etcd", null)))
        .isEqualTo("leading: waiting for etcd");
  }
}
