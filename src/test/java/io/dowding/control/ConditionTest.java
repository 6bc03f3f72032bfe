package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConditionTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Controller controller =
      new Controller(Settings.DEFAULT, new Controller.Origin("/b", "fresh", null, 0), false, false);
  private Instant now = START;
  private List<Action> written = List.of();

  private Condition after(Event... events) {
    written = controller.step(List.of(events), now).actions();
    return controller.condition();
  }

  /** All that the last step published was written, and the next publication is due. */
  private Event published() {
    now = now.plusSeconds(1);
    return written.stream()
        .filter(Action.Publish.class::isInstance)
        .map(publish -> new Event.Written((Action.Publish) publish, true))
        .findFirst()
        .orElseThrow();
  }

  private static Event standing() {
    return new Event.Standing("me", 2, START.plus(Duration.ofHours(9)));
  }

  private static Event inventory() {
    return new Event.InventoryRead(
        new TreeMap<>(Map.of("a", new Host("a", "tcp://a:2375", Set.of(), Map.of()))));
  }

  private Event answers() {
    return new Event.HostListed("a", FakeInfo.of("e1"), now, List.of(), Set.of());
  }

  private static Event listed(StoreChange... more) {
    List<StoreChange> keys = new ArrayList<>(List.of(more));
    keys.add(new StoreChange.OfCluster("uuid", 0, 1));
    keys.add(new StoreChange.OfLeader("me", true, 2));
    long newest = keys.stream().mapToLong(StoreChange::revision).max().orElseThrow();
    return new Event.StoreListed(Math.max(12, newest), keys, Recalled.NOTHING);
  }

  private static StoreChange service(String name, int replicas) {
    String json = "{\"image\":\"demo:1\",\"deploy\":{\"replicas\":" + replicas + "}}";
    try {
      return new StoreChange.OfService(
          name,
          new Parsed.Valid<>(ServiceReader.read(name, 13, json.getBytes(StandardCharsets.UTF_8))),
          json,
          13);
    } catch (InvalidServiceException invalid) {
      throw new IllegalArgumentException(invalid);
    }
  }

  @Test
  @DisplayName("a leader is ready once it has planned with all keys and hosts")
  void leader() {
    assertThat(after(new Event.Tick()).whyNotReady()).isEqualTo("waiting for etcd");
    assertThat(after(listed()).whyNotReady()).isEqualTo("waiting for the inventory");
    assertThat(after(inventory()).whyNotReady()).isEqualTo("waiting to become a candidate");
    Condition elected = after(standing());
    assertThat(elected.leads()).isTrue();
    assertThat(elected.whyNotReady())
        .isEqualTo("waiting for the first complete lists of keys and hosts");
    assertThat(after(listed()).isReady()).isFalse();
    assertThat(after(answers()).isReady()).isTrue();
  }

  @Test
  @DisplayName("a follower is ready once it knows all keys and stands behind a leader")
  void follower() {
    assertThat(after(inventory(), standing()).whyNotReady()).isEqualTo("waiting for etcd");
    Condition behind = after(listed(new StoreChange.OfLeader("other", true, 1)));
    assertThat(behind.leads()).isFalse();
    assertThat(behind.isReady()).isTrue();
    assertThat(after(new Event.NotStanding("the lease expired")).whyNotReady())
        .isEqualTo("waiting to become a candidate");
  }

  @Test
  @DisplayName("without etcd neither is ready")
  void withoutEtcd() {
    after(inventory(), standing(), listed(new StoreChange.OfLeader("other", true, 1)));
    assertThat(after(new Event.StoreLost("no answer")).whyNotReady()).isEqualTo("waiting for etcd");
  }

  @Test
  @DisplayName("a leader knows its services, jobs, hosts and holds in numbers")
  void census() {
    after(inventory(), standing(), listed());
    Event keys = listed(service("web", 2), service("db", 1));
    Census before = Objects.requireNonNull(after(keys, answers()).census());
    assertThat(before.services()).isEqualTo(Map.of("updating", 2));
    assertThat(before.desired()).isEqualTo(3);
    assertThat(before.running()).isZero();
    assertThat(before.jobs().values().stream().mapToInt(n -> n).sum()).isEqualTo(3);
    assertThat(before.hosts()).isEqualTo(Map.of("up", 1));
    assertThat(before.settings()).isEqualTo(Map.of("active", 1));
    assertThat(before.holds()).isZero();
    Census after =
        Objects.requireNonNull(
            after(
                    published(),
                    new Event.StoreChanged(
                        20,
                        List.of(
                            new StoreChange.OfService("web", null, "", 20),
                            new StoreChange.OfNothing("servces/x", "is no key of dowding", 20))))
                .census());
    assertThat(after.desired()).isEqualTo(1);
    assertThat(after.services()).isEqualTo(Map.of("updating", 1));
    assertThat(after.problems()).isEqualTo(1);
  }
}
