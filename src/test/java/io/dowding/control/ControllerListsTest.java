package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.plan.Action;
import io.dowding.sim.FakeInfo;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A controller, given lists and silence")
class ControllerListsTest extends ControllerScene {

  @Test
  @DisplayName("nothing is planned before all keys and hosts have been listed once")
  void waitsForLists() {
    assertThat(step(inventory("a", "b"))).isEmpty();
    assertThat(step(listed(service("web")))).isEmpty();
    assertThat(step(host("a", "e1"))).isEmpty();
    assertThat(step(host("b", "e2"))).anyMatch(Action.Allocate.class::isInstance);
  }

  @Test
  @DisplayName("a record that was deleted before its write was reported stays deleted")
  void deletedMeanwhile() {
    step(inventory("a"), listed(service("web")));
    List<Action> begun = step(host("a", "e1"));
    Allocation record = allocate(begun).changes().getFirst().record();
    step(
        new Event.StoreChanged(
            20,
            List.of(
                new StoreChange.OfAllocation(
                    "web.1", new Parsed.Valid<>(record.atRevision(13)), 13),
                new StoreChange.OfAllocation("web.1", null, 20))));
    List<Action> again = step(new Event.Allocated(allocate(begun), 13));
    assertThat(allocate(again).changes().getFirst().record().revision()).isZero();
  }

