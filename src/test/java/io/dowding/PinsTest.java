package io.dowding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.docker.DockerSettings;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.model.Host;
import io.dowding.sim.FakeEtcd;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A pin by the library")
class PinsTest {

  private final EtcdKeys keys = new EtcdKeys(new FakeEtcd(() -> Instant.EPOCH).client(), "/d");
  private final Scheduler scheduler =
      new Scheduler(
          EtcdSettings.at("http://127.0.0.1:1"),
          "/d",
          keys,
          () -> List.of(host("host1"), host("host2")),
          null,
          DockerSettings.DEFAULT);

  private static Host host(String name) {
    return new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of());
  }

  @BeforeEach
  void database() {
    keys.put("services/db", "{\"image\":\"postgres:17\",\"volumes\":[\"data:/data\"]}");
    keys.put("allocations/db.1", "{\"host\":\"host1\",\"incarnation\":4}");
    keys.put("pins/db.1", "host1 # auto: volume data");
    keys.put("allocations/app.1", "{\"host\":\"host2\",\"incarnation\":5}");
  }

  @AfterEach
  void close() {
    scheduler.close();
  }

  private String pin(String id) {
    return keys.get("pins/" + id).map(EtcdKeys.Value::text).orElse("none");
  }

  private static void isRefused(ThrowingCallable pin) {
    assertThatThrownBy(pin)
        .isInstanceOf(SchedulerException.DataLeftBehind.class)
        .hasMessageContaining("the data of db.1 is on host1 and stays there")
        .hasMessageContaining("empty volume (force pins it anyway)")
        .extracting(refused -> ((SchedulerException.DataLeftBehind) refused).hosts())
        .isEqualTo(Map.of("db.1", "host1"));
  }

  @Test
  @DisplayName("that would leave data behind is refused")
  void refused() {
    isRefused(() -> scheduler.pin("db.1", "host2"));
    isRefused(() -> scheduler.pin("db", "host2"));
    isRefused(() -> scheduler.pinTo("db", "app"));
    isRefused(() -> scheduler.pinTo("db", "later"));
    assertThat(pin("db.1")).isEqualTo("host1 # auto: volume data");
    assertThat(pin("db")).isEqualTo("none");
  }

  @Test
  @DisplayName("to where the data is, or of a job without data, is written")
  void written() {
    scheduler.pin("db", "host1");
    assertThat(pin("db")).isEqualTo("host1");
    scheduler.pinTo("app", "db");
    assertThat(pin("app")).isEqualTo("job:db");
    scheduler.pin("web.a", "host2");
    assertThat(pin("web.a")).isEqualTo("host2");
  }

  @Test
  @DisplayName("that is forced remembers where the data is, and unpinning goes back to it")
  void forced() {
    scheduler.pin("db.1", "host2", true);
    assertThat(pin("db.1")).isEqualTo("host2 # data: host1");
    scheduler.pinTo("db.1", "app", true);
    assertThat(pin("db.1")).isEqualTo("job:app # data: host1");

    assertThat(scheduler.unpin("db.1")).isTrue();
    assertThat(pin("db.1")).isEqualTo("host1 # auto: volume data");
    assertThat(scheduler.unpin("app")).isFalse();
  }
}
