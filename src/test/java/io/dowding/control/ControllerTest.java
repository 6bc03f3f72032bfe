package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControllerTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Controller controller =
      new Controller(Settings.DEFAULT, new Controller.Origin("/b", "fresh", null, 0), false, false);
  private Event.StoreListed lastList = listed();
  private Instant now = START;

  /** Steps as the leader, and answers a request for a new list at once. */
  private List<Action> step(Event... events) {
    List<Event> all = new ArrayList<>(List.of(events));
    all.add(new Event.Standing("me", 2, START.plus(Duration.ofHours(9))));
    for (Event event : events) {
      lastList = event instanceof Event.StoreListed list ? list : lastList;
    }
    List<Action> actions = new ArrayList<>(controller.step(all, now).actions());
    if (actions.remove(new Action.ListAgain())) {
      actions.addAll(controller.step(List.of(lastList), now).actions());
    }
    return actions;
  }

  /** Advances time like the loop: one step per second, in which these hosts answer. */
  private List<Action> after(Duration time, String... answering) {
    List<Action> all = new ArrayList<>();
    for (long second = 0; second < time.toSeconds(); second++) {
      now = now.plusSeconds(1);
      List<Event> events = new ArrayList<>(List.of(new Event.Tick()));
      for (String host : answering) {
        events.add(new Event.HostAnswered(host));
      }
      all.addAll(controller.step(events, now).actions());
    }
    return all;
  }

  private static Event.InventoryRead inventory(String... names) {
    TreeMap<String, Host> hosts = new TreeMap<>();
    for (String name : names) {
      hosts.put(name, new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of()));
    }
    return new Event.InventoryRead(hosts);
  }

  private static StoreChange service(String name, String... fields) {
    return service(5, name, fields);
  }

  private static StoreChange service(long revision, String name, String... fields) {
    String more = Stream.of(fields).map(field -> "," + field).collect(Collectors.joining());
    String json = "{\"image\":\"demo@sha256:" + "0".repeat(64) + "\"" + more + "}";
    try {
      return new StoreChange.OfService(
          name,
          new Parsed.Valid<>(
              ServiceReader.read(name, revision, json.getBytes(StandardCharsets.UTF_8))),
          json,
          revision);
    } catch (InvalidServiceException invalid) {
      throw new IllegalArgumentException(invalid);
    }
  }

  private static Event.StoreListed listed(StoreChange... keys) {
    List<StoreChange> all = new ArrayList<>(List.of(keys));
    all.add(new StoreChange.OfCluster("uuid", 0, 1));
    all.add(new StoreChange.OfLeader("me", true, 2));
    return new Event.StoreListed(12, all, Recalled.NOTHING);
  }

  private Event.HostListed host(String name, String engine, Container... containers) {
    return new Event.HostListed(name, FakeInfo.of(engine), now, List.of(containers), Set.of());
  }

  private static boolean isWork(Action action) {
    return !(action instanceof Action.Publish || action instanceof Action.Remember);
  }

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

  private static final String NO_JOB = "\"deploy\":{\"replicas\":0}";
  private static final String STEP = "\"pre_start\":[{\"command\":\"migrate\"}]";

  /** A record on host a with the current definition. */
  private Allocation record(StoreChange service, String job) {
    Parsed<Service> read = Objects.requireNonNull(((StoreChange.OfService) service).value());
    Service of = ((Parsed.Valid<Service>) read).value();
    String hash = of.of(job).specHash();
    return new Allocation(job, "a", of.name(), hash, 5, 5, now, "because", 12);
  }

  private static StoreChange written(Allocation record) {
    return new StoreChange.OfAllocation(record.job(), new Parsed.Valid<>(record), 12);
  }

  @Test
  @DisplayName("a stopped service is stopping until its pre_start containers are gone")
  void stoppingSteps() {
    StoreChange web = service("web", STEP, "\"x-dowding\":{\"state\":\"stopped\"}");
    Allocation step = record(web, "web.pre_start-0");
    step(inventory("a"), listed(web, written(step)));
    assertThat(published(step(host("a", "e1", made(step))))).contains("state=stopping");
  }

  @Test
  @DisplayName("many deleted services are published as held even if only pre_start steps are left")
  void heldSteps() {
    List<StoreChange> keys = new ArrayList<>();
    List<Container> containers = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      StoreChange service = service("s" + n, NO_JOB, STEP);
      Allocation step = record(service, "s" + n + ".pre_start-0");
      keys.add(service);
      keys.add(written(step));
      containers.add(made(step));
    }
    step(inventory("a"), listed(keys.toArray(StoreChange[]::new)));
    done(step(host("a", "e1", containers.toArray(Container[]::new))));
    List<StoreChange> deleted = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      deleted.add(new StoreChange.OfService("s" + n, null, "", 20));
    }
    List<Action> after = step(new Event.StoreChanged(20, deleted));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=held")
        .doesNotContain("state=removing");
  }

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
  @DisplayName(
      "a host's last contact is published as soon as it fails, and no more once it answers")
  void lastContact() {
    step(inventory("a"), listed(service("web")));
    done(step(host("a", "e1")));
    doneAll(Duration.ofSeconds(2));
    step(new Event.HostAnswered("a"));
    Instant contact = now;
    now = now.plusSeconds(2);
    List<Action> after = step(new Event.HostLost("a", "no answer"));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "lastContact=" + contact);
    after = step(host("a", "e1"));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "lastContact=null");
  }

  @Test
  @DisplayName("what needs a person on a host that answers is published until it is over")
  void warned() {
    step(inventory("a"), listed(service("web")));
    done(step(host("a", "e1")));
    doneAll(Duration.ofSeconds(2));
    List<Action> after = step(new Event.HostWarned("a", "its new certificates cannot be used"));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "problem=its new certificates cannot be used");
    assertThat(Objects.requireNonNull(controller.condition().census()).warned()).isEqualTo(1);
    after = step(new Event.HostWarned("a", ""));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "problem=null");
    assertThat(Objects.requireNonNull(controller.condition().census()).warned()).isZero();
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
    assertThat(step(new Event.Tick())).noneMatch(ControllerTest::isWork);
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

  private List<Action> doneAll(Duration time) {
    List<Action> all = new ArrayList<>();
    for (long second = 0; second < time.toSeconds(); second++) {
      List<Action> actions = after(Duration.ofSeconds(1));
      all.addAll(actions);
      done(actions);
    }
    return all;
  }

  private void done(List<Action> actions) {
    for (Action action : actions) {
      if (action instanceof Action.Write write) {
        step(new Event.Written(write, true));
      }
    }
  }

  private static Action.Publish publish(List<Action> actions) {
    return actions.stream()
        .filter(Action.Publish.class::isInstance)
        .map(Action.Publish.class::cast)
        .findFirst()
        .orElseThrow();
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
  @DisplayName("an invalid host state is reported in that host's status")
  void unreadableWord() {
    step(
        inventory("a"),
        listed(new StoreChange.OfHostWord("a", new Parsed.Invalid<>("Pause is not valid"), 5)));
    assertThat(published(step(host("a", "e1"))))
        .contains("operator=active")
        .contains("problem=Pause is not valid")
        .contains("status/problems/hosts/a");
  }

  private static String published(List<Action> actions) {
    StringBuilder text = new StringBuilder();
    for (Action action : actions) {
      if (action instanceof Action.Publish publish) {
        text.append(publish.values());
      }
    }
    return text.toString();
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
        .filteredOn(ControllerTest::isWork)
        .singleElement()
        .isInstanceOf(Action.Start.class);
  }

  private static Action.Allocate allocate(List<Action> actions) {
    return actions.stream()
        .filter(Action.Allocate.class::isInstance)
        .map(Action.Allocate.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Container made(Action.Create create) {
    return made(create.record());
  }

  private static Container made(Allocation record) {
    return new Container(
        "c1" + record.job(),
        record.job() + "." + record.incarnation(),
        "demo",
        Map.of(
            "dowding.cluster", "uuid",
            "dowding.job", record.job(),
            "dowding.incarnation", Long.toString(record.incarnation()),
            "dowding.spec", record.specHash()),
        false,
        Container.State.CREATED,
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        io.dowding.model.RestartPolicy.Kind.UNLESS_STOPPED,
        "TERM",
        Duration.ofSeconds(10),
        List.of());
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
    assertThat(step(new Event.CallEnded(create, lost))).noneMatch(ControllerTest::isWork);
    assertThat(after(Duration.ofSeconds(3), "a")).noneMatch(ControllerTest::isWork);
    assertThat(step(host("a", "e1"))).anyMatch(Action.Create.class::isInstance);
  }

  @Test
  @DisplayName("a call that was not made is retried later, without a new list")
  void unasked() {
    Action.OnHost create = firstCreate();
    var unasked = new Event.Outcome.Failed(io.dowding.plan.Fault.UNASKED, "silent", now);
    assertThat(step(new Event.CallEnded(create, unasked))).noneMatch(ControllerTest::isWork);
    assertThat(after(Duration.ofSeconds(1), "a")).anyMatch(Action.Create.class::isInstance);
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
        .filteredOn(ControllerTest::isWork)
        .noneMatch(Action.Remove.class::isInstance);
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

  private static Allocation put(Action.Allocate allocate) {
    return allocate.changes().getFirst().record();
  }

  private static StoreChange sequence(long at) {
    return new StoreChange.OfSequence(at);
  }

  private static Event.StoreListed listedAt(long revision, StoreChange... keys) {
    return new Event.StoreListed(revision, listed(keys).keys(), Recalled.NOTHING);
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

  @Test
  @DisplayName("a transaction that lost a race is planned again")
  void conflict() {
    step(inventory("a"), listed(service("web")));
    Action.Allocate allocate = allocate(step(host("a", "e1")));
    assertThat(step(new Event.Allocated(allocate, 0))).noneMatch(ControllerTest::isWork);
    assertThat(step(new Event.StoreChanged(14, List.of(new StoreChange.OfSequence(14)))))
        .noneMatch(ControllerTest::isWork);
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