  @Test
  @DisplayName("new services in the same event do not hide deleted ones")
  void deletedAmongNew() {
    StoreChange[] there =
        IntStream.range(0, 12).mapToObj(n -> service("s" + n)).toArray(StoreChange[]::new);
    step(inventory("a"), listed(there));
    List<Action> begun = step(host("a", "e1"));
    done(begun);
    step(new Event.Allocated(allocate(begun), 13));
    List<StoreChange> news = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      news.add(new StoreChange.OfService("s" + n, null, "", 20));
    }
    news.add(service("new1"));
    news.add(service("new2"));
    done(step(new Event.StoreChanged(20, news)));
    assertThat(published(doneAll(Duration.ofSeconds(2)))).contains("status/holds/deletions");
  }

  @Test
  @DisplayName("a host that is removed and added in the same event keeps its state")
  void removedAndAdded() {
    step(inventory("a", "b"), listed(service("web")));
    done(step(host("a", "e1"), host("b", "e2")));
    doneAll(Duration.ofSeconds(2));
    List<Action> after = new ArrayList<>(step(inventory("a"), inventory("a", "b")));
    done(after);
    after.addAll(doneAll(Duration.ofSeconds(2)));
    assertThat(published(after)).doesNotContain("status/hosts/b");
  }

  @Test
  @DisplayName("at the start, new jobs wait until every host has answered, or is unknown")
  void waitsBriefly() {
    step(inventory("a", "b"), listed(service("web")));
    step(host("a", "e1"));
    assertThat(after(Duration.ofSeconds(9), "a")).noneMatch(Action.Allocate.class::isInstance);
    assertThat(after(Duration.ofSeconds(2), "a")).anyMatch(Action.Allocate.class::isInstance);
  }

  @Test
  @DisplayName("nothing is done while etcd is unreachable; work resumes when it answers")
  void frozenWithoutEtcd() {
    step(inventory("a"), listed());
    step(host("a", "e1"));
    StoreChange web = service(13, "web");
    step(new Event.StoreChanged(13, List.of(web)), new Event.StoreLost("gone"));
    assertThat(after(Duration.ofSeconds(30), "a")).isEmpty();
    assertThat(step(new Event.StoreListed(13, listed(web).keys(), Recalled.NOTHING)))
        .anyMatch(Action.Allocate.class::isInstance);
  }

  @Test
  @DisplayName("time in which the process was suspended does not count as silence of the hosts")
  void ignoresOwnPause() {
    step(inventory("a"), listed());
    step(host("a", "e1"));
    now = now.plus(Duration.ofMinutes(10));
    assertThat(step(new Event.Tick())).noneMatch(ControllerScene::isWork);
    assertThat(published(step(new Event.Tick()))).doesNotContain("down");
  }

  @Test
  @DisplayName("silence makes a host unknown after 10 s and down after 60 s")
  void silence() {
    step(inventory("a"), listed());
    done(step(host("a", "e1")));
    String told = published(doneAll(Duration.ofSeconds(12)));
    assertThat(told).contains("state=unknown").doesNotContain("state=down");
    assertThat(published(doneAll(Duration.ofSeconds(50)))).contains("state=down");
  }

  @Test
  @DisplayName("a list that started before a container was created does not remove it")
  void staleList() {
    step(inventory("a"), listed(service("web")));
    Action.Allocate allocate =
        (Action.Allocate)
            step(host("a", "e1")).stream()
                .filter(Action.Allocate.class::isInstance)
                .findFirst()
                .orElseThrow();
    Action.Create create =
        (Action.Create)
            step(new Event.Allocated(allocate, 12)).stream()
                .filter(Action.Create.class::isInstance)
                .findFirst()
                .orElseThrow();
    Event.HostListed before = host("a", "e1");
    now = now.plusMillis(200);
    Container made = made(create);
    assertThat(step(new Event.CallEnded(create, new Event.Outcome.Done("c1", made, now)), before))
        .filteredOn(ControllerScene::isWork)
        .singleElement()
        .isInstanceOf(Action.Start.class);
  }

  /** Returns the call that creates the container of a new service on the only host. */
  private Action.OnHost firstCreate() {
    step(inventory("a"), listed(service("web")));
    Action.Allocate allocate = allocate(step(host("a", "e1")));
    return step(new Event.Allocated(allocate, 12)).stream()
        .filter(Action.Create.class::isInstance)
        .map(Action.OnHost.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @DisplayName("after a call without an answer, nothing is done on that host before a new list")
  void looksAgain() {
    Action.OnHost create = firstCreate();
    now = now.plusSeconds(1);
    var lost = new Event.Outcome.Failed(io.dowding.plan.Fault.LOST, "no answer", now);
    assertThat(step(new Event.CallEnded(create, lost))).noneMatch(ControllerScene::isWork);
    assertThat(after(Duration.ofSeconds(3), "a")).noneMatch(ControllerScene::isWork);
    assertThat(step(host("a", "e1"))).anyMatch(Action.Create.class::isInstance);
  }

  @Test
  @DisplayName("a call that was not made is retried later, without a new list")
  void unasked() {
    Action.OnHost create = firstCreate();
    var unasked = new Event.Outcome.Failed(io.dowding.plan.Fault.UNASKED, "silent", now);
    assertThat(step(new Event.CallEnded(create, unasked))).noneMatch(ControllerScene::isWork);
    assertThat(after(Duration.ofSeconds(1), "a")).anyMatch(Action.Create.class::isInstance);
  }

  @Test
  @DisplayName("an event that cannot be applied is reported and affects no other host")
  void brokenEvent() {
    step(inventory("a", "b"), listed(service("web")));
    step(host("b", "e2"));
    Event broken = new Event.HostListed("b", FakeInfo.of("e2"), now, brokenList(), Set.of());
    now = now.plusSeconds(4);
    Controller.Decision decision = controller.step(List.of(broken, host("a", "e1")), now);
    assertThat(decision.bugs()).hasSize(1);
    assertThat(decision.actions()).anyMatch(Action.Allocate.class::isInstance);
    assertThat(decision.wake()).isNotNull();
  }

  /** A list that throws when it is read, like a view of a malformed answer. */
  private static List<Container> brokenList() {
    return new AbstractList<>() {
      @Override
      public Container get(int index) {
        throw new IllegalStateException("malformed");
      }

      @Override
      public int size() {
        return 1;
      }
    };
  }

  @Test
  @DisplayName("a term that begins in the step in which the last one ended reads everything again")
  void termAfterTerm() {
    step(inventory("a"), listed());
    step(host("a", "e1"));
    Event elections =
        new Event.StoreChanged(
            30,
            List.of(
                new StoreChange.OfLeader("me", false, 21),
                new StoreChange.OfLeader("other", true, 22),
                new StoreChange.OfLeader("other", false, 23),
                new StoreChange.OfLeader("again", true, 24)));
    Event stands = new Event.Standing("again", 24, START.plus(Duration.ofHours(9)));
    List<Action> actions =
        controller.step(List.of(new Event.NotStanding("paused"), elections, stands), now).actions();
    assertThat(actions).containsExactly(new Action.ListAgain());
    assertThat(controller.leads()).isTrue();
  }
}
