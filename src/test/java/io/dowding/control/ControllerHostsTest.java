package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.StoreChange;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import io.dowding.plan.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A controller, given hosts that differ from their records")
class ControllerHostsTest extends ControllerScene {

  /**
   * Host a had the containers of these jobs, and returns without any. Returns what is published.
   */
  private String publishedAfterReturn(String... jobs) {
    String steps = "\"pre_start\":[" + "{\"command\":\"a\"},".repeat(2) + "{\"command\":\"b\"}]";
    StoreChange web = service("web", "\"deploy\":{\"replicas\":3}", steps);
    List<StoreChange> keys = new ArrayList<>(List.of(web));
    List<Container> containers = new ArrayList<>();
    for (String job : jobs) {
      keys.add(written(record(web, job)));
      containers.add(made(record(web, job)));
    }
    step(inventory("a"), listed(keys.toArray(StoreChange[]::new)));
    done(step(host("a", "e1", containers.toArray(Container[]::new))));
    now = now.plusSeconds(1);
    done(step(new Event.HostLost("a", "gone")));
    now = now.plusSeconds(1);
    List<Action> back = step(host("a", "e1"));
    done(back);
    return published(back) + published(doneAll(Duration.ofSeconds(12)));
  }

  @Test
  @DisplayName("a host that returns without its jobs is held")
  void emptied() {
    assertThat(publishedAfterReturn("web.1", "web.2", "web.3")).contains("error=held: ");
  }

  @Test
  @DisplayName("a host that returns without its pre_start containers is not held")
  void emptiedOfSteps() {
    assertThat(publishedAfterReturn("web.pre_start-0", "web.pre_start-1", "web.pre_start-2"))
        .doesNotContain("error=held: ");
  }

  @Test
  @DisplayName("a second hostname with the id of a known engine is held; the first keeps working")
  void sameEngine() {
    step(inventory("a", "b"), listed(service("web")));
    step(host("a", "same"));
    List<Action> actions = step(host("b", "same"));
    assertThat(allocatedTo(actions)).containsExactly("a");
    assertThat(published(actions))
        .contains("same-engine-b")
        .contains("/etc/docker/key.json")
        .doesNotContain("same-engine-a");
  }

  @Test
  @DisplayName("a host that takes another's engine id is held until it gets its own id back")
  void sameEngineLater() {
    step(inventory("a", "b"), listed());
    step(host("a", "e1"));
    done(step(host("b", "e2")));
    List<Action> actions = doneAll(Duration.ofSeconds(1));
    actions.addAll(step(host("b", "e1")));
    actions.addAll(doneAll(Duration.ofSeconds(2)));
    assertThat(published(actions)).contains("same-engine-b").doesNotContain("same-engine-a");
    step(host("b", "e2"));
    assertThat(published(doneAll(Duration.ofSeconds(2)))).contains("same-engine-b=Optional.empty");
  }

  @Test
  @DisplayName("two hostnames of one engine show each container once")
  void twinIsIgnored() {
    step(inventory("a", "b"), listed(service("web")));
    Action.Allocate allocate = allocate(step(host("a", "e1"), host("b", "e2")));
    Action.Create create =
        step(new Event.Allocated(allocate, 12)).stream()
            .filter(Action.Create.class::isInstance)
            .map(Action.Create.class::cast)
            .findFirst()
            .orElseThrow();
    Container made = made(create);
    step(new Event.CallEnded(create, new Event.Outcome.Done("c1", made, now)));
    now = now.plusSeconds(1);
    assertThat(step(host("a", "e1", made), host("b", "e1", made)))
        .filteredOn(ControllerScene::isWork)
        .noneMatch(Action.Remove.class::isInstance);
  }

  private static List<String> allocatedTo(List<Action> actions) {
    return allocate(actions).changes().stream().map(change -> change.record().host()).toList();
  }

  private static Container claiming(String job, long incarnation) {
    return new Container(
        "forged",
        job + "." + incarnation,
        "demo",
        Map.of(
            "dowding.cluster",
            "uuid",
            "dowding.job",
            job,
            "dowding.incarnation",
            Long.toString(incarnation),
            "dowding.spec",
            "1-x"),
        false,
        Container.State.RUNNING,
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        io.dowding.model.RestartPolicy.Kind.NO,
        "TERM",
        Duration.ofSeconds(10),
        List.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {13, 99_999_999_999_999L, Ownership.MOST, 999_999_999_999_999_999L})
  @DisplayName(
      "a container newer than etcd on one host holds only that host, and does not change the"
          + " cluster's age")
  void newerOnOneHost(long incarnation) {
    step(inventory("a", "b"), listed(service("web")));
    step(host("a", "e1"));
    List<Action> actions = step(host("b", "e2", claiming("other.1", incarnation)));
    actions.addAll(doneAll(Duration.ofSeconds(20)));
    assertThat(allocatedTo(actions)).containsExactly("a");
    assertThat(published(actions)).doesNotContain("holds/revision=");
    assertThat(actions)
        .filteredOn(Action.Remember.class::isInstance)
        .allSatisfy(action -> assertThat(((Action.Remember) action).age()).isLessThanOrEqualTo(12));
    step(host("b", "e2"));
    assertThat(published(doneAll(Duration.ofSeconds(2)))).doesNotContain("revision-b=Optional[");
  }

  @Test
  @DisplayName("an age that two hosts confirm holds everything; a release adopts that age")
  void newerOnTwoHosts() {
    step(inventory("a", "b"), listed(service("web")));
    step(host("a", "e1", claiming("other.1", 40)));
    List<Action> actions = step(host("b", "e2", claiming("other.2", 90_000)));
    assertThat(published(actions)).contains("holds/revision=");
    assertThat(step(new Event.StoreChanged(13, List.of(release("revision")))))
        .filteredOn(Action.Claim.class::isInstance)
        .singleElement()
        .satisfies(claim -> assertThat(((Action.Claim) claim).floor()).isEqualTo(40));
  }

  @Test
  @DisplayName("an operator can accept the age that one host reports")
  void newerReleased() {
    step(inventory("a", "b"), listed(service("web")));
    step(host("a", "e1"));
    step(host("b", "e2", claiming("other.1", 90_000)));
    assertThat(step(new Event.StoreChanged(13, List.of(release("revision-b")))))
        .filteredOn(Action.Claim.class::isInstance)
        .singleElement()
        .satisfies(claim -> assertThat(((Action.Claim) claim).floor()).isEqualTo(90_000));
  }

  private static StoreChange release(String hold) {
    return new StoreChange.OfRelease(hold, true, 13);
  }
}
