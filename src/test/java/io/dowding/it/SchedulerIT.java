package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dowding.Change;
import io.dowding.Definition;
import io.dowding.DockerHost;
import io.dowding.Placed;
import io.dowding.Scheduler;
import io.dowding.SchedulerBuilder;
import io.dowding.SchedulerException;
import io.dowding.ServiceInfo;
import io.dowding.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The scheduler as a library, with and without a running agent")
@ParameterizedClass(name = "with an agent: {0}")
@ValueSource(booleans = {false, true})
class SchedulerIT {

  private final Testbed bed = Testbed.shared();
  private final TestCluster cluster = new TestCluster(3);
  private final List<String> strangers = new ArrayList<>();
  private final Scheduler scheduler = builder().build();
  private final boolean withAgent;

  SchedulerIT(boolean withAgent) {
    this.withAgent = withAgent;
    if (withAgent) {
      cluster.startAgent();
    }
  }

  @AfterEach
  void clean() {
    scheduler.close();
    bed.hosts().forEach(host -> strangers.forEach(host::remove));
    cluster.close();
  }

  /** Starts an agent, for tests that need one. */
  private void startAgent() {
    if (!withAgent) {
      cluster.startAgent();
    }
  }

  private List<DockerHost> servers() {
    return cluster.hosts().stream()
        .map(
            host ->
                DockerHost.of(host.name(), host.endpoint())
                    .tags("apple")
                    .meta("rack", host.name().equals("host3") ? "r2" : "r1"))
        .toList();
  }

  private SchedulerBuilder builder() {
    return Scheduler.builder()
        .etcd(bed.etcdEndpoint())
        .baseKey(cluster.base())
        .inventory(this::servers);
  }

  private void stranger(TestHost host, String name) {
    strangers.add(host.runStranger(name, Map.of()));
  }

  /** Adds load to all hosts except one. */
  private void busyBut(String free) {
    for (TestHost host : cluster.hosts()) {
      if (!host.name().equals(free)) {
        stranger(host, "busy-" + host.name() + "-" + cluster.base().substring(3));
      }
    }
  }

  @Test
  @DisplayName("leastBusy asks the hosts; hosts that do not answer are left out")
  void leastBusy() {
    busyBut("host2");
    assertThat(scheduler.leastBusy().hostname()).isEqualTo("host2");
    assertThat(scheduler.leastBusy().docker()).isEqualTo(cluster.hosts().get(1).endpoint());

    cluster.hosts().get(1).cut();
    try {
      assertThat(scheduler.leastBusy().hostname()).isEqualTo("host1");
      assertThat(scheduler.allocate().hostname()).isEqualTo("host1");
    } finally {
      cluster.hosts().get(1).heal();
    }
    assertThat(cluster.all("allocations/")).isEmpty();
  }

  @Test
  @DisplayName("if no host answers, the error names each host's reason")
  void noHostAnswers() {
    try (Scheduler lost =
        builder().inventory(() -> List.of(DockerHost.of("gone1", "127.0.0.1:1"))).build()) {
      assertThatThrownBy(lost::leastBusy)
          .isInstanceOfSatisfying(
              SchedulerException.NoHostFits.class,
              none -> assertThat(none.reasons().get("gone1")).contains("does not answer"));
    }
  }

  @Test
  @DisplayName("the inventory is read again at most once a second, or kept in etcd")
  void inventory() {
    AtomicInteger asked = new AtomicInteger();
    try (Scheduler counting =
            builder()
                .inventory(
                    () -> {
                      asked.incrementAndGet();
                      return servers();
                    })
                .build();
        Scheduler inEtcd =
            Scheduler.builder().etcd(List.of(bed.etcdEndpoint())).baseKey(cluster.base()).build()) {
      counting.pin("a", "host1");
      counting.pin("b", "host1");
      assertThat(asked).hasValue(1);
      await()
          .atMost(SOON)
          .until(
              () -> {
                counting.pin("a", "host1");
                return asked.get() == 2;
              });
      assertThatThrownBy(inEtcd::leastBusy)
          .isInstanceOf(SchedulerException.NoHostFits.class)
          .hasMessageContaining("the inventory is empty");
      cluster.put("inventory/host2", "{\"docker\":\"" + cluster.hosts().get(1).endpoint() + "\"}");
      assertThat(inEtcd.leastBusy().hostname()).isEqualTo("host2");
    }
  }

