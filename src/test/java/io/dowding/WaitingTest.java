package io.dowding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Threads that allocate at the same time")
class WaitingTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final Waiting waiting = new Waiting(3);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<List<String>> served = new CopyOnWriteArrayList<>();
  private final CountDownLatch first = new CountDownLatch(1);
  private final List<Future<Placed>> results = new ArrayList<>();

  @AfterEach
  void clean() {
    threads.shutdownNow();
  }

  /** Serves all; the first ones only once that is allowed. */
  private void serve(List<Wanted> together) throws InterruptedException {
    served.add(together.stream().map(Wanted::id).toList());
    if (served.size() == 1) {
      first.await();
    }
    for (Wanted wanted : together) {
      if (wanted.id().startsWith("bad")) {
        wanted.ended(new IllegalArgumentException(wanted.id()));
      } else {
        wanted.ended(new Placed(wanted.id(), "host1", "", false, true, ""));
      }
    }
  }

  private Placed allocate(String id) throws InterruptedException {
    Wanted wanted = new Wanted(id, null);
    waiting.await(wanted, this::serve);
    return wanted.result();
  }

  /** Starts a thread each, in this order, while the first one is served. */
  private void begin(String... ids) {
    for (String id : ids) {
      int before = waiting.length();
      boolean isFirst = served.isEmpty();
      results.add(threads.submit(() -> allocate(id)));
      await().atMost(SOON).until(() -> isFirst ? !served.isEmpty() : waiting.length() > before);
    }
  }

  private List<String> ended() throws Exception {
    List<String> ids = new ArrayList<>();
    for (Future<Placed> result : results) {
      ids.add(result.get().id());
    }
    return ids;
  }

  @Test
  @DisplayName("are served together, in their order, and not more than allowed at once")
  void together() throws Exception {
    begin("a", "b", "c", "d", "e");
    first.countDown();
    assertThat(ended()).containsExactly("a", "b", "c", "d", "e");
    assertThat(served).containsExactly(List.of("a"), List.of("b", "c", "d"), List.of("e"));
  }

  @Test
  @DisplayName("are not served together for the same id")
  void sameId() throws Exception {
    begin("a", "b", "b", "c");
    first.countDown();
    assertThat(ended()).containsExactly("a", "b", "b", "c");
    assertThat(served).containsExactly(List.of("a"), List.of("b", "c"), List.of("b"));
  }

  @Test
  @DisplayName("each get their own error")
  void errors() {
    begin("a", "bad1", "b", "bad2");
    first.countDown();
    assertThat(results.get(2)).succeedsWithin(SOON).matches(placed -> placed.id().equals("b"));
    for (int n : Arrays.asList(1, 3)) {
      assertThatThrownBy(() -> results.get(n).get()).hasMessageContaining("bad");
    }
  }

  @Test
  @DisplayName("are served by another one if the one that serves them is interrupted")
  void interrupted() throws Exception {
    begin("a");
    CompletableFuture<Thread> serving = new CompletableFuture<>();
    Future<Placed> leads =
        threads.submit(
            () -> {
              serving.complete(Thread.currentThread());
              Wanted wanted = new Wanted("b", null);
              waiting.await(
                  wanted,
                  all -> {
                    served.add(all.stream().map(Wanted::id).toList());
                    new CountDownLatch(1).await();
                  });
              return wanted.result();
            });
    await().atMost(SOON).until(() -> waiting.length() == 1);
    begin("c");
    first.countDown();
    await().atMost(SOON).until(() -> served.size() == 2);
    serving.get().interrupt();
    assertThatThrownBy(leads::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(ended()).containsExactly("a", "c");
    assertThat(served).containsExactly(List.of("a"), List.of("b", "c"), List.of("c"));
  }

  @Test
  @DisplayName("are not served any more if they are interrupted before")
  void gone() throws Exception {
    begin("a", "b", "c");
    results.get(1).cancel(true);
    await().atMost(SOON).until(() -> waiting.length() == 1);
    first.countDown();
    assertThat(results.get(2).get().id()).isEqualTo("c");
    assertThat(served).containsExactly(List.of("a"), List.of("c"));
  }
}
