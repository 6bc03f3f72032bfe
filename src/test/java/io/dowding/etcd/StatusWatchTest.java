package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.control.StatusSource;
import io.dowding.control.SteadyClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("What agents publish, followed in etcd")
class StatusWatchTest {

  private final Map<String, Kv.Watching> watches = new TreeMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final List<String> reports = new CopyOnWriteArrayList<>();
  private final SteadyClock steady = new SteadyClock();
  private volatile Duration skipped = Duration.ZERO;
  private volatile boolean silent;
  private final Runnable stop =
      new StatusWatch(Fake::new, "/b", () -> steady.instant().plus(skipped)).follow(new Recorder());

  private final class Recorder implements StatusSource.Sink {
    @Override
    public void listed(SortedMap<String, String> values) {
      reports.add("listed " + values);
    }

    @Override
    public void changed(Map<String, Optional<String>> values) {
      reports.add("changed " + new TreeMap<>(values));
    }

    @Override
    public void alive(List<String> candidates) {
      reports.add("alive " + candidates);
    }

    @Override
    public void lost(String why) {
      reports.add("lost " + why);
    }
  }

  /** An etcd at revision 5 that has one key of each kind. */
  private final class Fake implements Kv {
    Fake() {
      open.incrementAndGet();
    }

    @Override
    public Listing range(String from, String end, long revision) {
      List<Entry> found = new ArrayList<>();
      for (String key :
          List.of("/b/leader/1", "/b/status/hosts/a", "/b/versions/web", "/b/work/one")) {
        if (key.compareTo(from) >= 0 && key.compareTo(end) < 0) {
          found.add(new Entry(key, "{\"name\":\"x\"}".getBytes(StandardCharsets.UTF_8), 3, 3));
        }
      }
      return new Listing(5, found);
    }

    @Override
    public Watcher watch(String from, String end, long revision, Watching watching) {
      synchronized (watches) {
        watches.put(from + " from " + revision, watching);
      }
      return new Watcher() {
        @Override
        public void requestProgress() {
          if (!silent) {
            watching.changed(9, List.of());
          }
        }

        @Override
        public void close() {
          synchronized (watches) {
            watches.values().remove(watching);
          }
        }
      };
    }

    @Override
    public Committed commit(List<Compare> compares, List<Write> writes) {
      throw new EtcdException("a viewer writes nothing");
    }

    @Override
    public long grant(Duration ttl) {
      throw new EtcdException("a viewer is no candidate");
    }

    @Override
    public boolean renew(long lease, Duration deadline) {
      return false;
    }

    @Override
    public void revoke(long lease) {}

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  @AfterEach
  void stop() {
    stop.run();
    await().until(() -> open.get() == 0 && watches().isEmpty());
  }

  private List<String> watches() {
    synchronized (watches) {
      return List.copyOf(watches.keySet());
    }
  }

  private Kv.Watching watch(String from) {
    await().until(() -> watches().contains(from));
    synchronized (watches) {
      return Objects.requireNonNull(watches.get(from));
    }
  }

  @Test
  @DisplayName("the status and the work are listed and watched; no definition and no secret is")
  void lists() {
    await().until(() -> reports.size() >= 2);
    assertThat(reports.subList(0, 2))
        .containsExactly(
            "listed {status/hosts/a={\"name\":\"x\"}, work/one={\"name\":\"x\"}}",
            "alive [{\"name\":\"x\"}]");
    assertThat(watches()).containsExactly("/b/status/ from 6", "/b/work/ from 6");
  }

  @Test
  @DisplayName("changes are passed on, those from before the list are not")
  void changes() {
    Kv.Watching status = watch("/b/status/ from 6");
    status.changed(5, List.of(new Kv.Change("/b/status/hosts/a", null, 5)));
    status.changed(7, List.of(new Kv.Change("/b/status/hosts/b", null, 7)));
    await().until(() -> reports.contains("changed {status/hosts/b=Optional.empty}"));
    assertThat(reports).noneMatch(report -> report.contains("hosts/a=Optional"));
  }

  @Test
  @DisplayName("when a watch ends that is reported, and everything is listed again by a new client")
  void startsOver() {
    watch("/b/work/ from 6").ended("the stream ended");
    await().until(() -> reports.stream().filter(one -> one.startsWith("listed")).count() == 2);
    assertThat(reports).contains("lost the watch ended: the stream ended");
    assertThat(open.get()).isEqualTo(1);
  }

  @Test
  @DisplayName("a watch that falls silent is not trusted, although other calls are answered")
  void silent() {
    watch("/b/work/ from 6");
    silent = true;
    skipped = Duration.ofSeconds(20);
    await().until(() -> reports.contains("lost the watch fell silent"));
    silent = false;
    await().until(() -> reports.stream().filter(one -> one.startsWith("listed")).count() == 2);
  }
}
