package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopHangsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final Health health = new Health(now::get);

  /** Hosts that keep the loop waiting. */
  private record Hanging(CountDownLatch hangs, CountDownLatch goesOn) implements Engines {
    @Override
    public void follow(Collection<Host> hosts, Store.Sink sink) {
      try {
        hangs.countDown();
        goesOn.await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public void close() {}
  }

  @Test
  @DisplayName("a loop that hangs has no pulse, and has one again when it goes on")
  void hangs() throws InterruptedException {
    Hanging engines = new Hanging(new CountDownLatch(1), new CountDownLatch(1));
    Controller.Origin origin = new Controller.Origin("/b", "fresh", null, 0);
    try (Loop loop =
        new Loop(
            new Controller(Settings.DEFAULT, origin, false, false),
            new LeadingStore(),
            engines,
            now::get,
            seen -> {},
            false,
            new Loop.Watchers(preview -> {}, health, new Monitor() {}))) {
      Host host = new Host("a", "tcp://a:2375", Set.of(), Map.of());
      loop.accept(new Event.InventoryRead(new TreeMap<>(Map.of("a", host))));
      loop.start();
      engines.hangs().await();
      assertThat(health.pulses().silentVitals()).isEmpty();
      now.set(START.plusSeconds(31));
      assertThat(health.pulses().silentVitals()).containsOnlyKeys("loop");
      engines.goesOn().countDown();
      await().untilAsserted(() -> assertThat(health.pulses().silentVitals()).isEmpty());
    }
  }
}
