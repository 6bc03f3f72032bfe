package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.plan.Action;
import io.dowding.sim.FakeEtcd;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The leader's transactions")
class TransactionsTest {

  private final Kv kv = new FakeEtcd(() -> Instant.EPOCH).client();
  private final Transactions transactions =
      new Transactions(kv, "/d", () -> new Kv.Compare.Created("/d/leader/1", 0));

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
}
