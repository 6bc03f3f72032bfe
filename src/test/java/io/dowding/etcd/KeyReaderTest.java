package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Pin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReaderTest {

  private static StoreChange read(String key, String value) {
    return KeyReader.read(key, value.getBytes(StandardCharsets.UTF_8), 9).orElseThrow();
  }

  @Test
  @DisplayName("pins and host states are read, with whitespace and comments")
  void values() {
    assertThat(read("pins/db", "host1\n"))
        .isEqualTo(
            new StoreChange.OfPin("db", new Parsed.Valid<>(new Pin.ToHost("host1", false)), 9));
    assertThat(read("hosts/host1", "drain\n"))
        .isEqualTo(new StoreChange.OfHostWord("host1", new Parsed.Valid<>(Availability.DRAIN), 9));
  }

  @ParameterizedTest
  @DisplayName("a malformed key affects no other key")
  @ValueSource(
      strings = {
        "services/A",
        "services/a.b",
        "services/",
        "services/a/b",
        "pins/A",
        "hosts/Host_1",
        "allocations/a..b",
        "inventory/-x",
        "service/web",
        "x"
      })
  void badKeys(String key) {
    assertThat(read(key, "x")).isInstanceOf(StoreChange.OfNothing.class);
  }

  @Test
  @DisplayName("a deleted key is reported as absent")
  void absent() {
    assertThat(KeyReader.read("services/web", null, 9))
        .contains(new StoreChange.OfService("web", null, "", 9));
  }

  @Test
  @DisplayName("an invalid value is a problem that quotes a part of the value")
  void badValues() {
    StoreChange change = read("hosts/host1", "x".repeat(5000));
    assertThat(change)
        .isInstanceOfSatisfying(
            StoreChange.OfHostWord.class,
            word ->
                assertThat(word.value())
                    .isInstanceOfSatisfying(
                        Parsed.Invalid.class,
                        invalid ->
                            assertThat(invalid.problem()).contains("xxx…").hasSizeLessThan(200)));
  }

  @Test
  @DisplayName("an allocation is read as it was written")
  void allocation() {
    Allocation record =
        new Allocation(
            "web.1", "host1", "web", "1-x", 3, 8, Instant.parse("2026-01-01T00:00:00Z"), "why", 9);
    assertThat(read("allocations/web.1", Json.text(record)))
        .isEqualTo(new StoreChange.OfAllocation("web.1", new Parsed.Valid<>(record), 9));
    assertThat(read("allocations/web.1", "{}"))
        .isInstanceOfSatisfying(
            StoreChange.OfAllocation.class,
            change -> assertThat(change.value()).isInstanceOf(Parsed.Invalid.class));
  }
}
