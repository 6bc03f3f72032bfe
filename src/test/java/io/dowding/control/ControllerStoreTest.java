package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A controller, given an etcd that fails, refuses or forgets")
class ControllerStoreTest extends ControllerScene {

  @Test
  @DisplayName("an overwritten status cannot delay a job by more than a few minutes")
  void overwrittenStatus() {
    ServiceStatus.JobStatus job =
        new ServiceStatus.JobStatus(
            null,
            null,
            null,
            null,
            "backoff",
            null,
            Integer.MAX_VALUE,
            null,
            null,
            null,
            Instant.MAX,
            null,
            null,
            12L,
            null);
    ServiceStatus status =
        new ServiceStatus(
            "degraded", 1, 0, 5, 5, null, null, null, new TreeMap<>(Map.of("web.1", job)));
    Recalled left = new Recalled(Set.of(), Map.of(), Map.of("web", status), Map.of(), Map.of());
    StoreChange web = service("web");
    Parsed<Service> read = Objects.requireNonNull(((StoreChange.OfService) web).value());
    String hash = ((Parsed.Valid<Service>) read).value().specHash();
    StoreChange record =
        new StoreChange.OfAllocation(
            "web.1",
            new Parsed.Valid<>(
                new Allocation("web.1", "a", "web", hash, 5, 12, now, "because", 12)),
            12);
    step(inventory("a"), new Event.StoreListed(12, listed(web, record).keys(), left));
    step(host("a", "e1"));
    assertThat(after(Duration.ofSeconds(299), "a")).noneMatch(Action.Create.class::isInstance);
    assertThat(after(Duration.ofSeconds(32), "a")).anyMatch(Action.Create.class::isInstance);
  }

  @Test
  @DisplayName("versions that cannot be decrypted are not overwritten; all others are")
  void undecryptableVersions() {
    StoreChange problem = new StoreChange.OfNothing("versions/web", "no key", 7);
    Recalled left = new Recalled(Set.of("versions/web"), Map.of(), Map.of(), Map.of(), Map.of());
    List<StoreChange> keys = listed(service("web"), service("api"), problem).keys();
    step(inventory("a"), new Event.StoreListed(12, keys, left));
    List<Action> actions = new ArrayList<>(step(host("a", "e1")));
    assertThat(kept(actions)).containsExactly("versions/api");
    done(actions);
    assertThat(kept(after(Duration.ofSeconds(5), "a"))).isEmpty();
    keys.remove(problem);
    assertThat(kept(step(new Event.StoreListed(13, keys, left)))).contains("versions/web");
  }

  private static Set<String> kept(List<Action> actions) {
    return actions.stream()
        .filter(Action.Keep.class::isInstance)
        .flatMap(keep -> ((Action.Keep) keep).values().keySet().stream())
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("a write without an answer is written again")
  void unsure() {
    step(inventory("a"), listed());
    done(step(host("a", "e1")));
    List<Action> unheard = doneUntil("state=unknown");
    unheard.forEach(
        action -> {
          if (action instanceof Action.Publish publish) {
            step(new Event.Written(publish, false));
          }
        });
    step(new Event.HostAnswered("a"));
    assertThat(published(after(Duration.ofSeconds(3), "a"))).contains("state=up");
  }

  private List<Action> doneUntil(String told) {
    List<Action> actions = List.of();
    while (!published(actions).contains(told)) {
      done(actions);
      actions = after(Duration.ofSeconds(1));
    }
    return actions;
  }

  @Test
  @DisplayName("a failed write is retried after 1 s, 2 s, 4 s and so on, up to 30 s")
  void storeBackoff() {
    step(inventory("a"), listed());
    Action.Publish publish = publish(step(host("a", "e1")));
    List<Long> pauses = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      step(new Event.Written(publish, false));
      Instant failed = now;
      List<Action> again = List.of();
      while (again.stream().noneMatch(Action.Publish.class::isInstance)) {
        again = after(Duration.ofSeconds(1), "a");
      }
      publish = publish(again);
      pauses.add(Duration.between(failed, now).toSeconds());
    }
    assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    step(new Event.Written(publish, true));
    step(new Event.StoreChanged(14, List.of(service("web"))));
    assertThat(after(Duration.ofSeconds(1), "a")).anyMatch(Action.Publish.class::isInstance);
  }