  @Test
  @DisplayName("a custom strategy receives each host with its metadata and jobs")
  void ownStrategy() {
    scheduler.allocate("seen.1");
    try (Scheduler own =
        builder()
            .leastBusy(
                hosts ->
                    hosts.stream()
                        .max(
                            Comparator.comparing(
                                    (DockerHost host) -> host.meta().getOrDefault("rack", ""))
                                .thenComparingInt(host -> host.jobs().size()))
                        .orElseThrow())
            .build()) {
      assertThat(own.leastBusy().hostname()).isEqualTo("host3");
      assertThat(own.allocate("mine").hostname()).isEqualTo("host3");
    }
  }

  @Test
  @DisplayName("allocate chooses and records a host with each call; release deletes the record")
  void allocate() {
    Placed first = scheduler.allocate("job");
    assertThat(cluster.json("allocations/job").path("host").asText()).isEqualTo(first.hostname());
    assertThat(first.up()).isTrue();
    TestHost host = bed.host(first.hostname());
    stranger(host, "more-" + cluster.base().substring(3));

    Placed second = scheduler.allocate("another");
    assertThat(second.hostname()).isNotEqualTo(first.hostname());
    await()
        .atMost(SOON)
        .until(() -> !scheduler.allocate("job").hostname().equals(first.hostname()));

    assertThat(scheduler.release("job")).isTrue();
    assertThat(scheduler.release("job")).isFalse();
    assertThat(cluster.all("allocations/")).containsOnlyKeys("allocations/another");
  }

  @Test
  @DisplayName("a pinned job is allocated to its pin, even if that host is down")
  void pinned() {
    scheduler.pin("db", "host3");
    assertThat(scheduler.isPinned("db")).contains("host3");
    assertThat(scheduler.isPinned("db.1")).contains("host3");
    assertThat(scheduler.allocate("db"))
        .matches(p -> p.pinned() && p.up() && p.hostname().equals("host3"));

    cluster.hosts().get(2).cut();
    try (Scheduler another = builder().build()) {
      Placed placed = another.allocate("db");
      assertThat(placed.hostname()).isEqualTo("host3");
      assertThat(placed.up()).isFalse();
    } finally {
      cluster.hosts().get(2).heal();
    }
    assertThat(scheduler.unpin("db")).isTrue();
    assertThat(scheduler.unpin("db")).isFalse();
    assertThat(scheduler.isPinned("db")).isEmpty();
  }

  @Test
  @DisplayName("an unknown host is refused unless forced")
  void unknownHost() {
    assertThatThrownBy(() -> scheduler.pin("db", "host99"))
        .isInstanceOf(SchedulerException.UnknownHost.class)
        .hasMessageContaining("host99")
        .hasMessageContaining("host1");
    scheduler.pin("db", "host99", true);
    assertThat(scheduler.allocate("db")).matches(p -> p.hostname().equals("host99") && !p.up());
  }

  @Test
  @DisplayName("pinTo follows its target, waits until the target is placed, and refuses a loop")
  void pinTo() {
    scheduler.pinTo("app", "db");
    assertThat(scheduler.isPinned("app")).isEmpty();
    assertThatThrownBy(() -> scheduler.allocate("app"))
        .isInstanceOf(SchedulerException.NoHostFits.class)
        .hasMessageContaining("db, which is not placed yet");

    String db = scheduler.allocate("db").hostname();
    assertThat(scheduler.isPinned("app")).contains(db);
    assertThat(scheduler.allocate("app").hostname()).isEqualTo(db);
    scheduler.pinTo("web", "app");
    assertThat(scheduler.isPinned("web")).contains(db);

    assertThatThrownBy(() -> scheduler.pinTo("db", "web"))
        .isInstanceOf(SchedulerException.PinLoop.class)
        .hasMessageContaining("db → web → app → db");
    cluster.put("pins/db", "job:web");
    assertThatThrownBy(() -> scheduler.isPinned("app"))
        .isInstanceOf(SchedulerException.PinLoop.class)
        .hasMessageContaining("→");
    assertThatThrownBy(() -> scheduler.allocate("app"))
        .isInstanceOf(SchedulerException.PinLoop.class);
  }

