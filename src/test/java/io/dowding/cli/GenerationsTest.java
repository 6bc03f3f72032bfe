package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.etcd.EtcdKeys;
import io.dowding.sim.FakeEtcd;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A rollback")
class GenerationsTest {

  private final EtcdKeys keys =
      new EtcdKeys(new FakeEtcd(() -> Instant.EPOCH).client(), "/schedule");

  private long put(String value) {
    keys.put("services/web", value);
    return keys.get("services/web").orElseThrow().revision();
  }

  private Generations.Generation target() {
    return Objects.requireNonNull(Generations.of(keys, "web").last());
  }

  @Test
  @DisplayName("goes to the definition in use if the key has one that cannot be used")
  void invalid() {
    long used = put("{\"image\":\"web:2\",\"deploy\":{\"replicas\":3}}");
    keys.put(
        "versions/web",
        """
        {"generation":%d,"valid":{"image":"web:2","deploy":{"replicas":3}},
         "good":{"generation":%d},
         "earlier":[{"generation":1,"definition":{"image":"web:1"}}]}"""
            .formatted(used, used));
    assertThat(target().image()).isEqualTo("web:1");

    put("{ no JSON");
    assertThat(target().image()).isEqualTo("web:2");
    assertThat(target().restored("{ no JSON").path("deploy").path("replicas").asInt()).isEqualTo(3);
  }

  @Test
  @DisplayName("goes to the good one if no agent has seen the present one")
  void unseen() {
    long used = put("{\"image\":\"web:2\"}");
    keys.put(
        "versions/web",
        """
        {"generation":%d,"valid":{"image":"web:2"},
         "good":{"generation":1,"definition":{"image":"web:1"}}}"""
            .formatted(used));
    put("{\"image\":\"web:3\",\"deploy\":{\"replicas\":5}}");
    assertThat(target().image()).isEqualTo("web:1");
    assertThat(
            target()
                .restored("{\"image\":\"web:3\",\"deploy\":{\"replicas\":5}}")
                .path("deploy")
                .path("replicas")
                .asInt())
        .isEqualTo(5);
  }
}
