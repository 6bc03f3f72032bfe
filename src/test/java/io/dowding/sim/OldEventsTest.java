package io.dowding.sim;

import static io.dowding.sim.Scenario.pass;
import static io.dowding.sim.Scenario.pin;
import static io.dowding.sim.Scenario.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.control.Event;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.Kv;
import io.dowding.etcd.WatchReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a member of etcd that was behind tells again")
class OldEventsTest {

  /**
   * A service that was pinned to one host and then to the other, and then a watch that tells all of
   * it once more.
   *
   * @return whether its container outlives that
   */
  private static boolean survives(Bugs bugs) {
    Simulation sim = new Simulation(1, true, bugs);
    sim.hosts(2).agents(1);
    pin(sim, "web", "host1");
    put(sim, "web");
    pass(sim, 40);
    pin(sim, "web", "host2");
    pass(sim, 40);
    String before = Scenario.boxOf(sim, "web.1").id;
    for (int member = 0; member < Members.COUNT; member++) {
      sim.etcd.members.lags(member, 100);
    }
    sim.etcd.breakWatches("the member is behind");
    pass(sim, 40);
    return sim.engines.values().stream()
        .flatMap(engine -> engine.boxes().stream())
        .anyMatch(box -> box.id.equals(before));
  }

  @Test
  @DisplayName("is not believed: what runs stays")
  void notBelieved() {
    assertThat(survives(new Bugs())).isTrue();
  }

  @Test
  @DisplayName("would move what runs, were only the header of its answer looked at")
  void planted() {
    Bugs planted =
        new Bugs() {
          @Override
          Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes) {
            return PlantedBugs.headerOnly(header, changes);
          }
        };
    assertThatThrownBy(() -> survives(planted))
        .isInstanceOf(Oracle.Broken.class)
        .hasMessageContaining("web.1 is pinned to host2 and made on host1");
  }

  private static Kv.Change change(String key, long revision) {
    byte[] value = "host1".getBytes(StandardCharsets.UTF_8);
    return new Kv.Change("/b/" + key, new Kv.Entry("/b/" + key, value, 1, revision), revision);
  }

  @Test
  @DisplayName("is told by its own revision, whatever the header says")
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
