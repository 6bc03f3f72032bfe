package io.dowding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dowding.docker.DockerSettings;
import io.dowding.docker.Survey;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.Kv;
import io.dowding.etcd.PassingKv;
import io.dowding.model.Allocation;
import io.dowding.model.Host;
import io.dowding.placement.Candidate;
import io.dowding.sim.FakeEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("An allocator")
class AllocatorTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ABOUT =
      "{\"Version\":\"27\",\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\",\"ID\":\"e\","
          + "\"SystemTime\":\"2026-01-01T00:00:00Z\"}";

  private final FakeEtcd etcd = new FakeEtcd(InstantSource.system());
  private final EtcdKeys keys = new EtcdKeys(etcd.client(), "/b");

  /** The transactions that wait for permission. */
  private final BlockingQueue<CompletableFuture<Boolean>> halted = new LinkedBlockingQueue<>();

  private final Survey survey = new Survey(DockerSettings.QUICK);
  private HttpServer engine;
  private Host host;
  private volatile String containers = "[]";

  @BeforeEach
  void begin() throws IOException {
    engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    engine.createContext("/", this::answer);
    engine.start();
    String docker = "tcp://127.0.0.1:" + engine.getAddress().getPort();
    host = new Host("host1", docker, Set.of(), Map.of());
    List.of("a", "b", "c", "d").forEach(id -> keys.put("pins/" + id, "host1"));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String text = path.endsWith("/json") ? containers : path.endsWith("/plugins") ? "[]" : ABOUT;
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @AfterEach
  void end() {
    survey.close();
    engine.stop(0);
  }

  private Allocator allocator(Kv kv, @Nullable Function<List<DockerHost>, DockerHost> strategy) {
    return new Allocator(
        new EtcdKeys(kv, "/b"), new Inventory(() -> List.of(host)), survey, strategy);
  }

  /** Its transactions wait for permission; when interrupted then, they fail like those of etcd. */
  private Allocator halting(@Nullable Function<List<DockerHost>, DockerHost> strategy) {
    return allocator(
        new PassingKv(etcd.client()) {
          @Override
          public Committed commit(List<Compare> compares, List<Write> writes) {
            CompletableFuture<Boolean> permission = new CompletableFuture<>();
            halted.add(permission);
            try {
              permission.get();
            } catch (InterruptedException stopped) {
              Thread.currentThread().interrupt();
              throw new EtcdException("interrupted", stopped);
            } catch (ExecutionException impossible) {
              throw new IllegalStateException(impossible);
            }
            return super.commit(compares, writes);
          }
        },
        strategy);
  }

  private void permit() throws InterruptedException {
    Objects.requireNonNull(halted.poll(SOON.toSeconds(), TimeUnit.SECONDS)).complete(true);
  }

  /** A thread that allocates. */
  private record Caller(Thread thread, FutureTask<Placed> result) {
    static Caller of(Allocator allocator, String id) {
      FutureTask<Placed> result = new FutureTask<>(() -> allocator.allocate(id, null));
      return new Caller(Thread.ofPlatform().daemon().start(result), result);
    }

    /** The same, which then waits for another one that allocates. */
    static Caller waiting(Allocator allocator, String id) {
      Caller caller = of(allocator, id);
      await().atMost(SOON).until(() -> caller.thread.getState() == Thread.State.WAITING);
      return caller;
    }

    Placed placed() throws Exception {
      return result.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private Set<String> recorded() {
    return keys.all("allocations/").keySet();
  }

  /** Two threads that are served together, the first by itself. */
  private record Served(Caller b, Caller c) {}

  /** Another thread is done; etcd works for these two, until it is permitted to answer. */
  private Served serveTwo(Allocator allocator) throws Exception {
    Caller a = Caller.of(allocator, "a");
    await().atMost(SOON).until(() -> halted.size() == 1);
    Caller b = Caller.waiting(allocator, "b");
    Caller c = Caller.waiting(allocator, "c");
    permit();
    assertThat(a.placed().hostname()).isEqualTo("host1");

    await().atMost(SOON).until(() -> halted.size() == 1);
    halted.clear();
    return new Served(b, c);
  }

  @Test
  @DisplayName("that is interrupted while etcd works for several threads does not fail the others")
  void interrupted() throws Exception {
    Served served = serveTwo(halting(null));
    served.b().thread().interrupt();
    assertThatThrownBy(served.b()::placed).hasCauseInstanceOf(InterruptedException.class);
    permit();
    assertThat(served.c().placed().hostname()).isEqualTo("host1");
    assertThat(recorded()).containsExactlyInAnyOrder("allocations/a", "allocations/c");
  }

  @Test
  @DisplayName("records nothing later for a thread that was interrupted while it waited")
  void gone() throws Exception {
    Allocator allocator = halting(null);
    Served served = serveTwo(allocator);
    for (Caller caller : List.of(served.c(), served.b())) {
      caller.thread().interrupt();
      assertThatThrownBy(caller::placed).hasCauseInstanceOf(InterruptedException.class);
    }
    Caller d = Caller.of(allocator, "d");
    permit();
    assertThat(d.placed().hostname()).isEqualTo("host1");
    assertThat(recorded()).containsExactlyInAnyOrder("allocations/a", "allocations/d");
  }

  @Test
  @DisplayName("passes an error of a strategy only to the thread whose job it was asked for")
  void strategy() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Allocator allocator =
        halting(
            hosts -> {
              if (calls.incrementAndGet() == 2) {
                throw new AssertionError("no idea");
              }
              return hosts.getFirst();
            });
    Caller a = Caller.of(allocator, "a");
    await().atMost(SOON).until(() -> halted.size() == 1);
    Caller first = Caller.waiting(allocator, "x");
    Caller second = Caller.waiting(allocator, "y");
    permit();
    permit();
    assertThat(a.placed().hostname()).isEqualTo("host1");
    assertThat(first.placed().hostname()).isEqualTo("host1");
    assertThatThrownBy(second::placed).rootCause().hasMessage("no idea");
  }

  @Test
  @DisplayName(
      "does not choose by an old answer for a group, even if another thread gets a new one")
  void oldAnswer() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Allocator> self = new CompletableFuture<>();
    Allocator allocator =
        allocator(
            etcd.client(),
            hosts -> {
              if (calls.incrementAndGet() == 2) {
                containers =
                    "[{\"Id\":\"1\",\"Names\":[\"/auth.a\"],\"State\":\"running\",\"Image\":\"x\"}]";
                look(self.join());
              }
              return hosts.getFirst();
            });
    self.complete(allocator);
    assertThat(allocator.allocate("warm", null).hostname()).isEqualTo("host1");
    assertThatThrownBy(() -> allocator.allocate("auth.b", null))
        .isInstanceOf(SchedulerException.NoHostFits.class)
        .hasMessageContaining("auth.a runs there");
    assertThat(recorded()).containsExactly("allocations/warm");
  }

  private static void look(Allocator allocator) {
    try {
      assertThat(allocator.look().isUp("host1")).isTrue();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  @Test
  @DisplayName("forgets the answer of a host that is no longer in the inventory")
  void removed() throws Exception {
    Host other = new Host("host2", host.docker(), Set.of(), Map.of());
    Answers answers = new Answers(survey);
    long begun = System.nanoTime();
    assertThat(answers.of(List.of(host, other), begun).answers()).containsKeys("host1", "host2");
    assertThat(answers.of(List.of(host), begun).answers()).containsOnlyKeys("host1");
    assertThat(answers.of(List.of(host), begun)).isSameAs(answers.of(List.of(host), begun));
  }

  @Test
  @DisplayName("counts a job again that had waited too long for its container on the same host")
  void again() {
    Allocation old = new Allocation("x", "host1", "", "", 0, 1, Instant.EPOCH, "", 0);
    long at = keys.record(List.of(old), 0);
    View view =
        new View(keys.snapshot())
            .over(List.of(host))
            .asked(Map.of("host1", new Survey.Answer(host, List.of(), "")));
    assertThat(load(view)).isZero();
    view.add(new Allocation("x", "host1", "", "", 0, 2, Instant.now(), "", at));
    assertThat(load(view)).isEqualTo(1);
  }

  private static double load(View view) {
    Candidate candidate = view.fleet().host("host1");
    return Objects.requireNonNull(candidate).load();
  }
}
