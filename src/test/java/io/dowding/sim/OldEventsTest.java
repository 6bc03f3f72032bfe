package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.etcd.EtcdException;
import io.dowding.etcd.Kv;
import io.dowding.etcd.WatchReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Old events from an etcd member that lagged")
class OldEventsTest {

  private static Kv.Change change(String key, long revision) {
    byte[] value = "host1".getBytes(StandardCharsets.UTF_8);
    return new Kv.Change("/b/" + key, new Kv.Entry("/b/" + key, value, 1, revision), revision);
  }

  @Test
  @DisplayName("are recognized by their own revision, whatever the header says")
  void reader() {
    WatchReader reader = new WatchReader("/b", 10);
    assertThat(reader.read(30, List.of(change("pins/a", 12), change("pins/b", 12))).revision())
        .isEqualTo(12);
    assertThat(reader.read(30, List.of()).changes()).isEmpty();
    for (long old : new long[] {1, 10, 12}) {
      assertThatThrownBy(() -> reader.read(40, List.of(change("pins/a", old))))
          .isInstanceOf(EtcdException.class);
    }
    assertThatThrownBy(() -> reader.read(40, List.of(change("pins/a", 15), change("pins/b", 14))))
        .isInstanceOf(EtcdException.class);
    assertThatThrownBy(() -> reader.read(5, List.of())).isInstanceOf(EtcdException.class);
    assertThat(reader.read(40, List.of(change("pins/a", 13))).changes()).hasSize(1);
  }
}
