package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.keys.StoreChange;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Health health = new Health(() -> START);
  private final Queue<Condition> unready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger bugs = new AtomicInteger();
  private final Queue<Action.Remember> remembered = new ConcurrentLinkedQueue<>();

  /** The hosts cannot be followed the first times. */
  private record Broken(AtomicInteger times) implements Engines {
    @Override
    public void follow(Collection<Host> hosts, Store.Sink sink) {
      if (times.getAndDecrement() > 0) {
        throw new IllegalStateException("a planted bug: the hosts are not followed");
      }
      hosts.forEach(
          host ->
              sink.accept(
                  new Event.HostListed(
                      host.hostname(), FakeInfo.of("e1"), START, List.of(), Set.of())));
    }

    @Override
    public Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public void close() {}
  }

  /** Counts bugs, and throws wherever it can. */
  private final class Throwing implements Monitor {
    private static IllegalStateException planted() {
      return new IllegalStateException("a planted bug: the monitor throws");
    }

    @Override
    public void happened(Event event, Instant now) {
      throw planted();
    }

    @Override
    public void decided(Action action, Instant now) {
      throw planted();
    }

    @Override
    public void ended(Action action, @Nullable Event outcome, Duration took) {
      throw planted();
    }

    @Override
    public void bug() {
      bugs.incrementAndGet();
      throw planted();
    }

    @Override
    public void stepped(Duration took) {
      Condition condition = health.condition();
      if (condition.leads() && !condition.isReady()) {
        unready.add(condition);
      }
      throw planted();
    }
  }

  private Loop loop(Store store, Engines engines, boolean observes, Consumer<Preview> previews) {
    Controller.Origin origin = new Controller.Origin("/b", "fresh", null, 0);
    Loop loop =
        new Loop(
            new Controller(Settings.DEFAULT, origin, false, observes),
            store,
            engines,
            () -> START,
            remembered::add,
            observes,
            new Loop.Watchers(previews, health, new Throwing()));
    Host host = new Host("a", "tcp://a:2375", Set.of(), Map.of());
    loop.accept(new Event.InventoryRead(new TreeMap<>(Map.of("a", host))));
    return loop;
  }

  /** Runs until the status of its host is published. */
  private void run(Engines engines) {
    LeadingStore store = new LeadingStore();
    try (Loop loop = loop(store, engines, false, preview -> {})) {
      loop.start();
      await().until(() -> store.written().contains("status/hosts/a"));
      await().until(() -> health.condition().isReady());
    }
  }

  @Test
  @DisplayName("a monitor that throws keeps the loop from nothing")
  void throwingMonitor() {
    run(new Broken(new AtomicInteger()));
    assertThat(bugs).hasValue(0);
  }

  @Test
  @DisplayName("the newest age of the cluster is remembered at the end")
  void remembers() {
    LeadingStore store = new LeadingStore();
    try (Loop loop = loop(store, new Broken(new AtomicInteger()), false, preview -> {})) {
      loop.start();
      await().until(() -> store.written().contains("status/hosts/a"));
      loop.accept(new Event.StoreChanged(20, List.of(new StoreChange.OfSequence(20))));
      await().until(() -> loop.queued() == 0);
    }
    assertThat(remembered)
        .containsExactly(new Action.Remember("uuid", 12), new Action.Remember("uuid", 20));
  }

  @Test
  @DisplayName("hosts that could not be followed are followed later; until then it is not ready")
  void cannotFollow() {
    run(new Broken(new AtomicInteger(2)));
    assertThat(bugs).hasValue(2);
    assertThat(unready)
        .extracting(Condition::whyNotReady)
        .contains("an internal error: see the log");
  }

  @Test
  @DisplayName("after a step that failed the agent is not ready until a step completes")
  void failedStep() {
    Queue<String> before = new ConcurrentLinkedQueue<>();
    Consumer<Preview> previews =
        preview -> {
          before.add(health.condition().whyNotReady());
          if (before.size() == 1) {
            throw new IllegalStateException("a planted bug: the step fails");
          }
        };
    try (Loop loop = loop(new LeadingStore(), new Broken(new AtomicInteger()), true, previews)) {
      loop.start();
      await().until(() -> before.size() > 1 && health.condition().isReady());
    }
    assertThat(before).element(1).isEqualTo("an internal error: see the log");
    assertThat(bugs).hasValue(1);
    assertThat(health.condition().part()).isEqualTo(Condition.Part.OBSERVES);
  }
}
