package io.dowding.it;

import static io.dowding.it.TestCluster.bytes;
import static io.dowding.it.TestCluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.control.Event;
import io.dowding.control.Pulses;
import io.dowding.control.SteadyClock;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.EtcdStore;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.plan.Action;
import io.dowding.plan.Action.Change;
import io.etcd.jetcd.options.DeleteOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The store, on a real etcd")
class EtcdStoreIT {

  private static final Duration SOON = Duration.ofSeconds(40);

  private final Testbed bed = Testbed.shared();
  private final String base = "/s-" + UUID.randomUUID();
  private final TcpProxy proxy = new TcpProxy(bed.etcdEndpoint());
  private final EtcdSettings settings = EtcdSettings.at(proxy.endpoint());
  private final EtcdStore store =
      new EtcdStore(
          settings,
          base,
          new EtcdStore.Agent("test", Duration.ofSeconds(10), true),
          new SteadyClock(),
          new Pulses(new SteadyClock()));
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  @AfterEach
  void clean() {
    store.close();
    proxy.close();
    get(
        bed.etcd()
            .getKVClient()
            .delete(bytes(base + "/"), DeleteOption.builder().isPrefix(true).build()));
  }

  private void put(String key, String value) {
    get(bed.etcd().getKVClient().put(bytes(base + "/" + key), bytes(value)));
  }

  private <E extends Event> List<E> seen(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private <E extends Event> E first(Class<E> type) {
    await().atMost(SOON).until(() -> !seen(type).isEmpty());
    return seen(type).getFirst();
  }

  private List<String> pinsSeen() {
    List<String> names = new ArrayList<>();
    for (Event event : events) {
      List<StoreChange> changes =
          switch (event) {
            case Event.StoreListed listed -> listed.keys();
            case Event.StoreChanged changed -> changed.changes();
            default -> List.of();
          };
      for (StoreChange change : changes) {
        if (change instanceof StoreChange.OfPin pin) {
          names.add(pin.subject());
        }
      }
    }
    return names;
  }

  @Test
  @DisplayName(
      "the first list has many pages and each key once, and the watch continues from there")
  void pages() {
    for (int n = 0; n < 2500; n++) {
      put("pins/p" + n, "host1");
    }
    store.follow(events::add);
    Event.StoreListed listed = first(Event.StoreListed.class);
    assertThat(listed.keys().stream().filter(StoreChange.OfPin.class::isInstance)).hasSize(2500);

    put("pins/later", "host1");

    await().atMost(SOON).until(() -> pinsSeen().contains("later"));
    assertThat(pinsSeen()).hasSize(2501).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName(
      "70 MB of values, too much for one answer, are listed, and listed again after a disconnect")
  void large() {
    String large = "{\"image\":\"x\",\"labels\":{\"l\":\"" + "x".repeat(500_000) + "\"}}";
    for (int n = 0; n < 140; n++) {
      put("services/before" + n, large);
    }
    store.follow(events::add);
    assertThat(
            first(Event.StoreListed.class).keys().stream()
                .filter(StoreChange.OfService.class::isInstance))
        .hasSize(140);

    proxy.cut();
    for (int n = 0; n < 20; n++) {
      put("services/after" + n, large);
    }
    proxy.heal();

    await()
        .atMost(SOON)
        .until(
            () ->
                servicesIn(
                        seen(Event.StoreListed.class).stream().flatMap(l -> l.keys().stream()),
                        seen(Event.StoreChanged.class).stream().flatMap(c -> c.changes().stream()))
                    == 160);
  }

  private static long servicesIn(Stream<StoreChange> listed, Stream<StoreChange> changed) {
    return Stream.concat(listed, changed)
        .filter(StoreChange.OfService.class::isInstance)
        .map(change -> ((StoreChange.OfService) change).name())
        .distinct()
        .count();
  }

  @Test
  @DisplayName("a connection that drops everything is detected, and nothing is lost")
  void silent() {
    store.follow(events::add);
    first(Event.StoreListed.class);

    proxy.swallow();
    put("pins/unheard", "host1");

    await().atMost(SOON).until(() -> pinsSeen().contains("unheard"));
    assertThat(seen(Event.StoreLost.class)).isNotEmpty();
  }

  private void stand() {
    store.follow(events::add);
    first(Event.Standing.class);
  }

  private static Change.Put change(String job, long revision) {
    return new Change.Put(
        new Allocation(job, "host1", "web", "1-x", 1, 1, Instant.EPOCH, "why", revision));
  }

  @Test
  @DisplayName("of two allocators with the same sequence, one is refused")
  void sequence() {
    stand();
    Event.Allocated one = store.allocate(new Action.Allocate(List.of(change("web.1", 0)), 0));
    Event.Allocated two = store.allocate(new Action.Allocate(List.of(change("web.2", 0)), 0));
    Event.Allocated again =
        store.allocate(new Action.Allocate(List.of(change("web.2", 0)), one.revision()));

    assertThat(one.revision()).isPositive();
    assertThat(two.revision()).isZero();
    assertThat(again.revision()).isGreaterThan(one.revision());
  }

  @Test
  @DisplayName("a record that another client wrote is not overwritten")
  void record() {
    stand();
    put("allocations/web.1", "{}");
    Event.Allocated blind = store.allocate(new Action.Allocate(List.of(change("web.1", 0)), 0));
    assertThat(blind.revision()).isZero();
  }

  @Test
  @DisplayName("a stop reads its keys again, and is refused if one was changed or recreated")
  void stillHolds() {
    stand();
    Action.Basis absent =
        new Action.Basis("uuid", "web", 0, Map.of(), "web.1", 0, Action.Basis.Condition.ANY);
    assertThat(store.stillHolds(absent)).isTrue();
    Action.Basis away =
        new Action.Basis(
            "uuid", "web", 0, Map.of("configs/site", 0L), "web.1", 0, Action.Basis.Condition.ANY);
    assertThat(store.stillHolds(away)).isTrue();
    put("configs/site", "back");
    assertThat(store.stillHolds(away)).isFalse();
    put("services/web", "{}");
    assertThat(store.stillHolds(absent)).isFalse();
    proxy.cut();
    assertThat(store.stillHolds(absent)).isFalse();
  }

  @Test
  @DisplayName("an agent that lost its candidacy cannot write, even if it does not know yet")
  void fenced() {
    stand();
    bed.etcd()
        .getKVClient()
        .delete(bytes(base + "/leader/"), DeleteOption.builder().isPrefix(true).build())
        .join();

    Event.Allocated refused = store.allocate(new Action.Allocate(List.of(change("web.1", 0)), 0));

    assertThat(refused.revision()).isZero();
    await().atMost(SOON).until(() -> !seen(Event.NotStanding.class).isEmpty());
    await().atMost(SOON).until(() -> seen(Event.Standing.class).size() > 1);
    assertThat(store.allocate(new Action.Allocate(List.of(change("web.1", 0)), 0)).revision())
        .isPositive();
  }
}
