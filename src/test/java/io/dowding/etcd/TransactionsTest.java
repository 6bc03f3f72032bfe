package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.control.Event;
import io.dowding.model.Allocation;
import io.dowding.plan.Action;
import io.dowding.sim.FakeEtcd;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The leader's transactions")
class TransactionsTest {

  private static final Kv.Compare CANDIDATE = new Kv.Compare.Created("/d/leader/1", 0);

  private final Kv kv = new FakeEtcd(() -> Instant.EPOCH).client();
  private final Transactions transactions = new Transactions(kv, "/d", () -> CANDIDATE);

  private long put(String key) {
    return kv.commit(List.of(), List.of(new Kv.Write.Put("/d/" + key, "x", 0))).revision();
  }

  @Test
  @DisplayName(
      "a stop depends on every config of its service, even if there are more than etcd compares at"
          + " once")
  void manyContents() {
    Map<String, Long> contents = new TreeMap<>();
    for (int n = 0; n < 500; n++) {
      contents.put("configs/c" + n, put("configs/c" + n));
    }
    long service = put("services/web");
    Action.Basis basis =
        new Action.Basis("uuid", "web", service, contents, "web.1", 0, Action.Basis.Condition.ANY);

    assertThat(transactions.stillHolds(basis)).isTrue();
    for (String key : List.of("configs/c0", "configs/c321", "configs/c99")) {
      long changed = put(key);
      assertThat(transactions.stillHolds(basis)).as(key).isFalse();
      contents.put(key, changed);
      assertThat(transactions.stillHolds(basis)).as(key).isTrue();
    }
    var _ = put("services/web");
    assertThat(transactions.stillHolds(basis)).isFalse();
  }

  private static Action.Change change(String job) {
    return new Action.Change.Put(
        new Allocation(job, "host1", "web", "1-x", 3, 7, Instant.EPOCH, "why", 0));
  }

  @Test
  @DisplayName("records are written in transactions that follow on each other")
  void inTurn() {
    Transactions two = new Transactions(kv, "/d", () -> CANDIDATE, 2);
    Event.Allocated all =
        two.allocate(
            new Action.Allocate(List.of(change("web.1"), change("web.2"), change("web.3")), 0));
    assertThat(all.written()).hasSize(3);
    assertThat(all.written().get(0)).isEqualTo(all.written().get(1));
    assertThat(all.written().get(2)).isEqualTo(all.revision()).isGreaterThan(all.written().get(1));
    assertThat(Objects.requireNonNull(kv.get("/d/sequence")).modified()).isEqualTo(all.revision());
  }

  @Test
  @DisplayName("after a refused transaction of records, those that follow are not sent")
  void refused() {
    var _ = put("allocations/web.3");
    Transactions two = new Transactions(kv, "/d", () -> CANDIDATE, 2);
    List<Action.Change> changes =
        IntStream.rangeClosed(1, 6).mapToObj(n -> change("web." + n)).toList();
    Event.Allocated some = two.allocate(new Action.Allocate(changes, 0));
    assertThat(some.written()).hasSize(2);
    assertThat(some.revision()).isZero();
    assertThat(kv.get("/d/allocations/web.2")).isNotNull();
    assertThat(kv.get("/d/allocations/web.4")).isNull();
    assertThat(kv.get("/d/allocations/web.5")).isNull();
  }
}
