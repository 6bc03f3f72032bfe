package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.control.Event;
import io.dowding.control.Pulses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EtcdHangsTest {

  private static final Duration TTL = Duration.ofSeconds(2);
  private static final long CREATED = 5;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final Pulses pulses = new Pulses(now::get);

  /** An empty etcd, one of whose calls never ends. */
  private record Hanging(boolean lists, CountDownLatch hangs) implements Kv {

    private void hang() {
      hangs.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException stopped) {
        throw new EtcdException("stopped");
      }
    }

    @Override
    public Listing range(String from, String end, long revision) {
      boolean all = from.equals("/b/");
      if (all && lists) {
        hang();
      }
      Entry own = new Entry(from, new byte[0], CREATED, CREATED);
      return new Listing(CREATED, from.startsWith("/b/leader/") ? List.of(own) : List.of());
    }

    @Override
    public Committed commit(List<Compare> compares, List<Write> writes) {
      return new Committed(true, CREATED);
    }

    @Override
    public long grant(Duration ttl) {
      if (!lists) {
        hang();
      }
      return 1;
    }

    @Override
    public boolean renew(long lease, Duration deadline) {
      return true;
    }

    @Override
    public void revoke(long lease) {}

    @Override
    public Watcher watch(String from, String end, long revision, Watching watching) {
      return new Watcher() {
        @Override
        public void requestProgress() {
          watching.changed(revision, List.of());
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }

  private void silent(boolean lists, String thread) throws InterruptedException {
    Hanging kv = new Hanging(lists, new CountDownLatch(1));
    EtcdStore.Agent self = new EtcdStore.Agent("me", TTL, true);
    try (EtcdStore store = new EtcdStore(paged -> kv, "/b", self, now::get, pulses)) {
      store.follow(event -> {});
      kv.hangs().await();
      assertThat(pulses.silentVitals()).isEmpty();
      now.set(now.get().plus(Duration.ofMinutes(3)));
      // The others take their next turn in their own time.
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(pulses.silentVitals()).containsOnlyKeys(thread));
    }
  }

  @Test
  @DisplayName("a watch that hangs has no pulse, although the candidacy goes on")
  void watch() throws InterruptedException {
    silent(true, "watch");
  }

  @Test
  @DisplayName("an agent whose loop hangs gives up the lead, and stands again when it turns")
  void loop() {
    Hanging kv = new Hanging(true, new CountDownLatch(1));
    EtcdStore.Agent self = new EtcdStore.Agent("me", TTL, true);
    BlockingQueue<Event> heard = new LinkedBlockingQueue<>();
    Pulses.Pulse loop = pulses.vital("loop", Duration.ofMinutes(2));
    try (EtcdStore store = new EtcdStore(paged -> kv, "/b", self, now::get, pulses)) {
      store.follow(heard::add);
      await().until(() -> heard.poll() instanceof Event.Standing);
      now.set(now.get().plus(Duration.ofMinutes(3)));
      await()
          .until(
              () ->
                  heard.poll() instanceof Event.NotStanding(String why)
                      && why.equals("a thread hangs: loop, watch"));
      heard.clear();
      pulses.silentVitals().keySet().forEach(name -> pulses.vital(name, Duration.ofMinutes(9)));
      await().until(() -> heard.poll() instanceof Event.Standing);
    } finally {
      loop.close();
    }
  }

  /** An etcd that takes 20 s for each page of its keys, of which the last never comes. */
  private final class Slow extends PassingKv {
    private final Runnable paged;

    private Slow(Kv rest, Runnable paged) {
      super(rest);
      this.paged = paged;
    }

    @Override
    public Listing range(String from, String end, long revision) {
      if (from.equals("/b/")) {
        for (int page = 0; page < 10; page++) {
          now.set(now.get().plusSeconds(20));
          paged.run();
        }
      }
      return super.range(from, end, revision);
    }
  }

  @Test
  @DisplayName("a slow list has a pulse as long as its pages arrive")
  void slow() throws InterruptedException {
    Hanging kv = new Hanging(true, new CountDownLatch(1));
    EtcdStore.Agent self = new EtcdStore.Agent("me", TTL, false);
    try (EtcdStore store =
        new EtcdStore(paged -> new Slow(kv, paged), "/b", self, now::get, pulses)) {
      store.follow(event -> {});
      kv.hangs().await();
      assertThat(pulses.silentVitals()).isEmpty();
      now.set(now.get().plusSeconds(31));
      assertThat(pulses.silentVitals()).containsOnlyKeys("watch");
    }
  }

  @Test
  @DisplayName("a candidacy that hangs has no pulse, although the watch goes on")
  void candidacy() throws InterruptedException {
    silent(false, "candidacy");
  }
}
