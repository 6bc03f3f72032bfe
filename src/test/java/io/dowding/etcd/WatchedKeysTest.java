package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Pin;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("After a watch was lost, a new list reports")
class WatchedKeysTest {

  private final WatchedKeys keys = new WatchedKeys();

  private static StoreChange pin(String subject, long revision) {
    return new StoreChange.OfPin(
        subject, new Parsed.Valid<>(new Pin.ToHost("host1", false)), revision);
  }

  private static StoreChange noPin(String subject, long revision) {
    return new StoreChange.OfPin(subject, null, revision);
  }

  @Test
  @DisplayName("nothing the first time")
  void first() {
    assertThat(keys.listed(List.of(pin("a", 3)), 5)).isEmpty();
  }

  @Test
  @DisplayName("keys that are new, changed or gone, and no others")
  void differences() {
    keys.listed(List.of(pin("a", 3), pin("b", 3), pin("c", 3), pin("d", 3)), 5);
    keys.changed(pin("d", 6));
    keys.changed(noPin("b", 7));

    assertThat(keys.listed(List.of(pin("a", 3), pin("c", 8), pin("d", 6), pin("e", 9)), 10))
        .containsExactly(pin("c", 8), pin("e", 9));
    assertThat(keys.listed(List.of(pin("a", 3), pin("c", 8), pin("d", 6)), 12))
        .containsExactly(noPin("e", 12));
  }
}
