package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.etcd.Keyring;
import io.dowding.etcd.Kv;
import io.dowding.etcd.SealedKv;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("etcd contract: simulated, with encryption")
class SealedFakeEtcdTest extends FakeEtcdTest {

  @Override
  protected Kv connect() {
    return new SealedKv(super.connect(), parent, Keyring.EMPTY.with("a", new byte[32]));
  }

  @Test
  @DisplayName("the values of this contract are encrypted")
  void encrypted() {
    String key = parent + "/secrets/x";
    try (Kv sealed = connect();
        Kv raw = super.connect()) {
      sealed.commit(List.of(), List.of(new Kv.Write.Put(key, "plain", 0)));
      assertThat(raw.get(key).text()).startsWith("dowding:aesgcm:v1:a:");
    }
  }
}