  @Test
  @DisplayName("when etcd answers again, failed writes are retried immediately")
  void backAfterOutage() {
    step(inventory("a"), listed());
    Action.Publish publish = publish(step(host("a", "e1")));
    for (int n = 0; n < 8; n++) {
      step(new Event.Written(publish, false));
    }
    step(new Event.StoreLost("gone"));
    step(listed());
    assertThat(after(Duration.ofSeconds(1), "a")).anyMatch(Action.Publish.class::isInstance);
  }

  @Test
  @DisplayName("a status that etcd refuses is shortened, and written in full later")
  void refused() {
    step(inventory("a"), listed(service("web"), service("other")));
    String key = "status/services/web";
    Action.Publish publish = publish(step(host("a", "e1")));
    assertThat(publish.values()).containsKeys(key, "status/services/other");

    step(new Event.Written(publish, true, Map.of(key, "request is too large")));
    now = now.plusMillis(500);
    Action.Publish next = publish(step(new Event.Tick()));
    assertThat(next.values()).containsKeys(key, "status/problems/" + key);
    assertThat(String.valueOf(next.values().get(key)))
        .contains("etcd refuses the full status: request is too large")
        .contains("jobs={}");
    step(new Event.Written(next, true));

    now = now.plusSeconds(2);
    Action.Publish whole = publish(step(new Event.Tick()));
    assertThat(String.valueOf(whole.values().get(key))).contains("web.1");
    step(new Event.Written(whole, true));
    assertThat(published(after(Duration.ofSeconds(2), "a")))
        .contains("status/problems/" + key + "=Optional.empty");
  }

  @Test
  @DisplayName("a list read before this agent's own write does not count as a restore")
  void olderList() {
    step(inventory("a"), listed(service("web")));
    List<Action> begun = step(host("a", "e1"));
    done(begun);
    Action.Allocate allocate = allocate(begun);
    step(new Event.Allocated(allocate, 20));
    List<Action> actions = controller.step(List.of(listed(service("web"))), now).actions();
    assertThat(actions).contains(new Action.ListAgain());
    StoreChange record =
        new StoreChange.OfAllocation("web.1", new Parsed.Valid<>(put(allocate).atRevision(20)), 20);
    actions.addAll(
        controller
            .step(List.of(listedAt(21, service("web"), record, sequence(20))), now)
            .actions());
    actions.addAll(doneAll(Duration.ofSeconds(2)));
    assertThat(published(actions)).doesNotContain("holds/revision=");
  }

  @Test
  @DisplayName("an etcd that lacks this agent's writes in two lists counts as restored")
  void restored() {
    step(inventory("a"), listed(service("web")));
    List<Action> begun = step(host("a", "e1"));
    done(begun);
    Action.Allocate allocate = allocate(begun);
    step(new Event.Allocated(allocate, 20));
    controller.step(List.of(listed(service("web"))), now);
    List<Action> actions = step(listed(service("web")));
    actions.addAll(doneAll(Duration.ofSeconds(2)));
    assertThat(published(actions)).contains("holds/revision=");
  }

  @Test
  @DisplayName("a deleted record that reappears unchanged counts as a restore")
  void recordIsBack() {
    step(inventory("a"), listed(service("web")));
    List<Action> begun = step(host("a", "e1"));
    done(begun);
    Action.Allocate allocate = allocate(begun);
    step(new Event.Allocated(allocate, 20));
    step(new Event.StoreChanged(21, List.of(new StoreChange.OfAllocation("web.1", null, 21))));
    StoreChange old =
        new StoreChange.OfAllocation("web.1", new Parsed.Valid<>(put(allocate).atRevision(20)), 20);
    Event.StoreListed back = listedAt(40, service("web"), old, sequence(30));
    controller.step(List.of(back), now);
    List<Action> actions = step(back);
    actions.addAll(doneAll(Duration.ofSeconds(2)));
    assertThat(published(actions)).contains("holds/revision=");
  }