  @Test
  @DisplayName(
      "a job with a parent is allocated to the parent's host; a parent without a host is an error")
  void parent() {
    assertThatThrownBy(() -> scheduler.allocate("child", "nobody"))
        .isInstanceOf(SchedulerException.NoHostFits.class)
        .hasMessageContaining("nobody");
    String parent = "parent" + cluster.base().substring(3, 10);
    stranger(cluster.hosts().get(2), parent);
    assertThat(scheduler.allocate("child", parent).hostname()).isEqualTo("host3");
    String db = scheduler.allocate("db").hostname();
    assertThat(scheduler.allocate("other", "db").hostname()).isEqualTo(db);
  }

  @Test
  @DisplayName("auth.abc excludes auth.xyz, allocated or running, but not auth2 or author.x")
  void exclusion() {
    String running = "auth.running" + cluster.base().substring(3, 8);
    stranger(cluster.hosts().get(0), running);
    Set<String> hosts = new HashSet<>();
    hosts.add(scheduler.allocate("auth.abc").hostname());
    hosts.add(scheduler.allocate("auth.xyz").hostname());
    assertThat(hosts).containsExactlyInAnyOrder("host2", "host3");

    assertThatThrownBy(() -> scheduler.allocate("auth.more"))
        .isInstanceOf(SchedulerException.NoHostFits.class)
        .hasMessageContaining("host1: " + running + " runs there")
        .hasMessageContaining("is allocated there");
    assertThat(scheduler.allocate("auth2").up()).isTrue();
    assertThat(scheduler.allocate("author.x").up()).isTrue();
    assertThat(hosts).contains(scheduler.allocate("auth.abc").hostname());
  }

  @Test
  @DisplayName("services are added, changed, listed with desired and actual state, and removed")
  void services() throws Exception {
    Definition definition = Definition.image(Testbed.IMAGE).command("serve").replicas(2);
    assertThat(scheduler.addService("web", definition)).isEqualTo(Scheduler.Added.NEW);
    long revision = cluster.revision("services/web");
    assertThat(
            scheduler.addService(
                "web", "{\"deploy\":{\"replicas\":2},\"command\":\"serve\",\"image\":\"demo:1\"}"))
        .isEqualTo(Scheduler.Added.SAME);
    assertThat(cluster.revision("services/web")).isEqualTo(revision);
    assertThat(scheduler.addService("web", definition.environment("A", "1")))
        .isEqualTo(Scheduler.Added.CHANGED);
    assertThat(scheduler.addService("api", service())).isEqualTo(Scheduler.Added.NEW);

    if (withAgent) {
      cluster.awaitRunning("web");
      cluster.awaitRunning("api");
    }
    List<ServiceInfo> all = scheduler.listServices();
    assertThat(all).extracting(ServiceInfo::id).containsExactly("api", "web");
    ServiceInfo web = scheduler.service("web").orElseThrow();
    assertThat(web.definition()).contains("\"environment\":{\"A\":\"1\"}");
    assertThat(web.state()).isEqualTo(withAgent ? "running" : "unknown");
    assertThat(web.running()).isEqualTo(withAgent ? 2 : 0);
    assertThat(web.jobs()).hasSize(withAgent ? 2 : 0);

    assertThat(scheduler.removeService("web")).isTrue();
    assertThat(scheduler.removeService("web")).isFalse();
    assertThat(scheduler.service("web")).isEmpty();
    if (withAgent) {
      await().atMost(SOON).until(() -> cluster.containers().keySet().equals(Set.of("api.1")));
    }
  }

  @Test
  @DisplayName(
      "a service's job belongs to the agent: allocate returns its host, and records nothing")
  void jobOfService() {
    startAgent();
    scheduler.addService("web", Definition.image(Testbed.IMAGE).command("serve"));
    cluster.awaitRunning("web");
    long revision = cluster.revision("allocations/web.1");

    assertThat(scheduler.allocate("web.1").hostname())
        .isEqualTo(cluster.container("web.1").host().name());

    assertThat(cluster.revision("allocations/web.1")).isEqualTo(revision);
    assertThat(scheduler.release("web.1")).isFalse();
    assertThat(scheduler.find("web.1").allocated())
        .contains(cluster.container("web.1").host().name());
    assertThat(scheduler.find("web.1").running())
        .singleElement()
        .matches(instance -> instance.state().equals("running"));
    assertThat(scheduler.find("nobody").running()).isEmpty();
  }

