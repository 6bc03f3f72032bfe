package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cluster key that someone changes")
class ClusterKeyTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long FLOOR = 1000;

  private final Controller controller =
      new Controller(Settings.DEFAULT, new Controller.Origin("/b", "fresh", null, 0), false, false);
  private long revision = 12;
  private StoreChange.OfCluster key = new StoreChange.OfCluster("uuid", FLOOR, 1);
  private boolean released;

  ClusterKeyTest() {
    TreeMap<String, Host> hosts = new TreeMap<>();
    hosts.put("a", new Host("a", "tcp://a:2375", Set.of(), Map.of()));
    step(new Event.InventoryRead(hosts));
    step(list());
    step(new Event.HostListed("a", FakeInfo.of("e1"), START, List.of(), Set.of()));
  }

  private Event.StoreListed list() {
    List<StoreChange> keys = new ArrayList<>();
    keys.add(new StoreChange.OfLeader("me", true, 2));
    if (key.revision() > 0) {
      keys.add(key);
    }
    if (released) {
      keys.add(new StoreChange.OfRelease("revision", true, revision));
      keys.add(new StoreChange.OfRelease("cluster", true, revision));
    }
    return new Event.StoreListed(revision, keys, Recalled.NOTHING);
  }

  private List<Action> step(Event... events) {
    List<Event> all = new ArrayList<>(List.of(events));
    all.add(new Event.Standing("me", 2, START.plus(Duration.ofHours(9))));
    List<Action> actions = new ArrayList<>(controller.step(all, START).actions());
    while (actions.remove(new Action.ListAgain())) {
      actions.addAll(controller.step(List.of(list()), START).actions());
    }
    return actions;
  }

  /** The key now has this value. */
  private List<Action> change(StoreChange.OfCluster to) {
    key = to;
    revision++;
    return step(new Event.StoreChanged(revision, List.of(to)));
  }

  private List<Action> release() {
    released = true;
    revision++;
    return step(list());
  }

  private Action.Claim claimed(List<Action> actions) {
    return actions.stream()
        .filter(Action.Claim.class::isInstance)
        .map(Action.Claim.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private boolean isAccepted(Action.Claim claim) {
    released = false;
    key = new StoreChange.OfCluster(claim.uuid(), claim.floor(), ++revision);
    step(new Event.Claimed(claim, true));
    List<Action> again = release();
    return again.stream().noneMatch(Action.Claim.class::isInstance);
  }

  @Test
  @DisplayName("holds nothing once it is back as it was")
  void back() {
    change(new StoreChange.OfCluster(null, 0, 0));
    change(new StoreChange.OfCluster("uuid", FLOOR, 14));
    assertThat(release()).noneMatch(Action.Claim.class::isInstance);
  }

  @Test
  @DisplayName("and puts back without the age stops everything until a release restores the age")
  void backWithoutAge() {
    change(new StoreChange.OfCluster(null, 0, 0));
    change(new StoreChange.OfCluster("uuid", 0, 14));
    Action.Claim claim = claimed(release());
    assertThat(claim.floor()).isGreaterThanOrEqualTo(FLOOR);
    assertThat(claim.expectedRevision()).isEqualTo(key.revision());
    assertThat(isAccepted(claim)).isTrue();
  }

  @Test
  @DisplayName("and makes unreadable is replaced by a release")
  void unreadable() {
    change(new StoreChange.OfCluster(null, 0, 13));
    Action.Claim claim = claimed(release());
    assertThat(claim.expectedRevision()).isEqualTo(key.revision());
    assertThat(isAccepted(claim)).isTrue();
  }

  @Test
  @DisplayName("to the highest age and back is accepted after a release")
  void highest() {
    change(new StoreChange.OfCluster("uuid", StoreChange.OfCluster.MOST_FLOOR, 13));
    change(new StoreChange.OfCluster("uuid", FLOOR, 14));
    Action.Claim claim = claimed(release());
    assertThat(claim.floor()).isEqualTo(StoreChange.OfCluster.MOST_FLOOR);
    assertThat(isAccepted(claim)).isTrue();
  }
}