  @Test
  @DisplayName("repeatedly refused allocations cause a new list of all keys")
  void refusedAgain() {
    step(inventory("a"), listed(service("web")));
    List<Action> actions = new ArrayList<>(step(host("a", "e1")));
    List<Action> all = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      now = now.plusSeconds(1);
      actions = controller.step(List.of(new Event.Allocated(allocate(actions), 0)), now).actions();
      all.addAll(actions);
      actions = after(Duration.ofSeconds(1), "a");
      all.addAll(actions);
    }
    assertThat(all).containsOnlyOnce(new Action.ListAgain());
  }

  private static StoreChange sequence(long at) {
    return new StoreChange.OfSequence(at);
  }

  private static Event.StoreListed listedAt(long revision, StoreChange... keys) {
    return new Event.StoreListed(revision, listed(keys).keys(), Recalled.NOTHING);
  }

  @Test
  @DisplayName("a transaction that lost a race is planned again")
  void conflict() {
    step(inventory("a"), listed(service("web")));
    Action.Allocate allocate = allocate(step(host("a", "e1")));
    assertThat(step(new Event.Allocated(allocate, 0))).noneMatch(ControllerScene::isWork);
    assertThat(step(new Event.StoreChanged(14, List.of(new StoreChange.OfSequence(14)))))
        .noneMatch(ControllerScene::isWork);
    assertThat(after(Duration.ofSeconds(1), "a"))
        .filteredOn(Action.Allocate.class::isInstance)
        .singleElement()
        .satisfies(again -> assertThat(((Action.Allocate) again).sequence()).isEqualTo(14));
  }

  private static Controller recording(int atOnce) {
    Settings d = Settings.DEFAULT;
    Settings settings =
        new Settings(
            d.unknownAfter(),
            d.grace(),
            d.settle(),
            d.callDeadline(),
            d.callsPerHost(),
            atOnce,
            d.policy(),
            d.reserve());
    return new Controller(settings, new Controller.Origin("/b", "fresh", null, 0), false, false);
  }

  @Test
  @DisplayName("services that wait for their turn are placed once the ones before are recorded")
  void turns() {
    Controller two = recording(2);
    two.proves(scope -> scope);
    StoreChange[] there =
        IntStream.range(0, 5).mapToObj(n -> service("s" + n)).toArray(StoreChange[]::new);
    Event leads = new Event.Standing("me", 2, START.plus(Duration.ofHours(9)));
    two.step(List.of(leads, inventory("a"), listed(there)), now);
    two.step(List.of(listed(there)), now);
    Controller.Decision decision = two.step(List.of(host("a", "e1")), now);
    List<String> placed = new ArrayList<>();
    for (int revision = 12; revision < 15; revision++) {
      assertThat(decision.bugs()).isEmpty();
      Action.Allocate some = allocate(decision.actions());
      some.changes().forEach(change -> placed.add(change.record().job()));
      decision = two.step(List.of(new Event.Allocated(some, revision)), now);
    }
    assertThat(placed).containsExactly("s0.1", "s1.1", "s2.1", "s3.1", "s4.1");
    assertThat(decision.bugs()).isEmpty();
    assertThat(decision.actions()).noneMatch(Action.Allocate.class::isInstance);
  }

  @Test
  @DisplayName(
      "records that were written before a refused transaction count; the rest is planned again")
  void partlyRecorded() {
    Controller three = recording(3);
    three.proves(scope -> scope);
    StoreChange[] there =
        IntStream.range(0, 3).mapToObj(n -> service("s" + n)).toArray(StoreChange[]::new);
    Event leads = new Event.Standing("me", 2, START.plus(Duration.ofHours(9)));
    three.step(List.of(leads, inventory("a"), listed(there)), now);
    three.step(List.of(listed(there)), now);
    Action.Allocate all = allocate(three.step(List.of(host("a", "e1")), now).actions());
    three.step(List.of(new Event.Allocated(all, List.of(12L), 0)), now);
    now = now.plusSeconds(1);
    Controller.Decision decision = three.step(List.of(new Event.Tick()), now);
    assertThat(decision.bugs()).isEmpty();
    assertThat(allocate(decision.actions()).changes())
        .extracting(change -> change.record().job())
        .containsExactly("s1.1", "s2.1");
    assertThat(allocate(decision.actions()).sequence()).isEqualTo(12);
  }
}
