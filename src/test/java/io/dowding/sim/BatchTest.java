package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdKeys.Step;
import io.dowding.etcd.Kv;
import io.dowding.etcd.PassingKv;
import io.dowding.model.TextContent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Keys that are changed together")
class BatchTest {

  private final FakeEtcd etcd = new FakeEtcd(new VirtualTime());
  private final List<Integer> sizes = new ArrayList<>();
  private int most = 128;
  private final EtcdKeys keys = new EtcdKeys(new Limited(etcd.client()), "/b");

  /** Records the number of writes of each transaction, and refuses large ones. */
  private final class Limited extends PassingKv {
    Limited(Kv kv) {
      super(kv);
    }

    @Override
    public Committed commit(List<Compare> compares, List<Write> writes) {
      if (writes.size() > most) {
        throw EtcdException.refusal("etcd: too many operations in txn request");
      }
      Committed done = super.commit(compares, writes);
      sizes.add(writes.size());
      return done;
    }
  }

  private static List<Step> puts(int count, int size) {
    return IntStream.range(0, count)
        .<Step>mapToObj(
            n -> new Step.Put("services/s%03d".formatted(n), 0, TextContent.of("x".repeat(size))))
        .toList();
  }

  @Test
  @DisplayName("are written in one transaction, up to 128")
  void one() {
    assertThat(keys.commit(puts(128, 10))).isTrue();
    assertThat(sizes).containsExactly(128);
  }

  @Test
  @DisplayName("are written in as few transactions as possible, in their order")
  void several() {
    assertThat(keys.commit(puts(300, 10))).isTrue();
    assertThat(sizes).containsExactly(44, 128, 128);
    assertThat(etcd.keys()).hasSize(300);
    long last = 0;
    for (Kv.Entry entry : etcd.keys().values()) {
      assertThat(entry.modified()).isGreaterThanOrEqualTo(last);
      last = entry.modified();
    }
  }

  @Test
  @DisplayName("are split if they are too large for one transaction")
  void large() {
    assertThat(keys.commit(puts(4, 700_000))).isTrue();
    assertThat(sizes).containsExactly(2, 2);
  }

  @Test
  @DisplayName("are split further for an etcd with lower limits")
  void lower() {
    most = 10;
    assertThat(keys.commit(puts(40, 10))).isTrue();
    assertThat(sizes).containsExactly(10, 10, 10, 10);
  }

  @Test
  @DisplayName("are not written if one of them has changed, even one that is only compared")
  void changed() {
    keys.put("services/a", "1");
    long revision = etcd.revision();
    keys.put("services/b", "1");
    sizes.clear();

    assertThat(
            keys.commit(
                List.of(
                    new Step.Put("configs/c", 0, TextContent.of("x")),
                    new Step.Delete("services/b", revision))))
        .isFalse();
    assertThat(
            keys.commit(
                List.of(
                    new Step.Put("configs/c", 0, TextContent.of("x")),
                    new Step.Check("services/a", revision - 1))))
        .isFalse();
    assertThat(etcd.value("/b/configs/c")).isNull();
    assertThat(
            keys.commit(
                List.of(
                    new Step.Put("configs/c", 0, TextContent.of("x")),
                    new Step.Check("services/a", revision))))
        .isTrue();
    assertThat(etcd.value("/b/configs/c")).isEqualTo("x");
  }

  @Test
  @DisplayName("are refused if a single value is too large")
  void refused() {
    assertThatThrownBy(() -> keys.commit(puts(1, 1_600_000)))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("too large");
    assertThat(sizes).isEmpty();
  }
}
