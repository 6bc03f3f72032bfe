package io.dowding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Allocation;
import io.dowding.model.Pin;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PinChainTest {

  private final Map<String, Pin> pins = new HashMap<>();
  private final Map<String, String> parents = new HashMap<>();
  private final SortedMap<String, Allocation> records = new TreeMap<>();
  private final PinChain chain = new PinChain(pins::get, records, parents::get);

  private void pin(String id, String value) {
    pins.put(id, Objects.requireNonNull(Pin.parse(value)));
  }

  private void record(String job) {
    records.put(job, new Allocation(job, "a", "web", "1-x", 1, 1, Instant.EPOCH, "", 1));
  }

  private @Nullable String recorded(String target) {
    Allocation found = chain.allocationOf(target);
    return found == null ? null : found.job();
  }

  @Nested
  @DisplayName("A pin to a job or service follows")
  class Follows {

    @Test
    @DisplayName("the record of that job")
    void job() {
      record("web.1");
      record("web.2");
      assertThat(recorded("web.2")).isEqualTo("web.2");
      assertThat(recorded("web.3")).isNull();
    }

    @Test
    @DisplayName("the lowest job of that service by number, not a step before it")
    void lowest() {
      record("web.pre_start-0");
      assertThat(recorded("web")).isNull();
      record("web.10");
      record("web.2");
      record("webmail.1");
      assertThat(recorded("web")).isEqualTo("web.2");
      assertThat(recorded("we")).isNull();
    }
  }

  @Test
  @DisplayName("a job's own pin comes first, then its service's, then the agent's")
  void precedence() {
    assertThat(chain.pinOf("web.1")).isNull();
    pin("web.1", "a # auto: volume data");
    assertThat(chain.pinOf("web.1")).isEqualTo(new Pin.ToHost("a", true));
    pin("web", "b");
    assertThat(chain.pinOf("web.1")).isEqualTo(new Pin.ToHost("b", false));
    assertThat(chain.pinOf("web.2")).isEqualTo(new Pin.ToHost("b", false));
    pin("web.1", "c");
    assertThat(chain.pinOf("web.1")).isEqualTo(new Pin.ToHost("c", false));
  }

  @Nested
  @DisplayName("A loop of pins")
  class Loops {

    @Test
    @DisplayName("is found through other jobs, their services and parents")
    void found() {
      pin("web", "job:db.1");
      pin("db", "job:cache");
      parents.put("cache", "web");
      assertThat(chain.loop("web.1", "db.1")).isEqualTo("web.1 → db.1 → cache → web");
      assertThat(chain.loop("web.1", "web.1")).isEqualTo("web.1 → web.1");
      assertThat(chain.loop("web.1", "web")).isEqualTo("web.1 → web");
    }

    @Test
    @DisplayName("is none if the chain ends, at a host or at a job without a pin")
    void none() {
      pin("db", "job:cache");
      assertThat(chain.loop("web.1", "db")).isNull();
      pin("cache", "a");
      parents.put("cache", "web");
      assertThat(chain.loop("web.1", "db")).isNull();
    }

    @Test
    @DisplayName("is reported even if it does not contain the job itself")
    void furtherOn() {
      pin("db", "job:cache");
      pin("cache", "job:db");
      assertThat(chain.loop("web.1", "db")).isEqualTo("web.1 → db → cache → db → cache → …");
    }

    @Test
    @DisplayName("is assumed after a hundred jobs in a row")
    void longest() {
      for (int n = 1; n < 99; n++) {
        pin("s" + n, "job:s" + (n + 1));
      }
      assertThat(chain.loop("web.1", "s1")).isNull();
      pin("s99", "job:s100");
      assertThat(chain.loop("web.1", "s1")).isEqualTo("web.1 → s1 → s2 → s3 → s4 → …");
    }
  }
}