  @Test
  @DisplayName("the agent leaves the library's records alone, and offers the same API")
  void besideAnAgent() {
    startAgent();
    String host = scheduler.allocate("mine.a").hostname();
    try (Scheduler ofAgent = cluster.config().scheduler()) {
      ofAgent.pin("web", host);
      ofAgent.addService("web", Definition.image(Testbed.IMAGE).command("serve"));
      cluster.awaitRunning("web");
      assertThat(cluster.container("web.1").host().name()).isEqualTo(host);
      assertThat(ofAgent.find("mine.a").allocated()).contains(host);
    }
    assertThat(cluster.value("allocations/mine.a")).isNotEmpty();
    assertThat(cluster.all("status/services/")).containsOnlyKeys("status/services/web");
  }

  @Test
  @DisplayName("watch reports services, pins and allocations")
  void watch() {
    Queue<Change> seen = new ConcurrentLinkedQueue<>();
    try (Watch watch = scheduler.watch(seen::add)) {
      assertThat(watch).isNotNull();
      scheduler.pin("db", "host1");
      scheduler.allocate("db");
      scheduler.addService("web", Definition.image("nginx"));
      scheduler.removeService("web");
      List<Change> expected =
          List.of(
              new Change(Change.Kind.PIN, "db", true),
              new Change(Change.Kind.ALLOCATION, "db", true),
              new Change(Change.Kind.SERVICE, "web", true),
              new Change(Change.Kind.SERVICE, "web", false));
      await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsSubsequence(expected));
    }
  }

  @Test
  @DisplayName("await returns once the newest definition runs, or else names what is missing")
  void awaited() {
    startAgent();
    scheduler.addService("web", Definition.image(Testbed.IMAGE).command("serve"));
    assertThat(scheduler.await("web", ServiceInfo::isUpToDate, SOON).running()).isEqualTo(1);

    scheduler.addService("far", Definition.image(Testbed.IMAGE).constraint("node.tags == none"));
    assertThatThrownBy(() -> scheduler.await("far", ServiceInfo::isUpToDate, Duration.ofSeconds(2)))
        .isInstanceOf(SchedulerException.TimedOut.class)
        .hasMessageStartingWith("far is not as expected after 2.0 s: ")
        .hasMessageContaining("no host fits");
  }

  @Test
  @DisplayName("invalid input is refused with every problem, and nothing is written")
  void invalid() {
    assertThatThrownBy(() -> scheduler.addService("web", "{\"ports\":[\"x\"],\"nope\":1}"))
        .isInstanceOfSatisfying(
            SchedulerException.InvalidJob.class,
            invalid -> assertThat(invalid.problems()).hasSize(3));
    assertThatThrownBy(() -> scheduler.addService("Web", Definition.image("x")))
        .isInstanceOf(SchedulerException.InvalidJob.class);
    assertThatThrownBy(() -> scheduler.pin("a b", "host1"))
        .isInstanceOf(SchedulerException.InvalidJob.class);
    assertThatThrownBy(() -> scheduler.pin("db", "Host 1"))
        .isInstanceOf(SchedulerException.InvalidJob.class);
    assertThat(cluster.all("services/")).isEmpty();
    assertThat(cluster.all("pins/")).isEmpty();
  }

  @Test
  @DisplayName("an error says that etcd does not answer")
  void unreachable() {
    try (Scheduler lost = builder().etcd("127.0.0.1:1").build()) {
      assertThatThrownBy(() -> lost.isPinned("db"))
          .isInstanceOf(SchedulerException.EtcdUnreachable.class)
          .hasMessageContaining("endpoints");
    }
  }

  @Test
  @DisplayName("it gives up if others are always faster, and records nothing")
  void conflict() {
    // The strategy makes another write first.
    try (Scheduler slow =
        builder()
            .leastBusy(
                hosts -> {
                  cluster.put("sequence", "x");
                  return hosts.getFirst();
                })
            .build()) {
      assertThatThrownBy(() -> slow.allocate("job"))
          .isInstanceOf(SchedulerException.Conflict.class);
    }
    assertThat(cluster.value("allocations/job")).isEmpty();
  }
}
