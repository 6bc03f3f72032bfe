package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A snapshot of the keys")
class SnapshotTest {

  private final FakeEtcd etcd = new FakeEtcd(new VirtualTime());
  private final EtcdKeys keys = new EtcdKeys(etcd.client(), "/b");
  private final EtcdKeys others = new EtcdKeys(etcd.client(), "/b");
  private EtcdKeys.Snapshot snapshot = keys.snapshot();

  @BeforeEach
  void begin() {
    List.of("pins/db", "hosts/host1", "odd", "allocations/Odd", "ALLOCATIONS")
        .forEach(key -> keys.put(key, "host1"));
    assertThat(record(keys, "first", 0)).isPositive();
    snapshot = keys.snapshot();
  }

  private static Allocation allocation(String id) {
    return new Allocation(id, "host1", "", "", 0, 1, Instant.EPOCH, "", 0);
  }

  private static long record(EtcdKeys by, String id, long sequence) {
    return by.record(List.of(allocation(id)), sequence);
  }

  private long sequence() {
    return snapshot.keys().stream()
        .filter(StoreChange.OfSequence.class::isInstance)
        .mapToLong(StoreChange::revision)
        .sum();
  }

  @Test
  @DisplayName("is current until a key changes, and also after records of one's own")
  void current() {
    assertThat(keys.isCurrent(snapshot, sequence())).isTrue();
    long mine = record(keys, "mine", sequence());
    assertThat(keys.isCurrent(snapshot, mine)).isTrue();
    etcd.client().commit(List.of(), List.of(new io.dowding.etcd.Kv.Write.Put("/other", "", 0)));
    assertThat(keys.isCurrent(snapshot, mine)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pins/db", "pins/new", "hosts/host1", "services/web", "odd", "release/x"})
  @DisplayName("is old once a key is written")
  void written(String key) {
    others.put(key, "host2");
    assertThat(keys.isCurrent(snapshot, sequence())).isFalse();
  }

  @Test
  @DisplayName("is old once a key is deleted, even if another one was added")
  void deleted() {
    assertThat(others.delete("pins/db")).isTrue();
    assertThat(keys.isCurrent(snapshot, sequence())).isFalse();
    others.put("pins/new", "host2");
    assertThat(keys.isCurrent(snapshot, sequence())).isFalse();
  }

  @Test
  @DisplayName("is old once another allocator has recorded or released")
  void others() {
    long theirs = record(others, "theirs", sequence());
    assertThat(keys.isCurrent(snapshot, sequence())).isFalse();
    assertThat(record(keys, "mine", sequence())).isZero();

    snapshot = keys.snapshot();
    assertThat(keys.isCurrent(snapshot, theirs)).isTrue();
    assertThat(others.forget("theirs", theirs)).isTrue();
    assertThat(keys.isCurrent(snapshot, theirs)).isFalse();
  }

  @Test
  @DisplayName("several records are written in one transaction, or none of them")
  void together() {
    List<Allocation> two = List.of(allocation("one"), allocation("first"));
    assertThat(keys.record(two, sequence())).isZero();
    assertThat(keys.all("allocations/")).doesNotContainKey("allocations/one");
    assertThat(keys.record(List.of(allocation("one"), allocation("two")), sequence())).isPositive();
    assertThat(keys.all("allocations/")).containsKeys("allocations/one", "allocations/two");
  }
}
