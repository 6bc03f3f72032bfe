package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.control.Event;
import io.dowding.etcd.Kv;
import io.dowding.etcd.PassingKv;
import io.dowding.etcd.Transactions;
import io.dowding.plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Publishing")
class PublishTest {

  private final FakeEtcd etcd = new FakeEtcd(new VirtualTime());
  private final List<Integer> sizes = new ArrayList<>();
  private final Transactions transactions =
      new Transactions(
          new Watched(etcd.client()), "/b", () -> new Kv.Compare.Created("/b/leader/1", 0));

  /** Records the number of writes of each transaction. */
  private final class Watched extends PassingKv {
    Watched(Kv kv) {
      super(kv);
    }

    @Override
    public Committed commit(List<Compare> compares, List<Write> writes) {
      sizes.add(writes.size());
      return super.commit(compares, writes);
    }
  }

  private Event.Written publish(Map<String, Object> values) {
    SortedMap<String, Optional<Object>> all = new TreeMap<>();
    values.forEach((key, value) -> all.put(key, Optional.of(value)));
    return transactions.write(new Action.Publish(all));
  }

  private static Map<String, Object> values(int count, int size) {
    Map<String, Object> values = new TreeMap<>();
    for (int n = 0; n < count; n++) {
      values.put("status/services/s" + n, "x".repeat(size));
    }
    return values;
  }

  @Test
  @DisplayName("writes everything except a value that is too large, which is reported")
  void tooLarge() {
    Map<String, Object> values = values(250, 10);
    values.put("status/services/large", "x".repeat(1_600_000));
    values.put("status/services/zzz", "x".repeat(1_600_000));

    Event.Written published = publish(values);

    assertThat(published.done()).isTrue();
    assertThat(published.refused())
        .containsOnlyKeys("status/services/large", "status/services/zzz")
        .allSatisfy((key, why) -> assertThat(why).contains("too large"));
    assertThat(etcd.keys()).hasSize(250);
  }

  @Test
  @DisplayName("splits large publications into small transactions")
  void bounded() {
    Event.Written published = publish(values(300, 100_000));

    assertThat(published.refused()).isEmpty();
    assertThat(etcd.keys()).hasSize(300);
    assertThat(sizes).allMatch(size -> size <= 11);
  }

  @Test
  @DisplayName("counts bytes, not characters")
  void bytes() {
    Map<String, Object> values = new TreeMap<>();
    for (int n = 0; n < 9; n++) {
      values.put("status/services/s" + n, "€".repeat(100_000));
    }
    assertThat(publish(values).done()).isTrue();
    assertThat(sizes).allMatch(size -> size <= 3);
  }

  @Test
  @DisplayName("has an unknown result, without refusals, if etcd is out of space")
  void noSpace() {
    etcd.noSpace(true);
    Event.Written published = publish(values(3, 10));
    assertThat(published.done()).isFalse();
    assertThat(published.refused()).isEmpty();
  }

  @Test
  @DisplayName("leaves out values that cannot be written as JSON")
  void unwritable() {
    Map<String, Object> values = values(2, 10);
    values.put("status/services/a", new Unwritable());
    Event.Written published = publish(values);
    assertThat(published.refused()).containsOnlyKeys("status/services/a");
    assertThat(etcd.keys()).hasSize(2);
  }

  /** A value that throws when it is serialized. */
  public static final class Unwritable {
    private final List<String> none = List.of();

    public String getName() {
      return none.getFirst();
    }
  }
}
