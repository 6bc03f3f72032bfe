package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Recalled;
import io.dowding.model.Policy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A list of all keys")
class ListedKeysTest {

  private static final String KEY = "status/holds/hosts";

  private final Keys keys = new Keys(true, new Leadership(), Policy.STRICT, new Changed());
  private long revision = 5;

  private void listed() {
    keys.listed(
        new Event.StoreListed(++revision, List.of(), Recalled.NOTHING),
        name -> {},
        Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  @DisplayName("may be older than a key that was written since the last one, which is then unsure")
  void older() {
    listed();
    keys.wrote(KEY, "why");
    listed();
    assertThat(keys.published.unsure).containsExactly(KEY);
  }

  @Test
  @DisplayName("is believed about keys that were written before the last one")
  void newer() {
    keys.wrote(KEY, "why");
    listed();
    keys.published.unsure.clear();
    listed();
    assertThat(keys.published.unsure).isEmpty();
  }
}
